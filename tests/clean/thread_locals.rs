use std::cell::{Cell, RefCell};

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn log(text: &str) {
    COUNT.set(COUNT.get() + 1);
    LOG.with_borrow_mut(|log| log.push(format!("{}: {text}", COUNT.get())));
}

fn main() {
    log("one");
    std::thread::spawn(|| log("elsewhere")).join().unwrap();
    log("two");
    LOG.with_borrow(|log| println!("{}", log.join(", ")));
    LOG.take();
}
