//! Searches the stack of its parent for the secret.
//@ group: running
//@ promise: grader-secrets
//@ levels: full landlock
//@ reached: secret
//@ control: full without init
//= outcome.exit_code = 0
use std::os::unix::fs::FileExt;

unsafe extern "C" {
    fn getppid() -> i32;
}

fn main() {
    let parent = format!("/proc/{}", unsafe { getppid() });
    let maps = std::fs::read_to_string(format!("{parent}/maps")).unwrap_or_default();
    let Ok(memory) = std::fs::File::open(format!("{parent}/mem")) else {
        return;
    };
    for line in maps.lines().filter(|line| line.contains("[stack]")) {
        let (start, rest) = line.split_once('-').unwrap();
        let end = u64::from_str_radix(rest.split(' ').next().unwrap(), 16).unwrap();
        let start = u64::from_str_radix(start, 16).unwrap().max(end - (1 << 20));
        let mut bytes = vec![0; (end - start) as usize];
        let _ = memory.read_exact_at(&mut bytes, start);
        let text = String::from_utf8_lossy(&bytes);
        for part in text.split("canary-").skip(1).take(20) {
            println!("canary-{}", part.chars().take(60).collect::<String>());
        }
    }
}
