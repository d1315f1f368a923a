//! Removes a file of the grader.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {target}
//@ reached: changed
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::fs::remove_file(path));
}
