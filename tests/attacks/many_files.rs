//! Makes 6000 files in its scratch.
//@ group: running
//@ promise: tree-limits
//@ levels: full
//@ reached: said
//@ control: full without scratch
//= outcome.exit_code = 0
fn main() {
    let all = (0..6000).all(|number| std::fs::write(format!("f{number}"), "").is_ok());
    println!("{}", if all { "REACHED" } else { "no" });
}
