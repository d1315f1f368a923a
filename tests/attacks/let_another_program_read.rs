//! Lets a program of the system read the secret.
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
    println!(
        "{:?}",
        std::process::Command::new("/bin/cat").arg(path).output()
    );
}
