//! Eight threads that work at the same time.
//@ group: honest
//@ promise: honest
//= stdout.text = "28\n"
//@ control: honest
//= outcome.kind = "exited"
//= outcome.exit_code = 0
fn main() {
    let threads: Vec<_> = (0..8_u32).map(|n| std::thread::spawn(move || vec![n; 1000][999])).collect();
    println!("{}", threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u32>());
}
