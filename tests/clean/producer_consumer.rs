use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::sync_channel::<Vec<u32>>(2);
    let producer = thread::spawn(move || {
        for n in 0..20 {
            sender.send((0..n).collect()).unwrap();
        }
    });
    let total: u32 = receiver.iter().flatten().sum();
    producer.join().unwrap();
    println!("{total}");
}
