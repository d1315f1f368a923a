//! A vector is taken apart and put together again with its length as its capacity.
//= wrong-layout at-once size=80 given=24/8

fn main() {
    let mut numbers: Vec<u64> = Vec::with_capacity(10); //~ allocated
    numbers.extend([1, 2, 3]);
    let mut numbers = std::mem::ManuallyDrop::new(numbers);
    let again = unsafe { Vec::from_raw_parts(numbers.as_mut_ptr(), 3, 3) };
    drop(again); //~ used freed
}
