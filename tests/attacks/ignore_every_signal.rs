//! Ignores every signal that can be ignored, and sleeps.
//@ group: running
//@ promise: tree-limits
//@ limit: wall=400ms
//@ reached: said
//@ control: full limit wall=20s
//@ control: landlock limit wall=20s
//= outcome.kind = "time_limit"
unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
}

fn main() {
    for number in 1..32 {
        unsafe { signal(number, 1) };
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    println!("REACHED");
}
