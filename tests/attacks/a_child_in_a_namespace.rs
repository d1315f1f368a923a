//! Starts a child in a user namespace of its own.
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
    let child = unsafe { syscall(56, 0x1000_0011_u64, 0, 0, 0, 0) };
    if child == 0 {
        std::process::exit(0);
    }
    println!("{}", if child > 0 { "REACHED" } else { "no" });
}
