//@ about: Makes all the lists and adds them up afterwards: three million lists are alive at the same time.
//@ finding: heap/peak-over-limit in a million rounds/lists die with their round
//@ output: right

use std::time::Instant;

type List = Box<[u64; 5]>;

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn stack(rounds: u64) -> u64 {
    let mut sum = 0;
    for r in 0..rounds {
        let lists = [
            [r, r + 1, r + 2, r + 3, r + 4],
            [r + 5, r + 6, r + 7, r + 8, r + 9],
            [r + 10, r + 11, r + 12, r + 13, r + 14],
        ];
        sum += total(&lists[0]) + total(&lists[1]) + total(&lists[2]);
    }
    sum
}

fn heap(rounds: u64, lists: &mut Vec<List>) -> u64 {
    for r in 0..rounds {
        for n in [r, r + 5, r + 10] {
            let list = Box::new([n, n + 1, n + 2, n + 3, n + 4]); //~ heap/peak-over-limit
            lists.push(list);
        }
    }
    let mut sum = 0;
    for list in lists.iter() {
        sum += total(&list[..]);
    }
    sum
}

fn main() {
    let rounds: u64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |a| a.parse().unwrap());

    println!("stack: start");
    let clock = Instant::now();
    let sum = stack(rounds);
    let stack_time = clock.elapsed();
    println!("stack: end, sum {sum}");

    let mut lists = Vec::with_capacity(rounds as usize * 3);
    println!("heap: start");
    let clock = Instant::now();
    let sum = heap(rounds, &mut lists);
    let heap_time = clock.elapsed();
    println!("heap: end, sum {sum}");

    println!(
        "ratio: {:.2}",
        heap_time.as_secs_f64() / stack_time.as_secs_f64()
    );
}
