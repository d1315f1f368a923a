//! Keeps something outside its scratch, where the next run would find it.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ reached: said
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    for folder in [
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/run",
        "/usr/local/bin",
        "/",
    ] {
        let path = format!("{folder}/memgrade-attack-{}", std::process::id());
        if std::fs::write(&path, "state").is_ok() {
            println!("REACHED");
        }
        let _ = std::fs::remove_file(&path);
    }
}
