//! Asks to answer page faults itself, which stops the kernel where it likes.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

fn main() {
    println!(
        "{}",
        if unsafe { syscall(323, 1) } >= 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
