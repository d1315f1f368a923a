//! Prints one line: what starting and measuring a program costs at least.

fn main() {
    println!("hello");
}
