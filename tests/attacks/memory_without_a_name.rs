//! Makes a file in memory that no scratch counts.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn memfd_create(name: *const std::ffi::c_char, flags: u32) -> i32;
}

fn main() {
    println!(
        "{}",
        if unsafe { memfd_create(c"m".as_ptr(), 0) } >= 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
