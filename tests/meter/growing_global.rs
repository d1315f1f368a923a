//! A static that only grows: nothing is lost, every leak checker is content, and the curve shows it.
//= heap.definitely_lost.blocks = 0
//= heap.shape.kind = "growth"
//= heap.shape.over = "lines"
//= heap.shape.points = 8
//= heap.shape.site.line = 19
//= heap.shape.site_bytes = 700000
//= heap.shape.projection.unit = "requests"
//= findings.len = 1
//= findings[0].code = "leak/growing-global"
//= findings[0].line = 19
use std::sync::Mutex;

static SEEN: Mutex<Vec<Box<[u8; 1000]>>> = Mutex::new(Vec::new());

fn main() {
    for round in 1..=8 {
        for _ in 0..100 {
            SEEN.lock().unwrap().push(Box::new([1; 1000]));
        }
        println!("After {} requests", round * 100);
    }
}
