//! The answers are a pipe that nobody writes to.
//@ group: hand-in
//@ promise: hand-ins
//@ through: grade
//@ plant: fifo answers.toml
//@ control: the figures
//= students[0].id = "anna"
//= students[0].report.score.earned = 3
//= students[1].report.score.earned = 3
fn main() {
    let block = vec![7u8; 100];
    println!("hello");
    drop(block);
}
