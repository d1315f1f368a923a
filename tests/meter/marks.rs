//! Each printed line is a point: what was alive just before it was written.
//= marks[0].live_bytes = 0
//= marks[1].mark = "one"
//= marks[1].live_bytes = 1000
//= marks[1].total_blocks = 1
//= marks[2].mark = "two"
//= marks[2].live_bytes = 3000
//= marks[2].peak_bytes_since = 3000
//= marks[3].live_bytes = 1000
//= marks[3].total_bytes = 3000
fn main() {
    println!("start");
    let one = vec![1u8; 1000];
    println!("one");
    let two = vec![2u8; 2000];
    println!("two");
    drop(two);
    println!("back");
    drop(one);
}
