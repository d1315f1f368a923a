//! Colors and a title in a line that is printed instead of the right one, which the finding quotes.
//@ group: report
//@ promise: escaping
//@ through: check human
//@ never: \x1b]0;
//@ never: \x1b[31m
//@ never: \x07
//@ control: the JSON
fn main() {
    println!("\x1b]0;passed\x07\x1b[31mhello");
}
