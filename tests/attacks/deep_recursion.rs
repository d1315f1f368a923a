//! Needs more stack than it may.
//@ group: running
//@ promise: tree-limits
//@ limit: stack=1MiB
//@ reached: said
//@ control: full limit stack=32MiB
//@ control: landlock limit stack=32MiB
//= outcome.kind = "stack_overflow"
fn deep(n: u64) -> u64 {
    let room = [n; 64];
    if n == 0 {
        0
    } else {
        deep(n - 1) + std::hint::black_box(&room)[3]
    }
}

fn main() {
    println!("{}", deep(10_000));
    println!("REACHED");
}
