//! Calls at a socket that stands in a folder.
//@ group: running
//@ promise: no-network
//@ args: {socket}
//@ reached: knocked
//@ control: full without files
//@ control: landlock without network
//@ control: limits without network
//= outcome.exit_code = 0
fn main() {
    let path = std::env::args().nth(1).unwrap();
    println!("{:?}", std::os::unix::net::UnixStream::connect(path));
}
