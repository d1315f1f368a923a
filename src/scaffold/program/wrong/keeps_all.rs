//@ about: Makes a list of all numbers before adding them up.
//@ finding: heap/peak-over-limit in plain/keeps no list
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    let numbers: Vec<u64> = (1..=n).collect();
    numbers.iter().sum()
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
