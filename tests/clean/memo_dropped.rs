use std::collections::HashMap;

struct Memo {
    known: HashMap<u64, u64>,
}

impl Memo {
    fn fibonacci(&mut self, n: u64) -> u64 {
        if n < 2 {
            return n;
        }
        if let Some(known) = self.known.get(&n) {
            return *known;
        }
        let value = self.fibonacci(n - 1) + self.fibonacci(n - 2);
        self.known.insert(n, value);
        value
    }
}

fn main() {
    let mut memo = Memo { known: HashMap::new() };
    println!("{}", memo.fibonacci(80));
}
