//! One picture, several owners, and the moment at which it is freed.
//!
//! `ref_count rc`, `ref_count own` or `ref_count day`. Four places are yours: TODO 1 to TODO 4. The rest is ready, but
//! you may change it.

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
    // The gallery is the first owner. How many there are is asked for here.
    let gallery = Rc::new(Picture::load(bytes));
    println!("made: count {}", Rc::strong_count(&gallery));
    let editor = Rc::clone(&gallery);
    println!("cloned: count {}", Rc::strong_count(&editor));
    let printer = Rc::clone(&editor);
    println!("cloned: count {}", Rc::strong_count(&printer));
    drop(gallery);
    println!("dropped: count {}", Rc::strong_count(&printer));
    drop(editor);
    println!("dropped: count {}", Rc::strong_count(&printer));
    // A weak one is no owner, but it may ask.
    let witness = Rc::downgrade(&printer);
    drop(printer);
    println!("dropped: count {}", witness.strong_count());
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
        // (TODO 4: I did not get to this one)
        slots.push(filled);
        Handle {
            pool: self,
            slot: slots.len() - 1,
        }
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
        let mut slots = self.pool.slots.borrow_mut();
        let slot = &mut slots[self.slot];
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
