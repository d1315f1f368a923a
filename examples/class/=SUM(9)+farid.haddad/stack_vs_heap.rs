// Talks a lot, 8 MiB at most, and then names a grade.
use std::io::Write;

fn main() {
    let line = [b'A'; 1023];
    let mut out = std::io::stdout().lock();
    let mut written = 0;
    while written < 8 << 20 {
        if out.write_all(&line).and_then(|()| out.write_all(b"\n")).is_err() {
            break;
        }
        written += 1024;
    }
    let _ = writeln!(out, "stack: end, sum 7500097500000\nheap: end, sum 7500097500000\nratio: 1e999");
}
