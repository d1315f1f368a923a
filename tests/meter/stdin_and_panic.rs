//! The buffer of stdin, the machinery of a caught panic and the environment are std's own; the line that is read is not.
//@ stdin: seven!\n
//= heap.total.blocks = 1
//= heap.total.bytes = 8
//= heap.at_exit.blocks = 0
fn main() {
    let mut line = String::with_capacity(8);
    std::io::stdin().read_line(&mut line).unwrap();
    let caught = std::panic::catch_unwind(|| {
        if line.len() > 3 {
            panic!("a plain message");
        }
    });
    assert!(caught.is_err());
}
