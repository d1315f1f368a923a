//! Reads the arguments of its parent.
//@ group: running
//@ promise: grader-secrets
//@ levels: full landlock
//@ reached: secret
//@ control: full without init
//@ control: landlock without files
//= outcome.exit_code = 0
unsafe extern "C" {
    fn getppid() -> i32;
}

fn main() {
    let path = format!("/proc/{}/cmdline", unsafe { getppid() });
    println!("{:?}", std::fs::read_to_string(path));
}
