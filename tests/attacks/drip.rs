//! Writes a byte now and then, so that something always happens.
//@ group: running
//@ promise: tree-limits
//@ limit: wall=400ms
//@ reached: said
//@ control: full limit wall=20s
//@ control: landlock limit wall=20s
//= outcome.kind = "time_limit"
fn main() {
    for _ in 0..30 {
        println!(".");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    println!("REACHED");
}
