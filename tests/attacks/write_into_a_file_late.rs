//! Leaves a child behind that writes into a file of the grader after its end.
//@ group: running
//@ promise: nothing-left
//@ args: {target}
//@ reached: changed
//@ control: limits without reaping
//= outcome.exit_code = 0
unsafe extern "C" {
    fn fork() -> i32;
}

fn main() {
    let path = std::env::args().nth(1).unwrap();
    if unsafe { fork() } == 0 {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let _ = std::fs::write(path, "late");
    }
}
