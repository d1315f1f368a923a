//! A macro's blocks belong to the line in the macro that allocates: 3 vectors of 4 u16.
//= heap.total.blocks = 3
//= heap.total.bytes = 24
//= heap.sites[0].file = "through_a_macro.rs"
//= heap.at_exit.blocks = 0
macro_rules! numbers {
    ($n:expr) => {
        vec![$n as u16; 4]
    };
}

fn main() {
    let all = (numbers!(1), numbers!(2), numbers!(3));
    assert_eq!(all.0[0] + all.1[0] + all.2[0], 6);
}
