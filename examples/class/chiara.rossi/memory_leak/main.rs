use std::collections::VecDeque;

struct Transaction {
    id: u64,
    memo: String,
}

struct Service {
    list: VecDeque<Transaction>,
    bytes: usize,
}

impl Service {
    fn keep(&mut self, transaction: Transaction, limit: usize) {
        self.list.push_back(transaction);
        self.bytes += transaction.memo.capacity();
        for old in self.list.iter() {
            if self.list.len() > limit {
                self.list.pop_front();
                self.bytes -= old.memo.capacity();
            }
        }
    }
}

fn main() {
    let bounded = std::env::args().nth(1) == Some("bounded".to_string());
    let mut service = Service { list: VecDeque::new(), bytes: 0 };
    for id in 1..=1_000_000u64 {
        let memo = format!("payment {id:010}");
        let limit = if bounded { 10_000 } else { usize::MAX };
        service.keep(Transaction { id, memo }, limit);
        if id % 100_000 == 0 {
            println!("After {id} transactions: {:.1} MiB in use", service.bytes as f64 / 1048576.0);
        }
    }
}
