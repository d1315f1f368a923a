//! Asks whether it could signal every process there is.
//@ group: running
//@ promise: other-processes
//@ levels: full limits
//@ reached: said
//@ control: limits without signals
//= outcome.exit_code = 0
unsafe extern "C" {
    fn kill(pid: i32, signal: i32) -> i32;
}

fn main() {
    println!(
        "{}",
        if unsafe { kill(-1, 0) } == 0 {
            "REACHED"
        } else {
            "no"
        }
    );
}
