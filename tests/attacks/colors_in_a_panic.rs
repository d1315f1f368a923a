//! The same in the message of a panic.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \x1b[2J
//@ never: \x1b]0;
//@ control: the JSON
fn main() {
    panic!("\x1b[2J \x1b]0;title\x07");
}
