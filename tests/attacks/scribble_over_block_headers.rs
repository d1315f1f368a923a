//! The bytes in front of a block, where the probe keeps its size, are written over.
//@ group: cheating
//@ promise: recording
//@ control: the finding
//= heap = null
//= findings[0].code = "run/recording-contradicts"
//= findings[0].severity = "error"
fn main() {
    let block = Box::leak(Box::new([1_u64; 4]));
    unsafe { std::ptr::from_mut(block).cast::<u64>().sub(1).write(0) };
}
