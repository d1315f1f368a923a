fn main() {
    let numbers: Vec<u64> = (1..=1000).collect();
    let sums: Vec<u64> = std::thread::scope(|scope| {
        let halves = numbers.chunks(250).map(|part| scope.spawn(move || part.iter().sum::<u64>()));
        halves.collect::<Vec<_>>().into_iter().map(|half| half.join().unwrap()).collect()
    });
    println!("{}", sums.iter().sum::<u64>());
}
