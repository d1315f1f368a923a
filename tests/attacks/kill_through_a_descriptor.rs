//! Kills another process of the same user through a descriptor of it.
//@ group: running
//@ promise: other-processes
//@ args: {bystander}
//@ reached: harmed
//@ control: landlock without signals
//@ control: limits without signals
//= outcome.exit_code = 0
unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}", unsafe { syscall(424, syscall(434, pid, 0), 9, 0, 0) });
}
