//! Two functions fill the stack in turn: `even` has an array of 320 bytes, copied once, `odd` has nothing. Both were called as often.
//= outcome.kind = "stack_overflow"
//= outcome.frames.len = 3
//= outcome.frames[0].at.function = "even"
//= outcome.frames[0].bytes > 640
//= outcome.frames[0].bytes < 800
//= outcome.frames[0].times > 9000
//= outcome.frames[1].at.function = "odd"
//= outcome.frames[1].bytes < 100
//= outcome.frames[1].times > 9000
//= outcome.frames[2].at.function = "main"
fn even(n: u64) -> bool {
    let frame = std::hint::black_box([n; 40]);
    if n == 0 { frame[1] == 0 } else { odd(n - 1) }
}

fn odd(n: u64) -> bool {
    if n == 0 { false } else { even(n - 1) }
}

fn main() {
    println!("{}", even(u64::MAX));
}
