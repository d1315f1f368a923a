//! A destructor leaks after main has returned and everything was printed.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= marks[0].live_bytes = 0
//= heap.definitely_lost.bytes = 5000
extern "C" fn late() {
    std::mem::forget(vec![1_u8; 5000]);
}

#[used]
#[unsafe(link_section = ".fini_array")]
static LATE: extern "C" fn() = late;

fn main() {
    println!("hello");
}
