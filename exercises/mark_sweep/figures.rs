//! How long a collection stops the program here, and what owners cost instead.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

/// Objects of a small heap, and of a large one.
const SMALL: usize = 10_000;
const LARGE: usize = 300_000;

/// An object with two links; `None` where a place is free.
struct Object {
    links: [u32; 2],
    marked: bool,
    payload: Option<Box<[u8]>>,
}

fn main() {
    println!("mark_frame = {} bytes", mark_frame());
    // Times without optimization would be those of the loops, and not of the memory.
    if cfg!(debug_assertions) {
        return;
    }
    for (name, objects) in [("small", SMALL), ("large", LARGE)] {
        let mut heap = heap(objects);
        let mut stays: Vec<f64> = (0..3).map(|_| collect(&mut heap, true)).collect();
        stays.sort_by(f64::total_cmp);
        println!("pause_{name} = {} ns", stays[1]);
        println!("object_{name} = {} ns", stays[1] / objects as f64);
        if objects == LARGE {
            println!("free_large = {} ns", collect(&mut heap, false));
        }
    }
    println!("drop_rc = {} ns", drop_rc());
}

/// Objects that are linked to the next one and to one anywhere.
fn heap(objects: usize) -> Vec<Object> {
    let mut random = 1_u64;
    let object = |place: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        Object {
            links: [(place + 1) % objects, (random >> 33) as usize % objects]
                .map(|place| place as u32),
            marked: false,
            payload: Some(vec![0; 16].into_boxed_slice()),
        }
    };
    (0..objects).map(object).collect()
}

/// Nanoseconds to mark all that the first object leads to, if that is a root, and to free the rest.
fn collect(heap: &mut [Object], rooted: bool) -> f64 {
    let started = Instant::now();
    let mut pending: Vec<u32> = if rooted { vec![0] } else { Vec::new() };
    while let Some(place) = pending.pop() {
        let object = &mut heap[place as usize];
        if !std::mem::replace(&mut object.marked, true) {
            pending.extend(object.links);
        }
    }
    for object in heap.iter_mut() {
        if !std::mem::replace(&mut object.marked, false) {
            object.payload = None;
        }
    }
    let time = started.elapsed().as_nanos() as f64;
    let left = heap
        .iter()
        .filter(|object| object.payload.is_some())
        .count();
    assert_eq!(left, if rooted { heap.len() } else { 0 });
    time
}

/// Nanoseconds to drop each of many values that are counted.
fn drop_rc() -> f64 {
    let counted: Vec<Rc<[u64; 4]>> = (0..LARGE).map(|_| Rc::new([0; 4])).collect();
    black_box(&counted);
    let started = Instant::now();
    drop(counted);
    started.elapsed().as_nanos() as f64 / LARGE as f64
}

/// Bytes of stack for each object in a row, where marking calls itself.
fn mark_frame() -> usize {
    const ROW: u32 = 5_000;
    let object = |place: u32| Object {
        links: [(place + 1).min(ROW); 2],
        marked: false,
        payload: None,
    };
    let mut heap: Vec<Object> = (0..=ROW).map(object).collect();
    let (mut lowest, mut highest) = (usize::MAX, 0);
    let found = mark(&mut heap, 0, &mut lowest, &mut highest);
    assert_eq!(found, ROW + 1);
    (highest - lowest) / ROW as usize
}

/// Marks, and notes between which addresses the stack was.
fn mark(heap: &mut [Object], place: u32, lowest: &mut usize, highest: &mut usize) -> u32 {
    let local = black_box(place);
    let here = (&raw const local).addr();
    (*lowest, *highest) = ((*lowest).min(here), (*highest).max(here));
    let object = &mut heap[place as usize];
    if std::mem::replace(&mut object.marked, true) {
        return 0;
    }
    let mut found = 1;
    for link in object.links {
        found += mark(heap, link, lowest, highest);
    }
    found
}
