use std::io;

fn pages() -> (f64, f64) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let mut numbers = statm.split(' ').map(|n| n.parse::<f64>().unwrap_or(0.0) * 4096.0 / 1048576.0);
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// Comes back when somebody has pressed Enter.
fn wait_for_enter() {
    io::stdin().read_line(&mut String::new()).unwrap();
}

fn main() {
    let (virtual_before, resident) = pages();
    println!("start: resident {resident:.1} MiB");

    let mut memory = vec![0u8; 500_000_000];
    let say = |phase: &str| {
        let (virtual_now, resident) = pages();
        println!("{phase}: resident {resident:.1} MiB, virtual +{:.1} MiB", virtual_now - virtual_before);
    };
    say("reserved");
    wait_for_enter();

    let mut x: usize = 12345;
    for _ in 0..1000 {
        x = (x.wrapping_mul(1_103_515_245).wrapping_add(12345)) % (1 << 31);
        let page = x % (memory.len() / 4096);
        memory[page * 4096] = 1;
    }
    say("sparse");
    wait_for_enter();

    for i in (0..memory.len()).step_by(4096) {
        memory[i] = 2;
    }
    say("full");
}
