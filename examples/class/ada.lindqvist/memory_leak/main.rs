use std::collections::VecDeque;

struct Transaction {
    id: u64,
    memo: Box<str>,
}

/// The ledger counts its own bytes as they come and go, so that a report costs nothing.
#[derive(Default)]
struct Ledger {
    entries: VecDeque<Transaction>,
    text_bytes: usize,
}

impl Ledger {
    fn add(&mut self, id: u64, memo: &str) {
        self.text_bytes += memo.len();
        self.entries.push_back(Transaction {
            id,
            memo: Box::from(memo),
        });
    }

    fn forget_oldest(&mut self) {
        if let Some(gone) = self.entries.pop_front() {
            self.text_bytes -= gone.memo.len();
        }
    }

    fn mebibytes(&self) -> f64 {
        let slots = self.entries.capacity() * size_of::<Transaction>();
        (slots + self.text_bytes) as f64 / f64::from(1 << 20)
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, otherwise: u64| match args.get(index) {
        Some(text) => text.parse().unwrap_or(otherwise),
        None => otherwise,
    };
    let limit = match args.first().map(String::as_str) {
        Some("bounded") => Some(number(2, 10_000) as usize),
        _ => None,
    };

    let mut ledger = Ledger::default();
    let mut request = String::with_capacity(80);
    let mut id = 0;
    for _ in 0..number(1, 10) {
        for _ in 0..100_000 {
            id += 1;
            request.clear();
            request.push_str("payment of 12.50 EUR to store 00004217, reference number ");
            request.push_str(&format!("{id:012}"));
            if limit == Some(ledger.entries.len()) {
                ledger.forget_oldest();
            }
            ledger.add(id, &request);
        }
        println!("After {id} transactions: {:.1} MiB in use", ledger.mebibytes());
    }
    let ids: Vec<u64> = [ledger.entries.front(), ledger.entries.back()]
        .into_iter()
        .flatten()
        .map(|t| t.id)
        .collect();
    println!("Kept {} transactions, from {} to {}", ledger.entries.len(), ids[0], ids[1]);
}
