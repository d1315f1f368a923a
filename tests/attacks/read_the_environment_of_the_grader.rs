//! Reads the environment of its parent.
//@ group: running
//@ promise: grader-secrets
//@ levels: full landlock
//@ reached: secret
//@ control: full without init
//= outcome.exit_code = 0
unsafe extern "C" {
    fn getppid() -> i32;
}

fn main() {
    let path = format!("/proc/{}/environ", unsafe { getppid() });
    println!(
        "{:?}",
        std::fs::read(path).map(|all| String::from_utf8_lossy(&all).into_owned())
    );
}
