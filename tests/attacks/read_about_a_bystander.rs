//! Reads the arguments of another process of the same user.
//@ group: running
//@ promise: own-proc
//@ levels: full landlock
//@ args: {bystander}
//@ reached: said
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!(
        "{}",
        if std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|all| !all.is_empty()) {
            "REACHED"
        } else {
            "no"
        }
    );
}
