//! A panic that may not leave a function: std prints a backtrace whatever is asked of it, and none of that is the message.
//= outcome.kind = "panicked"
//= outcome.signal = "SIGABRT"
//= outcome.message = "panic in a function that cannot unwind"
//= heap.at_exit.bytes = 10
//= heap.definitely_lost.bytes = 0
extern "C" fn callback() {
    panic!("in a callback");
}

fn main() {
    let kept = vec![1_u8; 10];
    callback();
    drop(kept);
}
