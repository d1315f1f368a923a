//! By how much resident memory grows here with each payment that is kept, and what a process has before the first one.

use std::hint::black_box;

/// Payments that are kept, and bytes of each request.
const PAYMENTS: usize = 20_000;
const REQUEST: usize = 1_000;

fn main() {
    let Some(start) = resident() else {
        for name in ["start", "per_payment", "more"] {
            println!("{name} = ? this system does not tell a program its resident memory");
        }
        return;
    };
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for number in 0..PAYMENTS {
        kept.push(vec![number as u8; REQUEST]);
    }
    black_box(&kept);
    let grew = resident().unwrap_or(start).saturating_sub(start);
    println!("start = {start} B");
    println!("per_payment = {} bytes", grew / PAYMENTS);
    println!(
        "more = {} %",
        (grew as f64 / (PAYMENTS * REQUEST) as f64 - 1.0).max(0.0) * 100.0
    );
}

/// Resident bytes of this process.
#[cfg(target_os = "linux")]
fn resident() -> Option<usize> {
    unsafe extern "C" {
        fn getpagesize() -> i32;
    }
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * unsafe { getpagesize() } as usize)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<usize> {
    None
}
