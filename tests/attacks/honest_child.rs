//! A child process whose output is read.
//@ group: honest
//@ promise: honest
//= stdout.text = "child\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    let output = std::process::Command::new("echo").arg("child").output().unwrap();
    print!("{}", String::from_utf8(output.stdout).unwrap());
}
