//! Messages that nobody received are dropped with the channel: 10 strings of 200 bytes, none lost.
//= heap.sites[0].line = 9
//= heap.sites[0].total.blocks = 10
//= heap.sites[0].total.bytes = 2000
//= heap.at_exit.blocks = 0
use std::sync::mpsc;

fn message() -> String {
    "0123456789".repeat(20)
}

fn main() {
    let (sender, receiver) = mpsc::channel();
    for _ in 0..10 {
        sender.send(message()).unwrap();
    }
    assert_eq!(receiver.recv().unwrap().len(), 200);
}
