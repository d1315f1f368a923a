//! Asks the kernel to forget its peak of resident memory, which a file in /proc does.
//@ group: cheating
//@ promise: own-proc
//@ levels: full landlock
//@ reached: said
//@ control: full without proc
//@ control: landlock without proc
//= stdout.text = "refused\n"
//= pages.peak_resident_bytes > 67108864
use std::fs::OpenOptions;
use std::io::Write;

fn main() {
    drop(std::hint::black_box(vec![1_u8; 64 << 20]));
    let file = OpenOptions::new().write(true).open("/proc/self/clear_refs");
    let asked = file.and_then(|mut file| file.write_all(b"5"));
    println!("{}", if asked.is_err() { "refused" } else { "REACHED" });
}
