//! Burns CPU time in children that it does not want to hear of.
//@ group: running
//@ promise: tree-limits
//@ limit: cpu=400ms
//@ reached: said
//@ control: full limit cpu=30s
//@ control: landlock limit cpu=30s
//= outcome.kind = "time_limit"
unsafe extern "C" {
    fn fork() -> i32;
    fn signal(number: i32, handler: usize) -> usize;
    fn wait(status: *mut i32) -> i32;
}

fn spin(milliseconds: u128) {
    let until = std::time::Instant::now();
    while until.elapsed().as_millis() < milliseconds {
        std::hint::black_box(());
    }
}

fn main() {
    unsafe { signal(17, 1) };
    for _ in 0..4 {
        if unsafe { fork() } == 0 {
            spin(600);
            std::process::exit(0);
        }
        // Comes back when no child is left.
        unsafe { wait(std::ptr::null_mut()) };
    }
    println!("REACHED");
}
