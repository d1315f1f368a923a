//! Looks for processes that it did not start.
//@ group: running
//@ promise: own-proc
//@ levels: full landlock
//@ reached: said
//@ control: full without init
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let own = std::process::id().to_string();
    let names = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut others = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| *name != own && name.parse::<u32>().is_ok());
    println!(
        "{}",
        if others.next().is_some() {
            "REACHED"
        } else {
            "no"
        }
    );
}
