//! Drives a buffer. Its elements know how often they were made and dropped.
//!
//! Usage: `grow`, `copy`, `elements`, `kinds`, `make_panics`, `clone_panics`, `drop_panics`, `mixed [STEPS]` or `refused`.

use std::cell::RefCell;
use std::env;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use submission::Buffer;

/// What became of all elements. The numbers of those that are alive are `true`; 0 is the number of none.
#[derive(Default)]
struct Ledger {
    alive: Vec<bool>,
    dropped: usize,
    twice: usize,
    never_made: usize,
    /// How many more elements can be made, or cloned, before one panics.
    fuse_to_make: Option<usize>,
    /// The number of the element whose drop panics.
    fuse_to_drop: Option<usize>,
}

thread_local! {
    static LEDGER: RefCell<Ledger> = RefCell::default();
}

/// An element. It owns no memory, so that a wrong drop can be told instead of ending the program.
#[derive(PartialEq, Debug)]
struct Element {
    number: usize,
    seal: usize,
}

const SEAL: usize = 0x5ea1_5ea1_5ea1_5ea1;

impl Element {
    fn new() -> Self {
        let number = LEDGER.with_borrow_mut(|ledger| {
            let left = ledger.fuse_to_make.take();
            if left == Some(0) {
                return None;
            }
            ledger.fuse_to_make = left.map(|left| left - 1);
            if ledger.alive.is_empty() {
                ledger.alive.push(false);
            }
            ledger.alive.push(true);
            Some(ledger.alive.len() - 1)
        });
        match number {
            Some(number) => Self {
                number,
                seal: number ^ SEAL,
            },
            // Without a message.
            None => resume_unwind(Box::new("no more")),
        }
    }

    fn is_real(&self) -> bool {
        self.seal == self.number ^ SEAL
    }
}

impl Clone for Element {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Drop for Element {
    fn drop(&mut self) {
        let real = self.is_real();
        let panics = LEDGER.with_borrow_mut(|ledger| {
            match ledger.alive.get_mut(self.number) {
                Some(alive) if real && *alive => {
                    *alive = false;
                    ledger.dropped += 1;
                }
                Some(_) if real => ledger.twice += 1,
                _ => ledger.never_made += 1,
            }
            let panics = ledger.fuse_to_drop == Some(self.number);
            if panics {
                ledger.fuse_to_drop = None;
            }
            panics
        });
        if panics {
            resume_unwind(Box::new("no"));
        }
    }
}

/// How things stand: `5 made, 3 dropped`.
fn ledger() -> String {
    LEDGER.with_borrow(|ledger| {
        let made = ledger.alive.len().saturating_sub(1);
        let mut text = format!("{made} made, {} dropped", ledger.dropped);
        if ledger.twice > 0 {
            let _ = write!(text, ", {} of them once more", ledger.twice);
        }
        if ledger.never_made > 0 {
            let _ = write!(text, ", and {} that never were", ledger.never_made);
        }
        text
    })
}

/// Whether what was called panicked.
fn panics(call: impl FnOnce()) -> &'static str {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(()) => "no panic",
        Err(_) => "panic",
    }
}

fn grow() {
    let mut buffer = Buffer::<u64>::new();
    println!("empty: {} values", buffer.len());
    for value in 0..10_000 {
        buffer.push(value * 7);
    }
    println!("pushed: {} values", buffer.len());
    let right = (0..10_000).all(|index| buffer.get(index) == Some(&(index as u64 * 7)));
    let beyond = [10_000, 16_383, 16_384, usize::MAX].map(|index| buffer.get(index));
    println!(
        "looked: {}, beyond the end {beyond:?}",
        if right { "all right" } else { "not all right" }
    );
    let popped = (0..10_000)
        .rev()
        .all(|value| buffer.pop() == Some(value * 7));
    println!(
        "popped: {}, then {:?}, {} values",
        if popped { "all right" } else { "not all right" },
        buffer.pop(),
        buffer.len()
    );
    drop(buffer);
    println!("done");
}

