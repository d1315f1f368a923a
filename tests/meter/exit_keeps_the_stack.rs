//! process::exit in the middle: what main's own frames hold is reachable, what they have forgotten is lost.
//= outcome.exit_code = 3
//= heap.still_reachable.bytes = 64
//= heap.definitely_lost.bytes = 32
//= heap.sites[0].holders[0].kind = "main-stack"
fn forget() {
    std::mem::forget(vec![1_u8; 32]);
}

/// What a call has left on the stack is written over.
fn write_over() -> u8 {
    std::hint::black_box([0_u8; 4096])[99]
}

fn deep(held: &[u64]) {
    forget();
    if held.len() as u8 > write_over() {
        std::process::exit(3);
    }
}

fn main() {
    let held = vec![1_u64; 8];
    deep(&held);
    drop(held);
}
