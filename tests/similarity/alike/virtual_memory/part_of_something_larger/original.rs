use std::{fs, io};

fn mem() -> [f64; 2] {
    let s = fs::read_to_string("/proc/self/status").unwrap();
    ["VmSize:", "VmRSS:"].map(|key| {
        let line = s.lines().find(|l| l.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    })
}

fn enter() -> bool {
    io::stdin().lines().next().is_some()
}

fn main() {
    let [v0, r] = mem();
    println!("start: resident {r:.1} MiB");
    let mut m = vec![0u8; 500_000_000];
    let [v, r] = mem();
    println!("reserved: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
    if !enter() {
        return;
    }
    // 1000 random places. The last number is the next seed.
    let mut x = 1;
    for _ in 0..1000 {
        x = (x * 75 + 74) % 65537;
        m[x] = 1;
    }
    let [v, r] = mem();
    println!("sparse: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
    if !enter() {
        return;
    }
    for p in m.chunks_mut(4096) {
        p[0] = 1;
    }
    let [v, r] = mem();
    println!("full: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
}
