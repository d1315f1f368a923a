//! Backspaces and carriage returns that overwrite a verdict.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \x08\x08
//@ control: the JSON
fn main() {
    panic!("failed\x08\x08\x08\x08\x08\x08passed");
}
