//! libc's `strlen` reads in pieces that begin before the string: the block is still the one that was freed.
//= use-after-free at-once size=6

use std::ffi::{CStr, CString};

fn main() {
    #[expect(dangling_pointers_from_temporaries, reason = "that is what is wrong")]
    let text = CString::new("hello").unwrap().as_ptr(); //~ allocated freed
    let text = unsafe { CStr::from_ptr(text) }; //~ used
    println!("{}", text.to_bytes().len());
}
