//@ about: Turns each number into text and back.
//@ finding: heap/too-many-blocks in plain/no block for each number
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    let texts = (1..=n).map(|number| number.to_string());
    texts.filter_map(|text| text.parse::<u64>().ok()).sum()
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
