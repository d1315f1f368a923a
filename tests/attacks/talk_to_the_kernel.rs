//! Opens sockets to the kernel, to devices and to other machines of this one.
//@ group: running
//@ promise: no-network
//@ reached: said
//@ control: full without network
//@ control: landlock without network
//@ control: limits without network
//= outcome.exit_code = 0
unsafe extern "C" {
    fn socket(family: i32, kind: i32, protocol: i32) -> i32;
}

fn main() {
    // Netlink, packets, ciphers, vsock, Bluetooth, raw IP.
    let wanted = [
        (16, 3, 0),
        (17, 3, 0),
        (38, 5, 0),
        (40, 1, 0),
        (31, 3, 0),
        (2, 3, 1),
    ];
    let any = wanted
        .iter()
        .any(|&(family, kind, protocol)| unsafe { socket(family, kind, protocol) } >= 0);
    println!("{}", if any { "REACHED" } else { "no" });
}
