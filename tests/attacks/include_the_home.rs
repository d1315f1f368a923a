//! Has the compiler read a key in the home of whoever runs memgrade.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", include_str!("@home@"));
}
