fn risky(n: u32) -> Vec<u32> {
    let made: Vec<u32> = (0..n).collect();
    assert!(n % 3 != 0, "{n} is a multiple of 3");
    made
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let good = (1..20).filter_map(|n| std::panic::catch_unwind(|| risky(n)).ok());
    println!("{}", good.map(|made| made.len()).sum::<usize>());
    let _ = std::panic::take_hook();
}
