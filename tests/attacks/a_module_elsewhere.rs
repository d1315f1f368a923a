//! A module whose file lies in the submission of a neighbor.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: said
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
#[path = "@neighbour@"]
#[allow(dead_code)]
mod theirs;

fn main() {
    println!("REACHED");
}
