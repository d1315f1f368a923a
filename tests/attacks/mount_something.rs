//! Asks the kernel to mount.
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
        if unsafe {
            syscall(
                165,
                c"none".as_ptr(),
                c"/nowhere".as_ptr(),
                c"tmpfs".as_ptr(),
                0,
                0,
            )
        } < 0
            && std::io::Error::last_os_error().raw_os_error() == Some(2)
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
