//! A panic that is caught drops what the frames hold: 40 bytes are allocated and freed. The panic's own blocks are std's; the message is
//! a literal.
//= outcome.exit_code = 0
//= heap.sites[0].line = 8
//= heap.sites[0].total.bytes = 40
//= heap.at_exit.blocks = 0
fn fails() {
    let numbers = vec![1_u64; 5];
    if numbers.len() == 5 {
        panic!("on purpose");
    }
}

fn main() {
    assert!(std::panic::catch_unwind(fails).is_err());
}
