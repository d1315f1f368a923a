//! Gets a socket that could be turned on others out of a pair.
//@ group: running
//@ promise: no-network
//@ levels: landlock limits
//@ reached: said
//@ control: landlock without network
//@ control: limits without network
//= outcome.exit_code = 0
unsafe extern "C" {
    fn socketpair(family: i32, kind: i32, protocol: i32, ends: *mut i32) -> i32;
}

fn main() {
    // Datagrams may be sent to any address afterwards; the kernel takes "raw" for the same.
    let mut ends = [0; 2];
    let any = [2, 3]
        .iter()
        .any(|kind| unsafe { socketpair(1, *kind, 0, ends.as_mut_ptr()) } == 0);
    println!("{}", if any { "REACHED" } else { "no" });
}
