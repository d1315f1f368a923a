//! Closes every descriptor, known or not, and leaks once more: nothing of the measurement hangs on one.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= heap.definitely_lost.bytes = 10000
//= heap.definitely_lost.blocks = 2
unsafe extern "C" {
    fn close(descriptor: i32) -> i32;
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    for descriptor in 0..4096 {
        unsafe { close(descriptor) };
    }
    std::mem::forget(vec![1_u8; 5000]);
}
