//! Forks as many children as it can, up to 40, and keeps all of them.
//@ group: running
//@ promise: tree-limits
//@ limit: processes=16
//@ reached: said
//@ control: full limit processes=64
//@ control: limits limit processes=64
//= outcome.kind = "process_limit"
unsafe extern "C" {
    fn fork() -> i32;
    fn pause() -> i32;
    fn alarm(seconds: u32) -> u32;
}

fn main() {
    let mut children = 0;
    for _ in 0..40 {
        match unsafe { fork() } {
            0 => unsafe {
                // Should all defenses fail, it is over soon all the same.
                alarm(5);
                pause();
                std::process::exit(0);
            },
            -1 => {}
            _ => children += 1,
        }
    }
    println!("{}", if children == 40 { "REACHED" } else { "fewer" });
}
