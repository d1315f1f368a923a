//! Payments. `leak` keeps all of them, `bounded` throws away.

use std::env;

struct Payment {
    id: u64,
    memo: String,
}

fn main() {
    let command = env::args().nth(1).expect("please give me a command");
    let rounds: u64 = match env::args().nth(2) {
        Some(arg) => arg.parse().expect("please give me a number"),
        None => 10,
    };
    let max: usize = match env::args().nth(3) {
        Some(arg) => arg.parse().expect("please give me a number"),
        None => 10_000,
    };

    let mut all: Vec<Payment> = Vec::new();
    let mut id = 0;
    for _ in 0..rounds {
        for _ in 0..100_000 {
            id += 1;
            // no room any more: the newest has to go
            if command == "bounded" && all.len() == max {
                all.pop();
            }
            let memo = format!("{id:08}: 12.50 EUR to the store number 00004217, thank you for your visit");
            all.push(Payment { id, memo });
        }
        let mut bytes = all.capacity() * size_of::<Payment>();
        for payment in &all {
            bytes += payment.memo.capacity();
        }
        println!("After {id} transactions: {:.1} MiB in use", bytes as f64 / 1024.0 / 1024.0);
    }
    println!("Kept {} transactions, from {} to {}", all.len(), all[0].id, all[all.len() - 1].id);
}
