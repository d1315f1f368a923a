//! An `exit` of the program's own, which leaves at once: the leak is found all the same, and so is the code.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 7
//= heap.at_exit.bytes = 5000
//= heap.complete = true
unsafe extern "C" {
    fn _exit(code: i32) -> !;
}

#[unsafe(no_mangle)]
extern "C" fn exit(_code: i32) -> ! {
    unsafe { _exit(7) }
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    std::process::exit(0);
}
