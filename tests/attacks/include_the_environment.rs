//! Has the compiler read its own environment as a file, to which memgrade's might have come down.
//@ group: compiling
//@ promise: grader-secrets
//@ reached: secret
//@ control: limits without environment
//= outcome.exit_code = 0
fn main() {
    println!("{}", String::from_utf8_lossy(include_bytes!("/proc/self/environ")));
}
