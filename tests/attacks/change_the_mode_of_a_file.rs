//! Takes away every permission on a file of the grader.
//@ group: running
//@ promise: no-writing
//@ levels: full landlock
//@ args: {target}
//@ reached: changed
//@ control: landlock without files
//= outcome.exit_code = 0
use std::os::unix::fs::PermissionsExt;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!(
        "{:?}",
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0))
    );
}
