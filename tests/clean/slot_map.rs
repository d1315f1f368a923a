struct Slots<T> {
    items: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Slots<T> {
    fn insert(&mut self, item: T) -> usize {
        match self.free.pop() {
            Some(at) => {
                self.items[at] = Some(item);
                at
            }
            None => {
                self.items.push(Some(item));
                self.items.len() - 1
            }
        }
    }

    fn remove(&mut self, at: usize) -> Option<T> {
        let item = self.items.get_mut(at)?.take();
        if item.is_some() {
            self.free.push(at);
        }
        item
    }
}

fn main() {
    let mut slots = Slots { items: Vec::new(), free: Vec::new() };
    let keys: Vec<usize> = (0..50).map(|n| slots.insert(format!("item {n}"))).collect();
    for key in keys.iter().step_by(2) {
        slots.remove(*key);
    }
    for n in 50..70 {
        slots.insert(format!("item {n}"));
    }
    println!("{} of {}", slots.items.iter().flatten().count(), slots.items.len());
}
