//! Writes one line that does not end.
//@ group: running
//@ promise: tree-limits
//@ limit: output=100KiB
//@ reached: said
//@ control: full limit output=8MiB
//@ control: landlock limit output=8MiB
//= outcome.kind = "output_limit"
use std::io::Write;

fn main() {
    let _ = std::io::stdout().write_all(&vec![b'x'; 1 << 20]);
    std::thread::sleep(std::time::Duration::from_millis(400));
    println!("\nREACHED");
}
