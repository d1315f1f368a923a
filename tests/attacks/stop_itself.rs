//! Stops itself; a child lets it go on much later.
//@ group: running
//@ promise: tree-limits
//@ limit: wall=400ms
//@ reached: said
//@ control: full limit wall=20s
//@ control: landlock limit wall=20s
//= outcome.kind = "time_limit"
unsafe extern "C" {
    fn kill(pid: i32, signal: i32) -> i32;
    fn fork() -> i32;
    fn getpid() -> i32;
}

fn main() {
    let me = unsafe { getpid() };
    if unsafe { fork() } == 0 {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        unsafe { kill(me, 18) };
        std::process::exit(0);
    }
    unsafe { kill(me, 19) };
    println!("REACHED");
}
