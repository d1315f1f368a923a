//! `_exit` in main, past everything that runs at an exit: main had not returned, so its stack still holds the block.
//= outcome.kind = "exited"
//= outcome.exit_code = 3
//= heap.complete = true
//= heap.at_exit.bytes = 100
//= heap.definitely_lost.bytes = 0
//= heap.still_reachable.bytes = 100
//= findings.len = 0
unsafe extern "C" {
    fn _exit(code: i32) -> !;
}

fn main() {
    let kept = vec![1_u8; 100];
    println!("{}", kept[0]);
    unsafe { _exit(3) }
}
