//! Asks the kernel to load a program of its own.
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
        if unsafe { syscall(321, 5, 0_usize, 1_usize << 20) } < 0
            && std::io::Error::last_os_error().raw_os_error() != Some(1)
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
