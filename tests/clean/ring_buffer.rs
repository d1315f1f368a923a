struct Ring<T, const N: usize> {
    items: [Option<T>; N],
    next: usize,
}

impl<T, const N: usize> Ring<T, N> {
    fn push(&mut self, item: T) -> Option<T> {
        let old = self.items[self.next].replace(item);
        self.next = (self.next + 1) % N;
        old
    }
}

fn main() {
    let mut ring = Ring { items: [const { None }; 8], next: 0 };
    let gone: Vec<String> = (0..30).filter_map(|n| ring.push(format!("#{n}"))).collect();
    println!("{} gone, {} kept", gone.len(), ring.items.iter().flatten().count());
}
