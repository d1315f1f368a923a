//! Has the kernel kill another process when a pipe becomes ready.
//@ group: running
//@ promise: other-processes
//@ args: {bystander}
//@ reached: harmed
//@ control: landlock without signals
//@ control: limits without signals
//= outcome.exit_code = 0
unsafe extern "C" {
    fn pipe(ends: *mut i32) -> i32;
    fn fcntl(fd: i32, command: i32, value: i32) -> i32;
    fn write(fd: i32, bytes: *const u8, count: usize) -> isize;
}

fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let (f_setfl, f_setown, f_setsig, o_async) = (4, 8, 10, 0o20000);
    let mut ends = [0; 2];
    unsafe {
        pipe(ends.as_mut_ptr());
        println!("{}", fcntl(ends[0], f_setown, pid));
        println!("{}", fcntl(ends[0], f_setsig, 9));
        println!("{}", fcntl(ends[0], f_setfl, o_async));
        write(ends[1], b"x".as_ptr(), 1);
    }
}
