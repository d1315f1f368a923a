//! Has its addresses randomized again.
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
        if unsafe { syscall(135, 0) } >= 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
