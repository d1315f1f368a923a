//! Looks for capabilities that it still has, and changes its groups with one.
//@ group: running
//@ promise: no-privileges
//@ reached: said
//@ control: full without privileges
//@ control: landlock without privileges
//@ control: limits without privileges
//= outcome.exit_code = 0
unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

fn main() {
    let none = std::ptr::null::<u32>();
    println!(
        "{}",
        if unsafe { syscall(116, 0_usize, none) } == 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
