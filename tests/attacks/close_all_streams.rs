//! Closes its streams, sleeps, and speaks again through a copy.
//@ group: running
//@ promise: tree-limits
//@ limit: wall=400ms
//@ reached: said
//@ control: full limit wall=20s
//@ control: landlock limit wall=20s
//= outcome.kind = "time_limit"
unsafe extern "C" {
    fn dup2(from: i32, to: i32) -> i32;
    fn close(fd: i32) -> i32;
}

fn main() {
    unsafe {
        dup2(1, 50);
        for fd in 0..3 {
            close(fd);
        }
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    unsafe { dup2(50, 1) };
    println!("REACHED");
}
