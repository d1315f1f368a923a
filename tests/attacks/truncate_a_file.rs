//! Empties a file by its name, without opening it.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {target}
//@ reached: changed
//@ control: full without files
//@ control: landlock without files
//= outcome.exit_code = 0
unsafe extern "C" {
    fn truncate(path: *const std::ffi::c_char, length: i64) -> i32;
}

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let path = std::ffi::CString::new(path).unwrap();
    println!("{}", unsafe { truncate(path.as_ptr(), 0) });
}
