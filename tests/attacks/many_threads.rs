//! Starts 40 threads and keeps them.
//@ group: running
//@ promise: tree-limits
//@ limit: processes=16
//@ reached: said
//@ control: full limit processes=64
//@ control: landlock limit processes=64
//= outcome.kind = "process_limit"
fn main() {
    for _ in 0..40 {
        let started = std::thread::Builder::new()
            .spawn(|| std::thread::sleep(std::time::Duration::from_secs(3)));
        if started.is_err() {
            return;
        }
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    println!("REACHED");
}
