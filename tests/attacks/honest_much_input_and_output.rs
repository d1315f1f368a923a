//! Prints close to the limit of its output.
//@ group: honest
//@ promise: honest
//= stdout.bytes = 1000000
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
use std::io::Write;

fn main() {
    let line = [b"x".repeat(99), b"\n".to_vec()].concat();
    let mut out = std::io::stdout().lock();
    for _ in 0..10_000 {
        out.write_all(&line).unwrap();
    }
}
