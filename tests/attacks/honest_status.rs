//! Reads its own figures in /proc.
//@ group: honest
//@ promise: honest
//= stdout.text = "true true\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    println!("{} {}", status.contains("VmHWM"), maps.contains("[stack]"));
}
