//! Colors, a cleared screen and a moved cursor in what is printed.
//@ group: report
//@ promise: escaping
//@ through: xray
//@ never: \x1b[2J
//@ never: \x1b[31m
//@ never: \x1b[1A
//@ control: the JSON
fn main() {
    println!("\x1b[2J\x1b[31mred\x1b[1A");
}
