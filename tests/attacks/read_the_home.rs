//! Reads a key in the home of whoever runs memgrade.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ args: {home}
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::fs::read_to_string(path));
}
