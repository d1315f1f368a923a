//@ about: Takes another n when there is no argument.
//@ finding: output/differs in plain/the sum is right
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    (1..=n).sum()
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(100, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
