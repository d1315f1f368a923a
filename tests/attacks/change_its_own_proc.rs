//! Changes its own entry in /proc.
//@ group: running
//@ promise: own-proc
//@ levels: full landlock
//@ reached: said
//@ control: full without proc
//@ control: landlock without proc
//= outcome.exit_code = 0
fn main() {
    for (name, value) in [
        ("oom_score_adj", "500"),
        ("comm", "sleep"),
        ("clear_refs", "5"),
    ] {
        // Without truncating, which is another right.
        let path = format!("/proc/self/{name}");
        let file = std::fs::OpenOptions::new().write(true).open(path);
        if file.is_ok_and(|mut file| std::io::Write::write_all(&mut file, value.as_bytes()).is_ok())
        {
            println!("REACHED");
        }
    }
}
