//! Calls at a port of this machine.
//@ group: running
//@ promise: no-network
//@ args: {tcp}
//@ reached: knocked
//@ control: full without network
//@ control: landlock without network
//@ control: limits without network
//= outcome.exit_code = 0
fn main() {
    let port: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{:?}", std::net::TcpStream::connect(("127.0.0.1", port)));
}
