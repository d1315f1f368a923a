use std::sync::{Arc, Mutex};
use std::thread;

struct Account {
    balance: i64,
    log: Vec<String>,
}

fn main() {
    let account = Arc::new(Mutex::new(Account { balance: 0, log: Vec::new() }));
    let tellers: Vec<_> = (0..4)
        .map(|teller| {
            let account = Arc::clone(&account);
            thread::spawn(move || {
                for n in 0..25 {
                    let mut account = account.lock().unwrap();
                    account.balance += n;
                    account.log.push(format!("teller {teller}: {n}"));
                }
            })
        })
        .collect();
    for teller in tellers {
        teller.join().unwrap();
    }
    let account = account.lock().unwrap();
    println!("{} in {} steps", account.balance, account.log.len());
}
