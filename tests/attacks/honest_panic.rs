//! A panic that is caught.
//@ group: honest
//@ promise: honest
//= stdout.text = "true\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    println!("{}", std::panic::catch_unwind(|| panic!("caught")).is_err());
}
