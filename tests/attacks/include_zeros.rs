//! Has the compiler read a file that never ends. That its memory ran out shows that it did.
//@ group: compiling
//@ promise: compiler
//@ build-limit: memory=300MiB
//@ control: the figures
//= outcome.kind = "build_failed"
//= findings[0].code = "build/memory-limit"
//= findings[0].fault = "learner"
fn main() {
    println!("{}", include_bytes!("/dev/zero").len());
}
