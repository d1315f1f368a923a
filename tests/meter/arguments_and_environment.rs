//! std::env::args() counts, as the learner asks for it: a Vec of one OsString, the string of the program's own name, and
//! the Vec that `collect` makes.
//= heap.at_exit.blocks = 0
//= heap.total.blocks = 3
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    assert_eq!(arguments.len(), 1);
}
