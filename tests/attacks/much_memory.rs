//! Takes more memory than it may.
//@ group: running
//@ promise: tree-limits
//@ limit: memory=64MiB
//@ reached: said
//@ control: full limit memory=1GiB
//@ control: landlock limit memory=1GiB
//= outcome.kind = "memory_limit"
fn main() {
    let kept = vec![1_u8; 160 << 20];
    std::hint::black_box(&kept);
    std::thread::sleep(std::time::Duration::from_millis(500));
    println!("REACHED");
}
