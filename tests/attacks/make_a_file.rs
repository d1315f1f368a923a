//! Makes a file in a folder that the whole world may write.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {folder}
//@ reached: changed
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::fs::write(format!("{path}/mine"), "mine"));
}
