//! Sleeps longer than it may.
//@ group: running
//@ promise: tree-limits
//@ limit: wall=400ms
//@ reached: said
//@ control: full limit wall=20s
//@ control: landlock limit wall=20s
//= outcome.kind = "time_limit"
fn main() {
    std::thread::sleep(std::time::Duration::from_millis(1500));
    println!("REACHED");
}
