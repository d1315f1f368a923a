//! Takes memory in children, each less than the limit.
//@ group: running
//@ promise: tree-limits
//@ limit: memory=80MiB
//@ reached: said
//@ control: full limit memory=1GiB
//@ control: landlock limit memory=1GiB
//= outcome.kind = "memory_limit"
unsafe extern "C" {
    fn fork() -> i32;
    fn wait(status: *mut i32) -> i32;
}

fn main() {
    for _ in 0..4 {
        if unsafe { fork() } == 0 {
            let kept = vec![1_u8; 40 << 20];
            std::hint::black_box(&kept);
            std::thread::sleep(std::time::Duration::from_millis(1200));
            std::process::exit(0);
        }
    }
    while unsafe { wait(std::ptr::null_mut()) } > 0 {}
    println!("REACHED");
}
