//! Blocks go from thread to thread and are freed by another than allocated them; odd sizes and large alignments.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::sync::mpsc;

struct Block(*mut u8, Layout);
unsafe impl Send for Block {}

fn main() {
    let (sender, receiver) = mpsc::channel();
    let workers: Vec<_> = (0..4)
        .map(|n| {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for i in 1..50_usize {
                    let layout = Layout::from_size_align(i * 13 + n, 1 << (i % 14)).unwrap();
                    let block = unsafe { alloc_zeroed(layout) };
                    unsafe { block.add(layout.size() - 1).write(1) };
                    sender.send(Block(block, layout)).unwrap();
                }
            })
        })
        .collect();
    drop(sender);
    let mut bytes = 0;
    for block in receiver {
        bytes += block.1.size();
        unsafe { dealloc(block.0, block.1) };
    }
    for worker in workers {
        worker.join().unwrap();
    }
    println!("{bytes}");
}
