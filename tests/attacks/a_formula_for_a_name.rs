//! A student's folder is named like a formula: in the table of grades a spreadsheet must read it as text.
//@ group: report
//@ promise: escaping
//@ through: grade
//@ plant: file ../=HYPERLINK(1)/hello/main.rs -> fn main() {}
//@ never: \n=HYPERLINK(1)
//@ control: the JSON
fn main() {}
