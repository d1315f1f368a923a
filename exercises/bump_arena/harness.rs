//! Drives an arena. What is asked for here (the list of pieces, above all) is not counted as the learner's.
//!
//! Usage: `pieces [NUMBER]`, `aligned`, `full`, `calls`, `water`, `rounds [NUMBER]`, `reserve` or `two [STEPS]`.

use std::env;

use given::Piece;
use submission::Arena;

/// A piece as it was given out, and what was written into it.
struct Seen {
    piece: Piece,
    address: usize,
    size: usize,
    align: usize,
    stamp: u8,
}

/// Asks for a piece and writes into all of it.
fn ask(arena: &mut Arena, size: usize, align: usize, stamp: u8) -> Option<Seen> {
    let piece = arena.alloc(size, align)?;
    let bytes = arena.bytes(piece);
    bytes.fill(stamp);
    Some(Seen {
        piece,
        address: bytes.as_ptr().addr(),
        size,
        align,
        stamp,
    })
}

impl Seen {
    fn is_misaligned(&self) -> bool {
        !self.address.is_multiple_of(self.align)
    }

    fn has_moved(&self, arena: &mut Arena) -> bool {
        arena.bytes(self.piece).as_ptr().addr() != self.address
    }

    fn has_changed(&self, arena: &mut Arena) -> bool {
        let bytes = arena.bytes(self.piece);
        bytes.len() != self.size || bytes.iter().any(|byte| *byte != self.stamp)
    }

    fn end(&self) -> usize {
        self.address + self.size
    }
}

/// Numbers without any order, the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }

    /// 1, 2, 4, 8 or 16.
    fn align(&mut self) -> usize {
        1 << self.below(5)
    }

    fn stamp(&mut self) -> u8 {
        u8::try_from(self.below(255)).unwrap_or(0) + 1
    }
}

/// Many small pieces, all of them looked at in the end.
fn pieces(number: usize) {
    const CAPACITY: usize = 8 << 20;
    let mut arena = Arena::with_capacity(CAPACITY);
    println!("an arena of {CAPACITY} bytes");
    let mut dice = Dice(1);
    let mut seen = Vec::with_capacity(number);
    let mut refused = 0;
    for _ in 0..number {
        let (size, align) = (1 + dice.below(100), dice.align());
        match ask(&mut arena, size, align, dice.stamp()) {
            Some(piece) => seen.push(piece),
            None => refused += 1,
        }
    }
    println!("{} pieces, {refused} refused", seen.len());
    let misaligned = seen.iter().filter(|piece| piece.is_misaligned()).count();
    let changed = seen.iter().filter(|p| p.has_changed(&mut arena)).count();
    let moved = seen.iter().filter(|p| p.has_moved(&mut arena)).count();
    println!("{misaligned} misaligned, {changed} overwritten, {moved} moved");
    drop(arena);
    println!("dropped");
}

/// Pieces whose address must be a multiple of much more than the heap keeps to by itself, in arenas of several sizes.
fn aligned() {
    let sizes = [40_000, 40_016, 60_032, 80_048, 150_000, 300_000];
    let mut arenas: Vec<Arena> = sizes.into_iter().map(Arena::with_capacity).collect();
    for align in [1, 2, 4, 8, 16, 32, 64, 512, 4096] {
        let (mut asked, mut right) = (0, 0);
        for arena in &mut arenas {
            let mark = arena.mark();
            for stamp in [1, 2] {
                let odd = ask(arena, 3, 1, 0xee);
                let seen = ask(arena, 10, align, stamp);
                let seen = seen.filter(|seen| odd.is_some() && !seen.is_misaligned());
                asked += 1;
                right += usize::from(seen.is_some());
            }
            arena.reset_to(mark);
        }
        println!("align {align}: {right} of {asked}");
    }
}

