//! Reads memory with the call that reads that of others.
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
    let (secret, mut found) = (7_u64, 0_u64);
    let from = (&raw const secret, 8_usize);
    let to = (&raw mut found, 8_usize);
    println!(
        "{}",
        if unsafe {
            syscall(
                310,
                std::process::id(),
                &to,
                1_usize,
                &from,
                1_usize,
                0_usize,
            )
        } == 8
        {
            "REACHED"
        } else {
            "no"
        }
    );
}
