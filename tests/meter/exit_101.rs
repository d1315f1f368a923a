//! Exit code 101 alone is no panic, and the text of one is none either.
//= outcome.kind = "exited"
//= outcome.exit_code = 101
fn main() {
    eprintln!("thread 'main' panicked at main.rs:1:1:\nboom");
    std::process::exit(101);
}
