//! Reads the secret by way of its own root in /proc.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ args: {secret}
//@ reached: secret
//@ control: full without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!(
        "{:?}",
        std::fs::read_to_string(format!("/proc/self/root{path}"))
    );
}
