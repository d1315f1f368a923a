//! Opens the secret without the right to read it, and reopens that through /proc.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ args: {secret}
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    const O_PATH: i32 = 0o10000000;
    if let Ok(file) = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(O_PATH)
        .open(path)
    {
        let again = format!("/proc/self/fd/{}", file.as_raw_fd());
        println!("{:?}", std::fs::read_to_string(again));
    }
}
