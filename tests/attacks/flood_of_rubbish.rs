//! Writes a flood of NUL bytes and of what is no UTF-8.
//@ group: running
//@ promise: tree-limits
//@ limit: output=100KiB
//@ reached: said
//@ control: full limit output=8MiB
//@ control: landlock limit output=8MiB
//= outcome.kind = "output_limit"
use std::io::Write;

fn main() {
    let _ = std::io::stdout().write_all(&[0, 0xff, 0xc0, 0x80].repeat(1 << 16));
    std::thread::sleep(std::time::Duration::from_millis(400));
    println!("\nREACHED");
}
