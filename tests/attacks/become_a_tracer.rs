//! Asks to trace a process.
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
        if unsafe { syscall(101, 7, std::process::id(), 0, 0) } < 0
            && std::io::Error::last_os_error().raw_os_error() == Some(3)
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
