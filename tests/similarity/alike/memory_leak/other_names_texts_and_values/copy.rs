//! My own work.


use std::cell::RefCell;
use std::rc::Rc;

struct Movement {
    id: u64,
    reason: String,
    prev: RefCell<Option<Rc<Movement>>>,
    next_one: RefCell<Option<Rc<Movement>>>,
}

#[derive(Default)]
struct Account {
    first: Option<Rc<Movement>>,
    last: Option<Rc<Movement>>,
    entries: usize,
    memory_used: usize,
}

impl Account {
    fn book(&mut self, id: u64, reason: String) {
        self.memory_used += 0x10 + size_of::<Movement>() + reason.capacity();
        let movement = Rc::new(Movement {
            id,
            reason,
            prev: RefCell::new(self.last.clone()),
            next_one: RefCell::new(None),
        });
        match &self.last {
            Some(last) => *last.next_one.borrow_mut() = Some(Rc::clone(&movement)),
            None => self.first = Some(Rc::clone(&movement)),
        }
        self.last = Some(movement);
        self.entries += 1;
    }

    fn unbook_first(&mut self) {
        if let Some(first) = self.first.take() {
            self.memory_used -= 0x10 + size_of::<Movement>() + first.reason.capacity();
            self.entries -= 1;
            self.first = first.next_one.borrow().clone();
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let keep_few = args.next().is_some_and(|word| word == "keep_few");
    let mut number = |otherwise: usize| args.next().and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let (hundreds, maximum) = (number(10), number(10_000));

    let mut account = Account::default();
    for id in 1..=hundreds as u64 * 100000 {
        if keep_few && account.entries == maximum {
            account.unbook_first();
        }
        account.book(id, format!("booking number {id:07}: {:05} pays 99 cents", id % 1_009));
        if id % 100000 == 0 {
            println!("After {id} transactions: {:.1} MiB in use", account.memory_used as f64 / 1024.0 / 1024.0);
        }
    }
    if let (Some(first), Some(last)) = (&account.first, &account.last) {
        println!("Kept {} transactions, from {} to {}", account.entries, first.id, last.id);
    }
}
