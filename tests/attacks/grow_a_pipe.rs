//! Makes the pipe that it shares with the grader hold a mebibyte.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn fcntl(fd: i32, command: i32, value: i32) -> i32;
}

fn main() {
    println!(
        "{}",
        if unsafe { fcntl(1, 1031, 1 << 20) } >= 1 << 20 {
            "REACHED"
        } else {
            "no"
        }
    );
}
