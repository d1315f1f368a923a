//! Keeps something in the keyring of its user.
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
                248,
                c"user".as_ptr(),
                c"memgrade-attack".as_ptr(),
                c"x".as_ptr(),
                1,
                -3,
            )
        } > 0
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
