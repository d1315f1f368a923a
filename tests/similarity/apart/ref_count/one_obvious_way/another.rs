//! One picture, several owners, and the moment at which it is freed.
//!
//! Usage: `ref_count rc [BYTES]`, `ref_count own [BYTES [STEPS]]` or `ref_count day [PICTURES]`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::env;
use std::rc::Rc;

/// A picture. Its pixels lie in a heap block of their own.
struct Picture {
    pixels: Vec<u8>,
}

impl Picture {
    fn load(bytes: usize) -> Self {
        Self {
            pixels: vec![0x7f; bytes],
        }
    }
}

/// Three owners share a picture by std's `Rc`.
fn with_rc(bytes: usize) {
    let gallery = Rc::new(Picture::load(bytes));
    // Owns nothing, so it can still tell the count when no owner is left.
    let watcher = Rc::downgrade(&gallery);
    println!("made: count {}", watcher.strong_count());
    let editor = Rc::clone(&gallery);
    println!("cloned: count {}", watcher.strong_count());
    let printer = Rc::clone(&gallery);
    println!("cloned: count {}", watcher.strong_count());
    drop(gallery);
    println!("dropped: count {}", watcher.strong_count());
    drop(editor);
    println!("dropped: count {}", watcher.strong_count());
    drop(printer);
    println!("dropped: count {}", watcher.strong_count());
}

/// Holds pictures, and counts the owners of each.
#[derive(Default)]
struct Pool {
    slots: RefCell<Vec<Slot>>,
}

/// Room for one picture; free when nobody owns it.
struct Slot {
    count: usize,
    picture: Option<Picture>,
}

/// One owner of a picture in a pool.
struct Handle<'p> {
    pool: &'p Pool,
    slot: usize,
}

impl Pool {
    /// Takes a picture in; the handle is its first owner.
    fn add(&self, picture: Picture) -> Handle<'_> {
        let mut slots = self.slots.borrow_mut();
        let filled = Slot {
            count: 1,
            picture: Some(picture),
        };
        let free = slots.iter().position(|slot| slot.count == 0);
        let slot = free.unwrap_or(slots.len());
        if free.is_some() {
            slots[slot] = filled;
        } else {
            slots.push(filled);
        }
        Handle { pool: self, slot }
    }

    /// How many handles own the picture in this slot.
    fn count(&self, slot: usize) -> usize {
        self.slots.borrow()[slot].count
    }
}

impl Handle<'_> {
    /// The size of the picture.
    fn bytes(&self) -> usize {
        let slots = self.pool.slots.borrow();
        let picture = slots[self.slot].picture.as_ref();
        picture.map_or(0, |picture| picture.pixels.len())
    }
}

impl Clone for Handle<'_> {
    fn clone(&self) -> Self {
        self.pool.slots.borrow_mut()[self.slot].count += 1;
        Self {
            pool: self.pool,
            slot: self.slot,
        }
    }
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        let slot = &mut self.pool.slots.borrow_mut()[self.slot];
        slot.count -= 1;
        if slot.count == 0 {
            slot.picture = None;
        }
    }
}

/// Shares a picture by your own handles. In `steps`, each `c` clones the newest handle and each `d` drops the oldest.
fn with_own(bytes: usize, steps: &str) {
    let pool = Pool::default();
    let mut owners = VecDeque::from([pool.add(Picture::load(bytes))]);
    println!("made: count {}", pool.count(0));
    for step in steps.chars() {
        if step == 'c' {
            let another = owners.back().cloned();
            owners.extend(another);
            println!("cloned: count {}", pool.count(0));
        } else {
            drop(owners.pop_front());
            println!("dropped: count {}", pool.count(0));
        }
    }
}

/// Shows many pictures, each to two viewers. The second one looks on until the next picture is there.
fn day(pictures: usize) {
    let pool = Pool::default();
    let mut shown = 0;
    let mut before = None;
    for number in 1..=pictures {
        let one = pool.add(Picture::load(4096));
        let two = one.clone();
        shown += one.bytes() + two.bytes();
        drop(one);
        drop(before.replace(two));
        if number % 1000 == 0 {
            println!("{number} pictures: {shown} bytes shown");
        }
    }
}

/// The program's argument at `position` as a number.
fn number(position: usize, default: usize) -> usize {
    env::args()
        .nth(position)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn main() {
    let steps = env::args().nth(3).unwrap_or("ccddd".to_owned());
    match env::args().nth(1).as_deref() {
        Some("rc") => with_rc(number(2, 1 << 20)),
        Some("own") => with_own(number(2, 1 << 20), &steps),
        Some("day") => day(number(2, 10_000)),
        _ => println!("Say rc, own or day"),
    }
}
