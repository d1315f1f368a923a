//! One line that three functions reach, 1, 2 and 3 times: 6 blocks of 50 bytes; all are lost.
//= heap.sites.len = 1
//= heap.sites[0].line = 9
//= heap.sites[0].function = "keep"
//= heap.sites[0].total.blocks = 6
//= heap.sites[0].definitely_lost.bytes = 300
//= heap.definitely_lost.blocks = 6
fn keep() {
    std::mem::forget(Box::new([1_u8; 50]));
}

fn one() {
    keep();
}

fn two() {
    keep();
    keep();
}

fn three() {
    one();
    two();
}

fn main() {
    three();
    one();
    two();
}
