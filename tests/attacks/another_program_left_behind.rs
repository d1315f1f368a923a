//! Leaves a program of the system behind that writes late.
//@ group: running
//@ promise: nothing-left
//@ reached: said
//@ control: full without reaping
//@ control: landlock without reaping
//@ control: limits without reaping
//= outcome.exit_code = 0
fn main() {
    let _ = std::process::Command::new("/bin/sh")
        .args(["-c", "sleep 0.5; echo REACHED"])
        .spawn();
}
