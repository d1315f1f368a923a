//! `set_len` beyond the capacity; the last elements are not there.
//= past-the-end at-once offset=32 size=32

fn main() {
    let numbers: Vec<u64> = vec![1, 2, 3, 4]; //~ allocated
    let longer = unsafe { std::slice::from_raw_parts(numbers.as_ptr(), 5) };
    println!("{}", longer[4]); //~ used
}
