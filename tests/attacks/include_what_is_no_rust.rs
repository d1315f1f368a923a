//! Has the compiler quote a file that is no Rust in its error.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    include!("@secret@");
}
