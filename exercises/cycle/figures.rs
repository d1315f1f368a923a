//! What it costs here to find the dead by following pointers, as a tracing collector does, and to free by owner.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::{Rc, Weak};
use std::time::Instant;

/// Objects of the graph, and nodes of the list.
const OBJECTS: usize = 100_000;

/// An object with two pointers, as a collector sees one.
struct Object {
    marked: Cell<bool>,
    edges: [Cell<*const Object>; 2],
}

fn main() {
    let objects = graph();
    let (mut traces, mut drops) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        traces.push(trace(&objects));
        drops.push(drop_list());
    }
    println!("trace = {} ns", median(traces));
    println!("drop_box = {} ns", median(drops));
    let rc = Rc::new(7_u64);
    let weak = Rc::downgrade(&rc);
    println!(
        "upgrade = {} ns",
        median((0..9).map(|_| upgrade(&weak)).collect())
    );
}

/// Objects in blocks of their own, each with pointers to two others anywhere.
fn graph() -> Vec<Box<Object>> {
    let new = |_| {
        Box::new(Object {
            marked: Cell::new(false),
            edges: [Cell::new(std::ptr::null()), Cell::new(std::ptr::null())],
        })
    };
    let objects: Vec<Box<Object>> = (0..OBJECTS).map(new).collect();
    let mut random = 1_u64;
    for (number, object) in objects.iter().enumerate() {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let anywhere = (random >> 33) as usize % OBJECTS;
        object.edges[0].set(&raw const *objects[anywhere]);
        // With the next one, every object is reached.
        object.edges[1].set(&raw const *objects[(number + 1) % OBJECTS]);
    }
    objects
}

/// Nanoseconds to find and mark each object that can be reached.
fn trace(objects: &[Box<Object>]) -> f64 {
    for object in objects {
        object.marked.set(false);
    }
    let started = Instant::now();
    let mut found = 0;
    let mut pending = vec![&raw const *objects[0]];
    while let Some(object) = pending.pop() {
        let object = unsafe { &*object };
        if !object.marked.replace(true) {
            found += 1;
            pending.extend(object.edges.iter().map(Cell::get));
        }
    }
    assert_eq!(found, OBJECTS);
    started.elapsed().as_nanos() as f64 / OBJECTS as f64
}

/// Nanoseconds to free each node of a list by its owner.
fn drop_list() -> f64 {
    struct Node {
        next: Option<Box<Node>>,
        _more: [usize; 2],
    }
    let mut list = None;
    for number in 0..OBJECTS {
        list = Some(Box::new(Node {
            next: list,
            _more: [number; 2],
        }));
    }
    black_box(&list);
    let started = Instant::now();
    while let Some(mut node) = list {
        list = node.next.take();
    }
    started.elapsed().as_nanos() as f64 / OBJECTS as f64
}

/// Nanoseconds to ask a `Weak` whether its value is there, and to let it go again.
fn upgrade(weak: &Weak<u64>) -> f64 {
    const TIMES: u32 = 50_000;
    let started = Instant::now();
    for _ in 0..TIMES {
        black_box(weak.upgrade());
    }
    started.elapsed().as_nanos() as f64 / f64::from(TIMES)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
