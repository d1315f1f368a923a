//! What one step of a cache costs here, by how the order of use is kept.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    for (name, room) in [("100", 100), ("10k", 10_000), ("100k", 100_000)] {
        let mut cache = Linked::new(room);
        fill(room, |page| cache.step(page));
        println!(
            "linked_{name} = {} ns",
            time(room, 100_000, |page| cache.step(page))
        );
    }
    for (name, room, steps) in [("100", 100, 20_000), ("10k", 10_000, 400)] {
        let mut cache = Searched::new(room);
        fill(room, |page| cache.step(page));
        println!(
            "searched_{name} = {} ns",
            time(room, steps, |page| cache.step(page))
        );
    }
}

/// Puts in as many pages as there is room for.
fn fill(room: usize, mut step: impl FnMut(u64)) {
    for page in 0..room as u64 {
        step(page);
    }
}

/// Nanoseconds for a step: half of the pages are there.
fn time(room: usize, steps: u32, mut step: impl FnMut(u64)) -> f64 {
    let mut random = 1_u64;
    let started = Instant::now();
    for _ in 0..steps {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        step((random >> 33) % (2 * room as u64));
    }
    started.elapsed().as_nanos() as f64 / f64::from(steps)
}

/// Pages in a row that is linked by places; 0 is the end of the row in both directions.
struct Linked {
    room: usize,
    places: HashMap<u64, usize>,
    row: Vec<(u64, usize, usize)>,
}

impl Linked {
    fn new(room: usize) -> Self {
        Self {
            room,
            places: HashMap::new(),
            row: vec![(0, 0, 0)],
        }
    }

    /// Looks for a page, and puts it in if it is not there. It is the newest then.
    fn step(&mut self, page: u64) {
        let place = match self.places.get(&page) {
            Some(place) => *place,
            None if self.row.len() <= self.room => {
                self.row.push((page, 0, 0));
                self.places.insert(page, self.row.len() - 1);
                self.to_the_front(self.row.len() - 1);
                return;
            }
            None => {
                let oldest = self.row[0].1;
                self.places.remove(&self.row[oldest].0);
                self.row[oldest].0 = page;
                self.places.insert(page, oldest);
                oldest
            }
        };
        let (_, before, after) = self.row[place];
        self.row[before].2 = after;
        self.row[after].1 = before;
        self.to_the_front(place);
    }

    fn to_the_front(&mut self, place: usize) {
        let first = self.row[0].2;
        self.row[place].1 = 0;
        self.row[place].2 = first;
        self.row[first].1 = place;
        self.row[0].2 = place;
    }
}

/// Each page with the time of its last use; the smallest is searched for.
struct Searched {
    room: usize,
    now: u64,
    used: HashMap<u64, u64>,
}

impl Searched {
    fn new(room: usize) -> Self {
        Self {
            room,
            now: 0,
            used: HashMap::new(),
        }
    }

    fn step(&mut self, page: u64) {
        self.now += 1;
        if self.used.len() == self.room && !self.used.contains_key(&page) {
            let oldest = self.used.iter().min_by_key(|(_, time)| **time);
            if let Some(oldest) = oldest.map(|(page, _)| *page) {
                self.used.remove(&oldest);
            }
        }
        self.used.insert(page, black_box(self.now));
    }
}
