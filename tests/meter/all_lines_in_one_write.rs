//! Twenty lines in one write, when all is freed again: that is one moment, and no curve can be told from it.
//= marks.len = 20
//= marks[19].live_bytes = 8192
//= heap.peak.bytes = 2008672
//= heap.shape = null
use std::io::Write;

fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut kept = Vec::with_capacity(20);
    for job in 1..=20 {
        kept.push(vec![1_u8; 100_000]);
        writeln!(out, "{job} jobs").unwrap();
    }
}
