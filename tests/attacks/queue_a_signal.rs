//! Queues a deadly signal for another process of the same user.
//@ group: running
//@ promise: other-processes
//@ args: {bystander}
//@ reached: harmed
//@ control: landlock without signals
//@ control: limits without signals
//= outcome.exit_code = 0
unsafe extern "C" {
    fn sigqueue(pid: i32, signal: i32, value: usize) -> i32;
}

fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}", unsafe { sigqueue(pid, 9, 0) });
}
