struct T {
    id: u64,
    memo: String,
}

fn main() {
    let a: Vec<String> = std::env::args().collect();
    let rounds = a.get(2).unwrap_or(&"10".into()).parse::<u64>().unwrap();
    let max = match a[1].as_str() {
        "bounded" => a.get(3).unwrap_or(&"10000".into()).parse().unwrap(),
        _ => usize::MAX,
    };
    let mut v: Vec<T> = vec![];
    for r in 0..rounds {
        for i in 1..=100_000 {
            let id = r * 100_000 + i;
            v.push(T { id, memo: format!("{id:012} 12.50 EUR from 000042 to store 00004217, card ending in 4242") });
            // remove(0) each time took minutes, so a thousand at once
            if v.len() > max.saturating_add(1000) {
                v.drain(..1000);
            }
        }
        let b = v.capacity() * 32 + v.iter().map(|t| t.memo.capacity()).sum::<usize>();
        println!("After {} transactions: {:.1} MiB in use", (r + 1) * 100_000, b as f64 / 1048576.0);
    }
    println!("Kept {} transactions, from {} to {}", v.len(), v[0].id, v.last().unwrap().id);
}
