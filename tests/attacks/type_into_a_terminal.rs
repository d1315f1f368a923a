//! Types into the terminal behind a stream, with rubbish in the upper half of the number.
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
        if unsafe { syscall(16, 1, 0xdead_beef_0000_5412_u64, c"x".as_ptr()) } < 0
            && std::io::Error::last_os_error().raw_os_error() == Some(25)
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
