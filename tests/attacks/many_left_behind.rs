//! Leaves ten processes behind, each in a session of its own.
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
}

fn main() {
    for _ in 0..10 {
        if unsafe { fork() } == 0 {
            unsafe { setsid() };
            std::thread::sleep(std::time::Duration::from_millis(500));
            println!("REACHED");
            return;
        }
    }
}
