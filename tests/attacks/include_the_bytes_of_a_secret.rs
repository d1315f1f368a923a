//! Has the compiler read a file as bytes.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", String::from_utf8_lossy(include_bytes!("@secret@")));
}
