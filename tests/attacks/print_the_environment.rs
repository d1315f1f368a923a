//! Prints its environment.
//@ group: running
//@ promise: grader-secrets
//@ reached: secret
//@ control: full without environment
//@ control: landlock without environment
//@ control: limits without environment
//= outcome.exit_code = 0
fn main() {
    println!("{:?}", std::env::vars().collect::<Vec<_>>());
}
