use std::collections::VecDeque;

pub enum Policy {
    KeepAll,
    KeepLatest(usize),
}

struct Entry {
    id: u64,
    memo: Box<str>,
}

pub struct Ledger {
    policy: Policy,
    entries: VecDeque<Entry>,
}

impl Ledger {
    pub fn new(policy: Policy) -> Ledger {
        Ledger { policy, entries: VecDeque::new() }
    }

    pub fn record(&mut self, id: u64) {
        if let Policy::KeepLatest(limit) = self.policy {
            if self.entries.len() >= limit {
                self.entries.pop_front();
            }
        }
        let memo = format!("payment no. {id:010}, 12.50 EUR, account {:08}, store 00004217", id % 9_973);
        self.entries.push_back(Entry { id, memo: memo.into_boxed_str() });
    }

    pub fn bytes(&self) -> usize {
        let fixed = self.entries.capacity() * std::mem::size_of::<Entry>();
        self.entries.iter().fold(fixed, |sum, entry| sum + entry.memo.len())
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn range(&self) -> (u64, u64) {
        (self.entries[0].id, self.entries[self.entries.len() - 1].id)
    }
}
