//! Makes names, and picks those that end in 0 by borrowing them.
//!
//! Usage: `names COUNT`.

fn main() {
    let count = std::env::args().nth(1);
    let count: usize = count.and_then(|text| text.parse().ok()).unwrap_or(0);
    println!("begin");
    let mut names: Vec<Box<[u8; 16]>> = Vec::with_capacity(count);
    for number in 0..count {
        names.push(Box::new([b'0' + (number % 10) as u8; 16]));
    }
    let mut picked: Vec<&[u8; 16]> = Vec::with_capacity(count);
    for name in &names {
        if name[0] == b'0' {
            picked.push(name);
        }
    }
    println!("picked: {} of {}", picked.len(), names.len());
}
