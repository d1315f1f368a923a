//! Reads what /proc says about process 1.
//@ group: running
//@ promise: own-proc
//@ levels: full landlock
//@ reached: said
//@ control: full without init
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    println!(
        "{}",
        if std::fs::read("/proc/1/status").is_ok() {
            "REACHED"
        } else {
            "no"
        }
    );
}
