//! Makes a symbolic link in its scratch and reads the secret through it.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ args: {secret}
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::os::unix::fs::symlink(path, "link"));
    println!("{:?}", std::fs::read_to_string("link"));
}
