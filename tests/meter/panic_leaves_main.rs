//! A panic that nobody catches unwinds main: its vector is dropped, exit code 101.
//= outcome.kind = "panicked"
//= outcome.exit_code = 101
//= outcome.place.line = 10
//= heap.sites[0].total.bytes = 800
//= heap.at_exit.bytes = 0
fn main() {
    let numbers = vec![1_u64; 100];
    let index = numbers.len();
    println!("{}", numbers[index]);
}
