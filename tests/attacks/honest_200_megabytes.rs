//! 200 MB that are really touched.
//@ group: honest
//@ promise: honest
//= stdout.text = "200\n"
//= heap.peak.bytes = 200000000
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    let block = vec![1_u8; 200_000_000];
    println!("{}", block.iter().step_by(1_000_000).map(|byte| u32::from(*byte)).sum::<u32>());
}
