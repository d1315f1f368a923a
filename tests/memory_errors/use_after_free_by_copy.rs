//! A freed block is the source of a copy: the fault is inside of memcpy.
//= use-after-free at-once offset=0 size=4096

fn main() {
    let block = vec![1_u8; 4096].into_boxed_slice(); //~ allocated
    let from = Box::into_raw(block).cast::<u8>();
    let mut to = vec![0_u8; 4096];
    unsafe {
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(from, 4096))); //~ freed
        std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), 4096); //~ used
    }
    println!("{}", to[0]);
}
