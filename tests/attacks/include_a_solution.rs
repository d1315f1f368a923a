//! Has the compiler read the solution of an exercise.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", include_str!("@solution@"));
}
