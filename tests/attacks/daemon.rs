//! Leaves a daemon behind: forked twice, in a session of its own, deaf to signals.
//@ group: running
//@ promise: nothing-left
//@ reached: said
//@ control: full without reaping
//@ control: landlock without reaping
//@ control: limits without reaping
//= outcome.exit_code = 0
unsafe extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
    fn signal(number: i32, handler: usize) -> usize;
}

fn main() {
    if unsafe { fork() } != 0 {
        return;
    }
    unsafe { setsid() };
    if unsafe { fork() } != 0 {
        return;
    }
    for number in 1..32 {
        unsafe { signal(number, 1) };
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    println!("REACHED");
}
