//@ about: Makes the sum live as long as the program, and never gives it back.
//@ finding: leak/forgotten in plain/nothing is lost
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    let sum: &mut u64 = Box::leak(Box::new(0));
    for number in 1..=n {
        *sum += number;
    }
    *sum
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
