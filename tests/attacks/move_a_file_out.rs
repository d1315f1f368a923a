//! Moves a file out of its scratch into a folder of the grader.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {folder}
//@ reached: changed
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    std::fs::write("mine", "mine").unwrap();
    println!("{:?}", std::fs::rename("mine", format!("{path}/mine")));
}
