//! Makes shared memory that outlives its maker.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn shmget(key: i32, size: usize, flags: i32) -> i32;
    fn shmctl(id: i32, command: i32, data: usize) -> i32;
}

fn main() {
    let id = unsafe { shmget(0, 4096, 0o1600) };
    println!("{}", if id >= 0 { "REACHED" } else { "no" });
    // Should it have worked it is removed again.
    unsafe { shmctl(id, 0, 0) };
}
