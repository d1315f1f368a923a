//! Appends to a file that the whole world may write.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {target}
//@ reached: changed
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!(
        "{:?}",
        std::fs::OpenOptions::new()
            .append(true)
            .open(path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, b"mine"))
    );
}
