//! Output in other alphabets, and a picture.
//@ group: honest
//@ promise: honest
//= stdout.text = "Grüße, 世界, Ω 🦀\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    println!("Grüße, 世界, Ω 🦀");
}
