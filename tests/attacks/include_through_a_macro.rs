//! The path is put together by a macro.
//@ group: compiling
//@ promise: compiler
//@ levels: full landlock
//@ reached: secret
//@ control: full without files
//@ control: landlock without files
//= outcome.kind = "build_failed"
macro_rules! read {
    ($path:expr) => {
        include_str!(concat!($path, ""))
    };
}

fn main() {
    println!("{}", read!("@secret@"));
}
