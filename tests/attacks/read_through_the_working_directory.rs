//! Climbs out of its working directory, by way of /proc.
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
    let up = "/..".repeat(12);
    println!(
        "{:?}",
        std::fs::read_to_string(format!("/proc/self/cwd{up}{path}"))
    );
    println!(
        "{:?}",
        std::fs::read_to_string(format!("{}{path}", &up[1..]))
    );
}
