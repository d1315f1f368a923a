//! Links a file of the grader into its scratch and writes into it there.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {target}
//@ reached: changed
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::fs::hard_link(path, "mine"));
    println!(
        "{:?}",
        std::fs::OpenOptions::new()
            .write(true)
            .open("mine")
            .and_then(|mut file| std::io::Write::write_all(&mut file, b"mine"))
    );
}
