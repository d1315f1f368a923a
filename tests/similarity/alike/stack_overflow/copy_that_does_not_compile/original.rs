// Bruno Okafor, exercise 5

fn descend(levels: u64) -> u64 {
    if levels == 0 { 0 } else { descend(levels - 1) + 1 }
}

fn descend_guarded(levels: u64, depth: u64) -> Result<u64, String> {
    if levels == 0 {
        return Ok(0);
    }
    let n = descend_guarded(levels - 1, depth + 1)?;
    if depth > 10000 {
        return Err("too deep".to_string());
    }
    Ok(n + 1)
}

fn factorial(n: u64) -> u128 {
    let mut result: u128 = 1;
    for i in 1..=n {
        result *= i as u128;
    }
    result
}

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "overflow" {
        println!("{}", descend(1000000000));
    }
    if args[1] == "guarded" {
        for levels in [100, 1000000000] {
            match descend_guarded(levels, 0) {
                Ok(n) => println!("{} levels: came back from {}", levels, n),
                Err(_) => println!("{} levels: refused, deeper than 10000", levels),
            }
        }
    }
    if args[1] == "factorial" {
        let n: u64 = args[2].parse().unwrap();
        println!("{}! = {}", n, factorial(n));
    }
    if args[1] == "drop_list" {
        let n: u64 = args[2].parse().unwrap();
        let mut head: Option<Box<Node>> = None;
        let mut sum = 0;
        for i in 1..=n {
            let node = Node { value: i, next: head };
            sum += node.value;
            head = Some(Box::new(node));
        }
        println!("Built {} nodes, sum {}", n, sum);
        drop(head);
        println!("Dropped the list");
    }
}