/// A copy of 10,000 values.
fn copy() {
    let mut buffer = Buffer::<u64>::new();
    for value in 0..10_000 {
        buffer.push(value);
    }
    println!("filled: {} values", buffer.len());
    let copy = buffer.clone();
    println!("copied: {} values", copy.len());
    drop(copy);
    drop(buffer);
    println!("done");
}

fn elements() {
    let mut buffer = Buffer::new();
    for _ in 0..100 {
        buffer.push(Element::new());
    }
    println!("pushed 100: {}", ledger());
    let popped: Vec<Option<Element>> = (0..10).map(|_| buffer.pop()).collect();
    println!("popped 10: {}", ledger());
    drop(popped);
    println!("dropped these: {}", ledger());
    buffer.truncate(50);
    println!("truncated to 50: {}", ledger());
    buffer.push_with(10, |_| Element::new());
    println!("pushed 10: {}", ledger());
    let copy = buffer.clone();
    println!("cloned 60: {}", ledger());
    drop(copy);
    println!("dropped the copy: {}", ledger());
    drop(buffer);
    let mut emptied = Buffer::new();
    emptied.push(Element::new());
    drop(emptied.pop());
    drop(emptied);
    println!("dropped: {}", ledger());
}

/// A value without size that counts its drops.
struct Nothing;

thread_local! {
    static NOTHINGS_DROPPED: RefCell<usize> = const { RefCell::new(0) };
}

impl Drop for Nothing {
    fn drop(&mut self) {
        NOTHINGS_DROPPED.with_borrow_mut(|dropped| *dropped += 1);
    }
}

/// A value that must lie at a multiple of 64, as some instructions want it.
#[repr(align(64))]
struct Lane([u8; 80]);

#[repr(align(4096))]
struct Page(u8);

fn are_aligned<T>(make: impl Fn(usize) -> T, value: impl Fn(&T) -> usize) -> &'static str {
    let mut all = Vec::new();
    for count in [1, 2, 3, 5, 9, 17] {
        let mut buffer = Buffer::new();
        for index in 0..count {
            buffer.push(make(index));
        }
        all.push(buffer);
    }
    let right = all.iter().all(|buffer| {
        (0..buffer.len()).all(|index| {
            buffer.get(index).is_some_and(|one| {
                std::ptr::from_ref(one).addr() % align_of::<T>() == 0 && value(one) == index
            })
        })
    });
    if right { "all right" } else { "not all right" }
}

fn byte(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}

fn kinds() {
    let mut nothings = Buffer::new();
    for _ in 0..1000 {
        nothings.push(Nothing);
    }
    nothings.push_with(1000, |_| Nothing);
    let there = nothings.get(1999).is_some();
    let units = {
        let mut units = Buffer::new();
        units.push_with(100, |_| ());
        units.clone().len()
    };
    println!(
        "without size: {} values, the last one {}, {units} cloned",
        nothings.len(),
        if there { "is there" } else { "is not there" }
    );
    drop(nothings);
    println!("without size: {} dropped", NOTHINGS_DROPPED.take());
    println!(
        "at multiples of 64: {}",
        are_aligned(
            |index| Lane([byte(index); 80]),
            |lane| usize::from(lane.0[79])
        )
    );
    println!(
        "at multiples of 4096: {}",
        are_aligned(|index| Page(byte(index)), |page| usize::from(page.0))
    );
    println!(
        "single bytes: {}",
        are_aligned(byte, |byte| usize::from(*byte))
    );
    println!(
        "large ones: {}",
        are_aligned(|index| [index; 500], |numbers| numbers[499])
    );
}

