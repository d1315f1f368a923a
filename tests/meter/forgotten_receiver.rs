//! A channel both of whose ends are forgotten keeps its messages: the string's 500 bytes are lost through the channel.
//= heap.sites[2].line = 11
//= heap.sites[2].total.bytes = 500
//= heap.sites[2].indirectly_lost.bytes = 500
//= heap.sites[2].definitely_lost.bytes = 0
//= heap.cycles.len = 0
use std::sync::mpsc;

fn main() {
    let (sender, receiver) = mpsc::channel();
    sender.send("x".repeat(500)).unwrap();
    std::mem::forget(sender);
    std::mem::forget(receiver);
}