/// How many pieces of a list fit, by arithmetic, and how many the arena gave.
fn fitting(capacity: usize, dice: &mut Dice) -> (usize, usize) {
    let mut arena = Arena::with_capacity(capacity);
    let Some(first) = ask(&mut arena, 1, 1, 1) else {
        return (0, 1);
    };
    let (base, mut top) = (first.address, first.end());
    let (mut given, mut fit, mut full) = (1, 1, false);
    while !full {
        let (size, align) = (1 + dice.below(60), dice.align());
        // However the arena came to its first byte, every further piece begins at the next address that will do.
        top = top.next_multiple_of(align) + size;
        full = top > base + capacity;
        fit += usize::from(!full);
        given += usize::from(ask(&mut arena, size, align, 1).is_some());
    }
    (given, fit)
}

/// An arena that is filled to its last byte, and asked for more.
fn full() {
    let mut arena = Arena::with_capacity(1000);
    let mut given = 0;
    while given < 2000 && ask(&mut arena, 1, 1, 7).is_some() {
        given += 1;
    }
    println!("1000 bytes: {given} pieces of 1 byte");

    let mut dice = Dice(2);
    for capacity in [500, 4000, 32_000] {
        let (given, fit) = fitting(capacity, &mut dice);
        println!(
            "{capacity} bytes: {}",
            match given.cmp(&fit) {
                std::cmp::Ordering::Less => "fewer pieces than fit",
                std::cmp::Ordering::Equal => "as many pieces as fit",
                std::cmp::Ordering::Greater => "more pieces than fit",
            }
        );
    }

    let mut arena = Arena::with_capacity(1000);
    let first = ask(&mut arena, 900, 1, 7);
    let too_large = [101, 1000, usize::MAX / 2, usize::MAX - 8, usize::MAX];
    let refused = too_large
        .into_iter()
        .filter(|size| arena.alloc(*size, 16).is_none())
        .count();
    println!("too large: {refused} of 5 refused");
    let last = ask(&mut arena, 100, 1, 8);
    let intact = first.is_some_and(|first| !first.has_changed(&mut arena));
    println!("the last 100 bytes: {}", last.is_some() && intact);
}

/// Calls, each with a frame in the arena, as a program has them on its stack.
fn calls() {
    let mut arena = Arena::with_capacity(2000);
    let mut dice = Dice(3);
    let Some(main) = ask(&mut arena, 96, 16, 0xaa) else {
        println!("there is no room for main");
        return;
    };
    let mut call = |arena: &mut Arena, name: &str, size: usize, align: usize| {
        let seen = ask(arena, size, align, dice.stamp());
        // Both are asked for now: only the distance counts here.
        let base = arena.bytes(main.piece).as_ptr().addr();
        match &seen {
            Some(seen) => println!(
                "{name}: {size} bytes at {}",
                seen.address.wrapping_sub(base)
            ),
            None => println!("{name}: refused"),
        }
        seen
    };
    println!("main: 96 bytes at 0");
    let in_main = arena.mark();
    let read = call(&mut arena, "read", 40, 8);
    let in_read = arena.mark();
    call(&mut arena, "line", 7, 1);
    call(&mut arena, "number", 8, 8);
    arena.reset_to(in_read);
    println!("back in read");
    call(&mut arena, "word", 20, 4);
    let in_word = arena.mark();
    let intact = |seen: &Option<Seen>, arena: &mut Arena| {
        let changed = seen.as_ref().is_none_or(|seen| seen.has_changed(arena));
        if changed { "overwritten" } else { "as it was" }
    };
    println!("read is {}", intact(&read, &mut arena));
    arena.reset_to(in_main);
    println!("back in main");
    call(&mut arena, "write", 32, 16);
    arena.reset_to(in_main);
    arena.reset_to(in_word);
    println!("back in main, and a mark of word, which is out of date");
    call(&mut arena, "close", 300, 2);
    println!("main is {}", intact(&Some(main), &mut arena));
}

