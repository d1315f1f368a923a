//! Reads the list of users of this machine.
//@ group: running
//@ promise: no-reading
//@ levels: full landlock
//@ reached: said
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    println!(
        "{}",
        if std::fs::read("/etc/passwd").is_ok() {
            "REACHED"
        } else {
            "no"
        }
    );
}
