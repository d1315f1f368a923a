//! Takes the files of another process of the same user away.
//@ group: running
//@ promise: other-processes
//@ args: {bystander}
//@ reached: harmed
//@ control: landlock without signals
//@ control: limits without signals
//= outcome.exit_code = 0
unsafe extern "C" {
    fn prlimit(pid: i32, resource: i32, new: *const [u64; 2], old: *mut [u64; 2]) -> i32;
}

fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}", unsafe {
        prlimit(pid, 7, &[3, 3], std::ptr::null_mut())
    });
}
