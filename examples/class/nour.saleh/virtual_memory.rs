// needs: cargo add rand
use rand::Rng;
use std::io::stdin;

fn statm() -> (usize, usize) {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap().parse::<usize>().unwrap() * 4096;
    (next(), next())
}

fn main() {
    let (start, resident) = statm();
    println!("start: resident {:.1} MiB", resident as f64 / 1048576.0);
    let show = |name: &str| {
        let (size, resident) = statm();
        println!(
            "{name}: resident {:.1} MiB, virtual +{:.1} MiB",
            resident as f64 / 1048576.0,
            (size - start) as f64 / 1048576.0
        );
    };
    let mut memory = vec![0u8; 500_000_000];
    show("reserved");
    if stdin().read_line(&mut String::new()).unwrap() == 0 {
        return;
    }
    for _ in 0..1000 {
        let page = rand::thread_rng().gen_range(0..memory.len() / 4096);
        memory[page * 4096] = 1;
    }
    show("sparse");
    if stdin().read_line(&mut String::new()).unwrap() == 0 {
        return;
    }
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    show("full");
}
