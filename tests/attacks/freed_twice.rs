//! A double free is told with its line, and no figure is made up for it.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.kind = "aborted"
//= findings[0].code = "run/bad-free"
//= findings[0].line = 10
fn main() {
    let block = Box::into_raw(Box::new(1_u64));
    unsafe { drop((Box::from_raw(block), Box::from_raw(block))) };
}
