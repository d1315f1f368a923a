//! Makes itself a process that others may not look into. The scan at its end looks all the same.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= stdout.text = "0\n"
//= heap.definitely_lost.bytes = 5000
unsafe extern "C" {
    fn prctl(option: i32, value: u64) -> i32;
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    println!("{}", unsafe { prctl(4, 0) });
}
