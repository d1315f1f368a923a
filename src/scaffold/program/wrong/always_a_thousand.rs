//@ about: Adds up to 1000, whatever the argument is.
//@ finding: output/differs in another n/obeys its argument
// TODO(author): a misunderstanding of your own exercise in its place

fn sum(n: u64) -> u64 {
    (1..=n).sum()
}

fn main() {
    println!("sum: {}", sum(1000));
}
