//! Has the compiler read a file and puts it into the program.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", include_str!("@secret@"));
}
