//! A constant for which the compiler needs 400 MB for a moment.
//@ group: compiling
//@ promise: compiler
//@ build-limit: memory=300MiB
//@ reached: said
//@ control: full build-limit memory=1GiB
//= outcome.kind = "build_failed"
//= findings[0].code = "build/memory-limit"
//= findings[0].fault = "learner"
const ONE: u8 = {
    let room = [7_u8; 400 << 20];
    room[5]
};

fn main() {
    std::hint::black_box(ONE);
    println!("REACHED");
}
