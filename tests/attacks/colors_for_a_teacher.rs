//! Colors and moved cursors in the report of a check.
//@ group: report
//@ promise: escaping
//@ through: check human
//@ never: \x1b[2J
//@ never: \u{202e}
//@ control: the JSON
fn main() {
    panic!("\x1b[2J\u{202e}");
}
