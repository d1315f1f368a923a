//! Writes 200 MB into its scratch, in files that are small enough each.
//@ group: running
//@ promise: tree-limits
//@ levels: full
//@ reached: said
//@ control: full without scratch
//= outcome.exit_code = 0
fn main() {
    let all =
        (0..5).all(|number| std::fs::write(format!("f{number}"), vec![1_u8; 40 << 20]).is_ok());
    println!("{}", if all { "REACHED" } else { "no" });
}
