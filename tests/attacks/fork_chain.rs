//! Starts a child that starts a child and so on, 40 deep.
//@ group: running
//@ promise: tree-limits
//@ limit: processes=16
//@ reached: said
//@ control: full limit processes=64
//@ control: landlock limit processes=64
//= outcome.kind = "process_limit"
unsafe extern "C" {
    fn fork() -> i32;
    fn wait(status: *mut i32) -> i32;
    fn alarm(seconds: u32) -> u32;
}

fn main() {
    for depth in 0..40 {
        if unsafe { fork() } != 0 {
            unsafe { alarm(5) };
            unsafe { wait(std::ptr::null_mut()) };
            std::process::exit(0);
        }
        if depth == 39 {
            println!("REACHED");
        }
    }
}
