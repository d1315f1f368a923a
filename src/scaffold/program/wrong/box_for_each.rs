//@ about: Puts each number on the heap, because numbers in a loop seem to need a place.
//@ finding: heap/too-many-blocks in plain/no block for each number
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    let mut sum = Box::new(0);
    for number in 1..=n {
        sum = Box::new(*sum + number);
    }
    *sum
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
