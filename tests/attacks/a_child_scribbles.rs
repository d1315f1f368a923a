//! A forked child has a copy of everything but the recording: what it writes there is its own.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= heap.total.bytes > 4999
//= heap.definitely_lost.bytes = 5000
unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(code: i32) -> !;
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| line.contains("memfd:recording")).unwrap();
    let start = usize::from_str_radix(line.split('-').next().unwrap(), 16).unwrap();
    unsafe {
        let child = fork();
        if child == 0 {
            (start as *mut u8).write_bytes(0, 4096);
            _exit(0);
        }
        waitpid(child, std::ptr::null_mut(), 0);
    }
}
