//@ stdin: the cat and the dog and the bird\nthe end\n
use std::collections::BTreeMap;
use std::io::BufRead;

fn main() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        for word in line.unwrap().split_whitespace() {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    for (word, count) in &counts {
        println!("{word}: {count}");
    }
}
