//! Asks for a variable of memgrade's environment while it is compiled.
//@ group: compiling
//@ promise: compiler
//@ reached: secret
//@ control: limits without environment
//= outcome.exit_code = 0
//= stdout.text = "None\n"
fn main() {
    println!("{:?}", option_env!("CANARY"));
}
