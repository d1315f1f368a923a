//! Asks for more heap than it may.
//@ group: running
//@ promise: tree-limits
//@ limit: heap=10MiB
//@ reached: said
//@ control: full limit heap=100MiB
//@ control: landlock limit heap=100MiB
//= outcome.kind = "allocation_failed"
fn main() {
    let kept = vec![1_u8; 40 << 20];
    std::hint::black_box(&kept);
    println!("REACHED");
}
