//! Makes another process the first to be killed when memory runs short.
//@ group: running
//@ promise: other-processes
//@ levels: full landlock
//@ args: {bystander}
//@ reached: harmed
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let pid: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!(
        "{:?}",
        std::fs::write(format!("/proc/{pid}/oom_score_adj"), "900")
    );
}
