//! The second free ends the program, not the panic that was caught before.
//= outcome.kind = "aborted"
//= outcome.message = "it freed memory that was not a live block"
//= outcome.place.line = 14
//= outcome.place.function = "Owner::drop"
//= heap.total.blocks = 1
//= heap.at_exit.blocks = 0
//= findings[0].code = "run/bad-free"
//= findings[0].line = 14
struct Owner(*mut u8);

impl Drop for Owner {
    fn drop(&mut self) {
        unsafe { drop(Box::from_raw(self.0)) };
    }
}

fn main() {
    let byte = Box::into_raw(Box::new(7));
    let caught = std::panic::catch_unwind(|| {
        let _first = Owner(byte);
        panic!("caught");
    });
    assert!(caught.is_err());
    let _second = Owner(byte);
}
