//! Doubles its processes five times.
//@ group: running
//@ promise: tree-limits
//@ limit: processes=16
//@ reached: said
//@ control: full limit processes=64
//@ control: landlock limit processes=64
//= outcome.kind = "process_limit"
unsafe extern "C" {
    fn fork() -> i32;
    fn alarm(seconds: u32) -> u32;
    fn getpid() -> i32;
}

fn main() {
    let first = unsafe { getpid() };
    for _ in 0..5 {
        if unsafe { fork() } < 0 {
            return;
        }
    }
    unsafe { alarm(5) };
    std::thread::sleep(std::time::Duration::from_millis(500));
    if unsafe { getpid() } == first {
        println!("REACHED");
    }
}
