//! Writes more than it may on stderr.
//@ group: running
//@ promise: tree-limits
//@ limit: output=100KiB
//@ reached: said
//@ control: full limit output=8MiB
//@ control: landlock limit output=8MiB
//= outcome.kind = "output_limit"
use std::io::Write;

fn main() {
    for _ in 0..100_000 {
        let _ = std::io::stderr().write_all(b"flood\n");
    }
    std::thread::sleep(std::time::Duration::from_millis(400));
    println!("\nREACHED");
}
