struct Guard<'a>(&'a str, &'a std::cell::RefCell<Vec<String>>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(format!("dropped {}", self.0));
    }
}

fn main() {
    let log = std::cell::RefCell::new(Vec::new());
    {
        let _outer = Guard("outer", &log);
        let inner = Guard("inner", &log);
        drop(inner);
        let _moved = Box::new(Guard("boxed", &log));
    }
    println!("{}", log.into_inner().join("\n"));
}
