use std::collections::VecDeque;

/// What top shows for this process, in bytes.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = statm.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    pages * 4096
}

struct Payments {
    queue: VecDeque<(u64, Box<str>)>,
    most: usize,
}

impl Payments {
    fn accept(&mut self, id: u64) {
        let text = format!("payment {id:010} from account 00000042 to store 00004217, 12.50 EUR");
        self.queue.push_back((id, text.into_boxed_str()));
        if self.queue.len() > self.most {
            self.queue.pop_front();
        }
    }

    fn report(&self, count: u64) {
        let before = resident();
        let leaked = resident() - before;
        println!("After {count} transactions: {:.1} MiB in use", leaked as f64 / 1048576.0);
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mode = args.next().unwrap_or_default();
    let rounds: u64 = args.next().map_or(10, |n| n.parse().unwrap_or(10));
    let most = args.next().map_or(10_000, |n| n.parse().unwrap_or(10_000));
    let mut payments = Payments {
        queue: VecDeque::new(),
        most: if mode == "bounded" { most } else { usize::MAX },
    };
    for id in 1..=rounds * 100_000 {
        payments.accept(id);
        if id % 100_000 == 0 {
            payments.report(id);
        }
    }
    let (first, last) = (payments.queue.front().unwrap().0, payments.queue.back().unwrap().0);
    println!("Kept {} transactions, from {first} to {last}", payments.queue.len());
}
