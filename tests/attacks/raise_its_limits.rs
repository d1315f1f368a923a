//! Raises the limit on the size of its files.
//@ group: running
//@ promise: tree-limits
//@ reached: said
//@ control: full without file-size
//@ control: landlock without file-size
//@ control: limits without file-size
//= outcome.exit_code = 0
unsafe extern "C" {
    fn setrlimit(resource: i32, limit: *const [u64; 2]) -> i32;
}

fn main() {
    let endless = [u64::MAX; 2];
    println!(
        "{}",
        if unsafe { setrlimit(1, &endless) } == 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
