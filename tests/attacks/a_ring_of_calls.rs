//! Makes a ring in which calls pass the filter by.
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
    let mut parameters = [0_u32; 64];
    println!(
        "{}",
        if unsafe { syscall(425, 4, parameters.as_mut_ptr()) } >= 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
