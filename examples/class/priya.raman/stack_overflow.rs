use std::mem;

fn down(n: u64) -> u64 {
    if n == 0 { return 0 }
    down(n - 1) + 1
}

fn down_safe(n: u64, d: u64) -> Option<u64> {
    if n == 0 { return Some(0) }
    if d == 10_000 { return None }
    Some(down_safe(n - 1, d + 1)? + 1)
}

fn fact(n: u64) -> Vec<u64> {
    let mut v = vec![1];
    for f in 1..=n {
        let mut c = 0;
        for x in v.iter_mut() {
            let y = *x * f + c;
            (*x, c) = (y % 1_000_000_000, y / 1_000_000_000);
        }
        if c > 0 {
            v.push(c);
        }
    }
    v.reverse();
    v
}

struct N(u64, Option<Box<N>>);

fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n = || a[2].parse::<u64>().unwrap();
    match a[1].as_str() {
        "overflow" => println!("{}", down(1_000_000_000)),
        "guarded" => [100, 1_000_000_000].iter().for_each(|&n| match down_safe(n, 0) {
            Some(d) => println!("{n} levels: came back from {d}"),
            None => println!("{n} levels: refused, deeper than 10000"),
        }),
        "factorial" => {
            let v = fact(n());
            print!("{}! = {}", n(), v[0]);
            for x in &v[1..] {
                print!("{x:09}");
            }
            println!();
        }
        "drop_list" => {
            let mut l = None;
            for i in 1..=n() {
                l = Some(Box::new(N(i, l)));
            }
            let (mut p, mut s) = (&l, 0);
            while let Some(b) = p {
                s += b.0;
                p = &b.1;
            }
            println!("Built {} nodes, sum {s}", n());
            // dropping it overflows the stack, so don't
            mem::forget(l);
            println!("Dropped the list");
        }
        _ => unreachable!(),
    }
}
