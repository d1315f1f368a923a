//! A `write` of the program's own swallows what it prints: output is what comes out of the pipe, and the leak is seen all the same.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= stdout.text = ""
//= marks.len = 0
//= heap.definitely_lost.bytes = 5000
#[unsafe(no_mangle)]
extern "C" fn write(_descriptor: i32, _bytes: *const u8, count: usize) -> isize {
    count as isize
}

fn main() {
    println!("hello");
    std::mem::forget(vec![1_u8; 5000]);
}
