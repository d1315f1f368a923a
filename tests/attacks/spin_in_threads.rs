//! Burns CPU time in three threads at once.
//@ group: running
//@ promise: tree-limits
//@ limit: cpu=300ms
//@ reached: said
//@ control: full limit cpu=30s
//@ control: landlock limit cpu=30s
//= outcome.kind = "time_limit"
fn spin(milliseconds: u128) {
    let until = std::time::Instant::now();
    while until.elapsed().as_millis() < milliseconds {
        std::hint::black_box(());
    }
}

fn main() {
    let all: Vec<_> = (0..3).map(|_| std::thread::spawn(|| spin(1500))).collect();
    for one in all {
        one.join().unwrap();
    }
    println!("REACHED");
}
