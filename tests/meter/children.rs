//! A child process that allocates does not pollute the recording.
//= outcome.exit_code = 0
//= heap.at_exit.blocks = 0
//= heap.sites[0].total.bytes < 100000
fn main() {
    if std::env::args().nth(1).is_some() {
        std::mem::forget(vec![1u8; 10_000_000]);
        return;
    }
    let me = std::env::current_exe().unwrap();
    let status = std::process::Command::new(me).arg("child").status().unwrap();
    assert!(status.success());
}
