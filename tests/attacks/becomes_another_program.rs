//! The program becomes `true`: what it had done until then is told, and that it is not all.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= heap.complete = false
//= heap.total.blocks > 0
//= pages.peak_resident_bytes = null
//= pages.peak_virtual_bytes = null
//= stack.peak_bytes = null
use std::os::unix::process::CommandExt;

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    panic!("{}", std::process::Command::new("true").exec());
}
