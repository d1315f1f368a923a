//! A thread reads a block that the main thread has freed before.
//= use-after-free at-once offset=0 size=8

struct Address(usize);

fn main() {
    let block = Box::into_raw(Box::new(7_u64)); //~ allocated
    let address = Address(block as usize);
    unsafe { drop(Box::from_raw(block)) }; //~ freed
    let reader = std::thread::spawn(move || unsafe {
        *(address.0 as *const u64) //~ used
    });
    let _ = reader.join();
}
