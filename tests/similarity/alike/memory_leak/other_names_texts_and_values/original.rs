//! Every transaction knows the one before it and the one after it, so that a statement can be read in both directions.

use std::cell::RefCell;
use std::rc::Rc;

struct Transaction {
    id: u64,
    memo: String,
    earlier: RefCell<Option<Rc<Transaction>>>,
    later: RefCell<Option<Rc<Transaction>>>,
}

#[derive(Default)]
struct Statement {
    oldest: Option<Rc<Transaction>>,
    newest: Option<Rc<Transaction>>,
    count: usize,
    bytes: usize,
}

impl Statement {
    fn append(&mut self, id: u64, memo: String) {
        // two counters, the fields, and the text
        self.bytes += 16 + size_of::<Transaction>() + memo.capacity();
        let transaction = Rc::new(Transaction {
            id,
            memo,
            earlier: RefCell::new(self.newest.clone()),
            later: RefCell::new(None),
        });
        match &self.newest {
            Some(newest) => *newest.later.borrow_mut() = Some(Rc::clone(&transaction)),
            None => self.oldest = Some(Rc::clone(&transaction)),
        }
        self.newest = Some(transaction);
        self.count += 1;
    }

    fn remove_oldest(&mut self) {
        if let Some(oldest) = self.oldest.take() {
            self.bytes -= 16 + size_of::<Transaction>() + oldest.memo.capacity();
            self.count -= 1;
            self.oldest = oldest.later.borrow().clone();
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let bounded = args.next().is_some_and(|word| word == "bounded");
    let mut number = |otherwise: usize| args.next().and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let (rounds, limit) = (number(10), number(10_000));

    let mut statement = Statement::default();
    for id in 1..=rounds as u64 * 100_000 {
        if bounded && statement.count == limit {
            statement.remove_oldest();
        }
        statement.append(id, format!("payment {id:010} from account {:08}, 12.50 EUR", id % 9_973));
        if id % 100_000 == 0 {
            println!("After {id} transactions: {:.1} MiB in use", statement.bytes as f64 / 1024.0 / 1024.0);
        }
    }
    if let (Some(oldest), Some(newest)) = (&statement.oldest, &statement.newest) {
        println!("Kept {} transactions, from {} to {}", statement.count, oldest.id, newest.id);
    }
}
