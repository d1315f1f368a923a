use std::collections::{HashMap, VecDeque};

struct Cache {
    values: HashMap<u64, String>,
    order: VecDeque<u64>,
}

impl Cache {
    fn get(&mut self, key: u64) -> &str {
        if !self.values.contains_key(&key) {
            if self.order.len() == 16 {
                let oldest = self.order.pop_front().unwrap();
                self.values.remove(&oldest);
            }
            self.order.push_back(key);
            self.values.insert(key, "value ".repeat(10) + &key.to_string());
        }
        &self.values[&key]
    }
}

fn main() {
    let mut cache = Cache { values: HashMap::new(), order: VecDeque::new() };
    for request in 0..500_u64 {
        let bytes = cache.get(request * request % 97).len();
        if request % 50 == 0 {
            println!("request {request}: {bytes} bytes");
        }
    }
}
