//! Makes a folder in a folder that the whole world may write.
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
    println!("{:?}", std::fs::create_dir(format!("{path}/mine")));
}
