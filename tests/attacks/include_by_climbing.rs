//! Climbs out of its folder by a relative path, as far as the root.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
fn main() {
    println!("{}", include_str!("../../../../../../../../../../..@secret@"));
}
