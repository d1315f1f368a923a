//! Sequences that set the title, the clipboard and a link.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \x1b]52;
//@ never: \x1b]0;
//@ never: \x1b]8;;
//@ control: the JSON
fn main() {
    println!("\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b]8;;http://127.0.0.1\x07link\x1b]8;;\x07");
}
