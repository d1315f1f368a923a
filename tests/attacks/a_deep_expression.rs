//! An expression that is nested so deeply that the compiler's own stack overflows: its crash is a mistake of the program, not of memgrade.
//@ group: compiling
//@ promise: compiler
//@ control: the figures
//= outcome.kind = "build_failed"
//= findings[0].code = "build/compiler-crashed"
//= findings[0].fault = "learner"
#![recursion_limit = "1000000"]

macro_rules! deep {
    ($inner:expr;) => { $inner };
    ($inner:expr; $head:tt $($rest:tt)*) => { deep!(($inner + 1); $($rest)*) };
}

macro_rules! tenfold {
    ($($t:tt)*) => { deep!(1; $($t)* $($t)* $($t)* $($t)* $($t)* $($t)* $($t)* $($t)* $($t)* $($t)*) };
}

fn main() {
    println!("{}", tenfold!(. . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .));
}
