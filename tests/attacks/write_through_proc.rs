//! Where files are contained, a program may read about itself in /proc, and write nothing there.
//@ group: cheating
//@ promise: own-proc
//@ levels: full landlock
//@ reached: said
//@ control: full without proc
//@ control: landlock without proc
//= outcome.kind = "exited"
//= outcome.exit_code = 0
//= heap.at_exit.blocks = 0
//= stdout.text = "refused\n"
fn main() {
    let own = std::fs::OpenOptions::new().write(true).open("/proc/self/mem");
    println!("{}", if own.is_err() { "refused" } else { "REACHED" });
}
