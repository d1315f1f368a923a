use std::collections::VecDeque;

struct Payment {
    id: u64,
    memo: String,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bounded = args[1] == "bounded";
    let rounds: u64 = args.get(2).map(|s| s.parse().unwrap()).unwrap_or(10);
    let limit: usize = args.get(3).map(|s| s.parse().unwrap()).unwrap_or(10000);

    let mut payments: VecDeque<Payment> = VecDeque::new();
    let mut memo_bytes = 0;
    let mut id = 0;
    while id < rounds * 100000 {
        if bounded && payments.len() >= limit {
            // full: wait until there is room again
            continue;
        }
        id += 1;
        let memo = format!("payment {:012}, 12.50 EUR, from account {} to the store", id, id % 9973);
        memo_bytes += memo.capacity();
        payments.push_back(Payment { id, memo });
        if id % 100000 == 0 {
            let bytes = payments.capacity() * size_of::<Payment>() + memo_bytes;
            println!("After {} transactions: {:.1} MiB in use", id, bytes as f64 / 1024.0 / 1024.0);
        }
    }
    let first = payments.front().unwrap().id;
    let last = payments.back().unwrap().id;
    println!("Kept {} transactions, from {} to {}", payments.len(), first, last);
}
