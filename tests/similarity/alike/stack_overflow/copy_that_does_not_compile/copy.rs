
fn go(levels: u64) -> u64 {
    if levels == 0 { 0 } else { go(levels - 1) + 1 }
}

fn go_safely(levels: u64, depth: u64) -> Result<u64, String> {
    if levels == 0 {
        return Ok(0);
    }
    let n = go_safely(levels - 1, depth + 1)?;
    if depth > 10000 {
        return Err("too deep".to_string());
    }
    Ok(n + 1)
}

fn product_up_to(n: u64) -> u128 {
    let mut all: u128 = 1;
    for i in 1..=n {
        all *= i as u128;
    }
    all
}

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "overflow" {
        println!("{}", go(1000000000));
    }
    if args[1] == "guarded" {
        for levels in [100, 1000000000] {
            match go_safely(levels, 0) {
                Ok(n) => println!("{} levels: came back from {}", levels, n),
                Err(_) => println!("{} levels: refused, deeper than 10000", levels),
            }
        }
    }
    if args[1] == "product_up_to" {
        let n: u64 = args[2].parse().unwrap();
        println!("{}! = {}", n, product_up_to(n));
    }
    if args[1] == "drop_list" {
        let n: u64 = args[2].parse().unwrap();
        let mut start: Option<Box<Node>> = None;
        let mut sum = 0
        for i in 1..=n {
            let node = Node { value: i, next: start };
            sum += node.value;
            start = Some(Box::new(node));
        }
        println!("Built {} nodes, sum {}", n, sum);
        drop(start);
        println!("Dropped the list);
    }
