fn primes(limit: usize) -> Vec<usize> {
    let mut sieve = vec![true; limit + 1];
    sieve[..2].fill(false);
    let mut i = 2;
    while i * i <= limit {
        if sieve[i] {
            (i * i..=limit).step_by(i).for_each(|n| sieve[n] = false);
        }
        i += 1;
    }
    sieve.iter().enumerate().filter(|(_, prime)| **prime).map(|(n, _)| n).collect()
}

fn main() {
    let text: Vec<String> = primes(100).chunks(5).map(|row| format!("{row:?}")).collect();
    println!("{}", text.join("\n"));
}
