//! Leaves a child behind that writes to the program's stdout half a second after its end.
//@ group: running
//@ promise: nothing-left
//@ reached: said
//@ control: full without reaping
//@ control: landlock without reaping
//@ control: limits without reaping
//= outcome.kind = "exited"
unsafe extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
}

fn main() {
    if unsafe { fork() } == 0 {
        unsafe { setsid() };
        std::thread::sleep(std::time::Duration::from_millis(500));
        println!("REACHED");
    }
}
