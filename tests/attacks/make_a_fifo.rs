//! Makes a pipe with a name.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn mkfifo(path: *const std::ffi::c_char, mode: u32) -> i32;
}

fn main() {
    println!(
        "{}",
        if unsafe { mkfifo(c"fifo".as_ptr(), 0o600) } == 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
