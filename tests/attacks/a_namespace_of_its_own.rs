//! Makes a user namespace, in which it would be root.
//@ group: running
//@ promise: kernel-interface
//@ reached: said
//@ control: full without calls
//@ control: landlock without calls
//@ control: limits without calls
//= outcome.exit_code = 0
unsafe extern "C" {
    fn unshare(flags: i32) -> i32;
}

fn main() {
    println!(
        "{}",
        if unsafe { unshare(0x1000_0000) } == 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