/// The function that makes the elements panics when it has made six of ten.
fn make_panics() {
    let mut buffer = Buffer::new();
    buffer.push_with(5, |_| Element::new());
    println!("pushed 5: {}", ledger());
    let end = panics(|| {
        buffer.push_with(10, |index| {
            if index == 11 {
                resume_unwind(Box::new("no more"));
            }
            Element::new()
        });
    });
    println!("made 6 of 10, then: {end}");
    let first = (0..5).filter(|index| {
        let element = buffer.get(*index);
        element.is_some_and(|element| element.number == index + 1)
    });
    println!("the first ones: {} of 5", first.count());
    buffer.push(Element::new());
    let last = buffer.pop();
    let last = last.is_some_and(|element| element.number == 12);
    println!(
        "pushed and popped one more: {}",
        if last { "right" } else { "not right" }
    );
    drop(buffer);
    println!("dropped: {}", ledger());
}

/// The seventh clone of ten panics.
fn clone_panics() {
    let mut buffer = Buffer::new();
    buffer.push_with(10, |_| Element::new());
    println!("pushed 10: {}", ledger());
    LEDGER.with_borrow_mut(|ledger| ledger.fuse_to_make = Some(6));
    let end = panics(|| drop(buffer.clone()));
    println!("cloned 6 of 10, then: {end}; {}", ledger());
    let there = (0..buffer.len()).filter(|index| {
        let element = buffer.get(*index);
        element.is_some_and(|element| element.number == index + 1)
    });
    println!("still there: {} of 10", there.count());
    drop(buffer);
    println!("dropped: {}", ledger());
}

/// The drop of one element panics. Elements may be lost then, as in std; but none may be dropped twice.
fn drop_panics() {
    let mut buffer = Buffer::new();
    buffer.push_with(10, |_| Element::new());
    println!("pushed 10: {}", ledger());
    LEDGER.with_borrow_mut(|ledger| ledger.fuse_to_drop = Some(7));
    let end = panics(|| buffer.truncate(4));
    println!("truncated to 4: {end}");
    drop(buffer);
    let (twice, never_made) = LEDGER.with_borrow(|ledger| (ledger.twice, ledger.never_made));
    println!("dropped twice: {twice}, dropped without being there: {never_made}");
}

/// Numbers without any order, the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap_or(0);
        high % end
    }
}

/// Ten bytes, which are no multiple of anything.
fn label(number: usize) -> [u16; 5] {
    [u16::try_from(number).unwrap_or(u16::MAX); 5]
}

/// Many steps without any order, beside a list of std's that goes the same way.
fn mixed(steps: usize) {
    let mut buffer = Buffer::new();
    let mut model: Vec<[u16; 5]> = Vec::new();
    let mut dice = Dice(3);
    for step in 1..=steps {
        match dice.below(9) {
            0..=3 => {
                buffer.push(label(step));
                model.push(label(step));
            }
            4 => {
                let count = dice.below(5);
                buffer.push_with(count, label);
                let from = model.len();
                model.extend((from..from + count).map(label));
            }
            5 | 6 => {
                if buffer.pop() != model.pop() {
                    println!("not right at step {step}");
                    return;
                }
            }
            7 => {
                let len = dice.below(60);
                buffer.truncate(len);
                model.truncate(len);
            }
            _ => {
                let copy = buffer.clone();
                drop(std::mem::replace(&mut buffer, copy));
            }
        }
        let same = buffer.len() == model.len()
            && (0..buffer.len()).all(|index| buffer.get(index) == model.get(index));
        if !same {
            println!("not right at step {step}");
            return;
        }
    }
    println!("right in all of {steps} steps");
}

/// The system refuses to give more than this run's limit.
fn refused() {
    let mut buffer = Buffer::<u64>::new();
    println!("begin");
    for value in 0..1_000_000 {
        buffer.push(value);
    }
    println!("pushed {}", buffer.len());
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("grow") => grow(),
        Some("copy") => copy(),
        Some("elements") => elements(),
        Some("kinds") => kinds(),
        Some("make_panics") => make_panics(),
        Some("clone_panics") => clone_panics(),
        Some("drop_panics") => drop_panics(),
        Some("mixed") => mixed(
            env::args()
                .nth(2)
                .and_then(|text| text.parse().ok())
                .unwrap_or(5000),
        ),
        Some("refused") => refused(),
        _ => {}
    }
}
