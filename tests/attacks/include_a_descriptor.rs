//! Has the compiler read what memgrade has open on descriptor 9.
//@ group: compiling
//@ promise: grader-secrets
//@ reached: secret
//@ control: limits without descriptors
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", include_str!("/proc/self/fd/9"));
}
