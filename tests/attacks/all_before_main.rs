//! Everything is done by a constructor, which leaves before main begins: it is measured as main is.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= stdout.text = "hello\n"
//= marks[0].live_bytes = 5000
//= heap.total.bytes = 5000
//= heap.at_exit.bytes = 5000
unsafe extern "C" {
    fn _exit(code: i32) -> !;
}

extern "C" fn early() {
    std::mem::forget(vec![1_u8; 5000]);
    println!("hello");
    unsafe { _exit(0) }
}

#[used]
#[unsafe(link_section = ".init_array")]
static EARLY: extern "C" fn() = early;

fn main() {}