/// How high the water stood, after calls and returns.
fn water() {
    let mut arena = Arena::with_capacity(2000);
    println!("new: {}", arena.high_water());
    let at_start = arena.mark();
    ask(&mut arena, 96, 16, 1);
    let in_main = arena.mark();
    ask(&mut arena, 1, 1, 2);
    ask(&mut arena, 8, 8, 3);
    println!("96 bytes, 1 byte and 8 bytes: {}", arena.high_water());
    arena.reset_to(in_main);
    ask(&mut arena, 10, 1, 4);
    println!("back, and 10 bytes: {}", arena.high_water());
    arena.alloc(5000, 1);
    println!("5000 bytes more: {}", arena.high_water());
    arena.reset_to(in_main);
    ask(&mut arena, 300, 2, 5);
    println!("back, and 300 bytes: {}", arena.high_water());
    arena.reset_to(at_start);
    println!("back to the start: {}", arena.high_water());
}

/// Rounds that each give back all that they took.
fn rounds(number: usize) {
    let mut arena = Arena::with_capacity(4096);
    ask(&mut arena, 100, 1, 9);
    let mut dice = Dice(4);
    let mut refused = 0;
    for round in 1..=number {
        let mark = arena.mark();
        for _ in 0..2 {
            let (size, align) = (1 + dice.below(64), dice.align());
            refused += usize::from(arena.alloc(size, align).is_none());
        }
        arena.reset_to(mark);
        if round % (number / 10) == 0 {
            println!("{round} rounds, {refused} refused");
        }
    }
}

/// A large arena of which little is used.
fn reserve() {
    let mut arena = Arena::with_capacity(64 << 20);
    println!("an arena of 64 MiB");
    let mark = arena.mark();
    let seen: Vec<Seen> = (0..100)
        .filter_map(|_| ask(&mut arena, 1000, 8, 5))
        .collect();
    println!("{} pieces of 1000 bytes", seen.len());
    arena.reset_to(mark);
    let again = ask(&mut arena, 1000, 8, 6);
    println!("one more: {}", again.is_some());
}

/// Two arenas at once, and marks within marks.
fn two(steps: usize) {
    let mut arenas = [30_000, 50_000].map(Arena::with_capacity);
    let mut kept: [Vec<Seen>; 2] = [Vec::new(), Vec::new()];
    let mut marks: [Vec<(usize, usize)>; 2] = [Vec::new(), Vec::new()];
    let mut dice = Dice(5);
    for step in 1..=steps {
        let which = dice.below(2);
        let arena = &mut arenas[which];
        match dice.below(10) {
            0..=5 if kept[which].len() < 100 => {
                let (size, align) = (dice.below(90), dice.align());
                match ask(arena, size, align, dice.stamp()) {
                    Some(seen) if !seen.is_misaligned() => kept[which].push(seen),
                    Some(_) => return println!("misaligned in step {step} of {steps}"),
                    None => return println!("refused in step {step} of {steps}"),
                }
            }
            6..=7 => marks[which].push((arena.mark(), kept[which].len())),
            _ => {
                let Some((mark, length)) = marks[which].pop() else {
                    continue;
                };
                arena.reset_to(mark);
                kept[which].truncate(length);
            }
        }
        // A third one comes and goes.
        if step % 1000 == 0 {
            let mut third = Arena::with_capacity(200);
            if ask(&mut third, 100, 8, 0xff).is_none() {
                return println!("refused in step {step} of {steps}");
            }
        }
        for (arena, kept) in arenas.iter_mut().zip(&kept) {
            if step % 10 == 0 && kept.iter().any(|seen| seen.has_changed(arena)) {
                return println!("overwritten in step {step} of {steps}");
            }
        }
    }
    println!("right in all of {steps} steps");
}

fn main() {
    let number = |position: usize, default: usize| {
        let text = env::args().nth(position);
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match env::args().nth(1).as_deref() {
        Some("pieces") => pieces(number(2, 100_000)),
        Some("aligned") => aligned(),
        Some("full") => full(),
        Some("calls") => calls(),
        Some("water") => water(),
        Some("rounds") => rounds(number(2, 1_000_000)),
        Some("reserve") => reserve(),
        Some("two") => two(number(2, 10_000)),
        _ => {}
    }
}
