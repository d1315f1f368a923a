//! Writes into a file of the grader through a symbolic link in its scratch.
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
    println!("{:?}", std::os::unix::fs::symlink(path, "link"));
    println!("{:?}", std::fs::write("link", "mine"));
}
