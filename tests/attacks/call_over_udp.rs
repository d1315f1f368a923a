//! Sends a datagram to a port of this machine.
//@ group: running
//@ promise: no-network
//@ args: {udp}
//@ reached: knocked
//@ control: full without network
//@ control: landlock without network
//@ control: limits without network
//= outcome.exit_code = 0
fn main() {
    let port: u16 = std::env::args().nth(1).unwrap().parse().unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0");
    println!(
        "{:?}",
        socket.and_then(|socket| socket.send_to(b"x", ("127.0.0.1", port)))
    );
}
