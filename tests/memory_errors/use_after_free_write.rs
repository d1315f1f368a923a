//! A string's bytes are written after the string was dropped, in another function.
//= use-after-free at-once offset=3 size=11

fn scribble(at: *mut u8) {
    unsafe { at.add(3).write(b'X') } //~ used
}

fn main() {
    let mut text = String::from("hello world"); //~ allocated
    let bytes = text.as_mut_ptr();
    drop(text); //~ freed
    scribble(bytes);
}
