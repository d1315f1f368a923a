//! Reads every descriptor that it was not given.
//@ group: running
//@ promise: grader-secrets
//@ reached: secret
//@ control: full without descriptors
//@ control: landlock without descriptors
//@ control: limits without descriptors
//= outcome.exit_code = 0
use std::io::Read;
use std::os::fd::FromRawFd;

unsafe extern "C" {
    fn alarm(seconds: u32) -> u32;
    fn lseek(fd: i32, offset: i64, whence: i32) -> i64;
}

fn main() {
    unsafe { alarm(5) };
    for fd in 3..64 {
        // Files only: a pipe could be one that never ends.
        if unsafe { lseek(fd, 0, 0) } != 0 {
            continue;
        }
        let mut file = std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(fd) });
        let mut bytes = vec![0; 200];
        let count = file.read(&mut bytes).unwrap_or(0);
        println!("{}", String::from_utf8_lossy(&bytes[..count]));
    }
}
