//! A student's folder is named with a cleared screen and letters that turn the reading direction.
//@ group: report
//@ promise: escaping
//@ through: grade
//@ plant: file ../m\x1b[2J\u{202e}x/hello/main.rs -> fn main() {}
//@ never: \x1b[2J
//@ never: \u{202e}
//@ control: the JSON
fn main() {}
