//! Has the compiler read the environment of its process 1, which at `full` is a copy of memgrade.
//@ group: compiling
//@ promise: grader-secrets
//@ levels: full
//@ reached: secret
//@ control: full without init
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", String::from_utf8_lossy(include_bytes!("/proc/1/environ")));
}
