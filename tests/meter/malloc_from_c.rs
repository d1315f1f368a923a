//! malloc called directly is the same heap: 3 blocks of 40 bytes at line 13, one of them freed.
//= heap.total.blocks = 3
//= heap.total.bytes = 120
//= heap.definitely_lost.bytes = 80
//= heap.sites[0].line = 13
unsafe extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn free(block: *mut u8);
}

fn main() {
    let blocks = [(); 3].map(|()| unsafe {
        malloc(40)
    });
    unsafe { free(blocks[1]) };
}
