//! A caught panic drops the first owner, the end of main the second.
//= double-free at-once offset=0 size=1

struct Owner(*mut u8);

impl Drop for Owner {
    fn drop(&mut self) {
        unsafe { drop(Box::from_raw(self.0)) }; //~ used freed
    }
}

fn main() {
    let byte = Box::into_raw(Box::new(7)); //~ allocated
    let caught = std::panic::catch_unwind(|| {
        let _first = Owner(byte);
        panic!("caught");
    });
    assert!(caught.is_err());
    let _second = Owner(byte);
}
