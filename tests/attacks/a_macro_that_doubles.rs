//! A macro that calls itself twice, fourteen times over: 16,384 statements out of one.
//@ group: compiling
//@ promise: compiler
//@ build-limit: wall=500ms
//@ reached: said
//@ control: full build-limit wall=60s
//= outcome.kind = "build_failed"
//= findings[0].code = "build/time-limit"
//= findings[0].fault = "learner"
macro_rules! twice {
    ($n:ident) => { $n += 1; };
    ($n:ident $head:tt $($rest:tt)*) => { twice!($n $($rest)*); twice!($n $($rest)*); };
}

fn main() {
    let mut n = 0_u64;
    twice!(n . . . . . . . . . . . . . .);
    std::hint::black_box(n);
    println!("REACHED");
}
