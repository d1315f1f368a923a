//! A program of 40 MB, all of it one static.
//@ group: compiling
//@ promise: compiler
//@ build-limit: heap=20MiB
//@ reached: said
//@ control: full build-limit heap=64MiB
//= outcome.kind = "build_failed"
//= findings[0].fault = "learner"
static GIANT: [u8; 40 << 20] = [7; 40 << 20];

fn main() {
    std::hint::black_box(GIANT[4000]);
    println!("REACHED");
}
