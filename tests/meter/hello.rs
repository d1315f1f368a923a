//! The buffer of stdout is std's own.
//= heap.total.blocks = 0
//= heap.at_exit.blocks = 0
//= marks[0].mark = "hello"
fn main() {
    println!("hello");
}
