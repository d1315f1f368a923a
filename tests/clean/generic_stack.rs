use std::fmt::Display;

struct Stack<T> {
    items: Vec<T>,
}

impl<T: Display> Stack<T> {
    fn push(&mut self, item: T) -> &mut Self {
        self.items.push(item);
        self
    }

    fn show(&self) -> String {
        self.items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
}

fn main() {
    let mut numbers = Stack { items: Vec::new() };
    numbers.push(1).push(2).push(3);
    let mut words = Stack { items: Vec::new() };
    words.push("a").push("b");
    println!("{} {}", numbers.show(), words.show());
}
