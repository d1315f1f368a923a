//! Drives a page table, and counts faults on traces. What is asked for here (the traces, the models) is not counted as
//! the learner's.
//!
//! Usage: `translate`, `script FRAMES STEPS`, `fifo`, `best`, `sparse`, `day [REFERENCES]`, `traces` or `other`.

use std::env;

use submission::{PageTable, best_faults, fifo_faults};

/// The trace with which Belady, Nelson and Shedler showed that more memory can mean more faults.
const ANOMALY: [u64; 12] = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];

/// A trace that is found in many books.
const BOOKS: [u64; 20] = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];

/// A loop over five pages.
const LOOP: [u64; 15] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5];

/// Numbers without any order, the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Addresses that find a free frame.
fn translate() {
    let mut table = PageTable::new(8);
    for address in [
        0x1abc,
        0x1fff,
        0x2000,
        0x1000,
        0x7fff_ffff_f008,
        0x5555_0000_1abc,
        0x1555_0000_1abc,
        0x5555_0000_1000,
        0x7fff_ffff_ffff,
        0,
    ] {
        let physical = table.access(address, false);
        let (frame, offset) = (physical >> 12, physical & 0xfff);
        println!("{address:#x}: frame {frame}, offset {offset:#x}");
    }
    println!("{} faults", table.faults());
}

/// `ra` reads page a, `wa` writes to it. Where nothing is written, nothing is said of what is written back.
fn script(frames: usize, steps: &str) {
    let mut table = PageTable::new(frames);
    let writes = steps.contains('w');
    println!("{frames} frames");
    for step in steps.split_whitespace() {
        let (what, letter) = step.split_at(1);
        let page = u64::from(letter.as_bytes()[0]);
        let before = (table.faults(), table.write_backs());
        let frame = table.access(page << 20, what == "w") >> 12;
        let came = if table.faults() > before.0 {
            ", a fault"
        } else {
            ""
        };
        let went = if writes && table.write_backs() > before.1 {
            ", one written back"
        } else {
            ""
        };
        let what = if what == "w" { "write" } else { "read" };
        println!("{what} {letter}: frame {frame}{came}{went}");
    }
    println!("{} faults", table.faults());
    if writes {
        println!("{} written back", table.write_backs());
    }
}

/// The faults of a rule on the known traces.
fn known(name: &str, faults: fn(&[u64], usize) -> u64) {
    let traces: [(&str, &[u64]); 3] = [("anomaly", &ANOMALY), ("books", &BOOKS), ("loop", &LOOP)];
    for (trace, pages) in traces {
        for frames in 3..=4 {
            let faults = faults(pages, frames);
            println!("{trace}, {frames} frames, {name}: {faults} faults");
        }
    }
}

/// A thousand pages, spread over an address space of 48 bits.
fn sparse() {
    let mut table = PageTable::new(1000);
    let mut dice = Dice(1);
    for _ in 0..1000 {
        let page = dice.below(1 << 18) << 18 | dice.below(1 << 18);
        table.access(page << 12, false);
    }
    println!("1000 pages");
}

/// A program that keeps some pages in use, and goes through its data page by page.
fn day(references: u64) {
    let mut table = PageTable::new(32);
    let mut dice = Dice(2);
    let mut data = 1 << 16;
    for reference in 1..=references {
        let page = if dice.below(4) == 0 {
            data += 1;
            data
        } else {
            dice.below(20)
        };
        table.access(page << 12 | dice.below(4096), dice.below(3) == 0);
        if reference % (references / 10) == 0 {
            println!("{reference} references");
        }
    }
    drop(table);
    println!("dropped");
}

/// Long traces.
fn traces() {
    let mut dice = Dice(3);
    let mut random = |length: usize, pages: u64| -> Vec<u64> {
        let page = |dice: &mut Dice| dice.below(pages).min(dice.below(pages));
        (0..length).map(|_| page(&mut dice)).collect()
    };
    let (long, short) = (random(200_000, 200), random(4000, 60));
    println!("traces of 200000 and 4000 references");
    println!("fifo: {} faults", fifo_faults(&long, 100));
    println!("best: {} faults", best_faults(&short, 20));
}

/// Faults by going through the trace, with the pages that are there in the order in which they would go.
fn model(trace: &[u64], frames: usize, hits_count: bool) -> u64 {
    let mut there: Vec<u64> = Vec::new();
    let mut faults = 0;
    for page in trace {
        match there.iter().position(|known| known == page) {
            Some(place) if hits_count => {
                there.remove(place);
            }
            Some(_) => continue,
            None => {
                faults += 1;
                if there.len() == frames {
                    there.remove(0);
                }
            }
        }
        there.push(*page);
    }
    faults
}

/// The fewest faults that are possible.
fn fewest(trace: &[u64], frames: usize) -> u64 {
    let mut there: Vec<u64> = Vec::new();
    let mut faults = 0;
    for (now, page) in trace.iter().enumerate() {
        if there.contains(page) {
            continue;
        }
        faults += 1;
        if there.len() == frames {
            let next = |page: u64| trace[now..].iter().position(|later| *later == page);
            there.sort_by_key(|page| next(*page).unwrap_or(usize::MAX));
            there.pop();
        }
        there.push(*page);
    }
    faults
}

/// A function's counts on the known traces.
fn on_known_traces(faults: impl Fn(&[u64], usize) -> u64) -> Vec<u64> {
    let traces: [&[u64]; 3] = [&ANOMALY, &BOOKS, &LOOP];
    let cases = traces
        .into_iter()
        .flat_map(|trace| [(trace, 3), (trace, 4)]);
    cases.map(|(trace, frames)| faults(trace, frames)).collect()
}

/// Other traces and tables. Which rule a function follows is judged by the known traces. Here it must follow the same
/// one, and where it is none of the rules, its count must be one that a rule can have at all.
fn other() {
    let mut dice = Dice(4);
    let mut wrong = 0;
    let known = on_known_traces(fifo_faults);
    let is_first_in = known == on_known_traces(|trace, frames| model(trace, frames, false));
    let is_best = on_known_traces(best_faults) == on_known_traces(fewest);
    for _ in 0..40 {
        let (pages, frames) = (3 + dice.below(20), 1 + dice.below(12));
        let trace: Vec<u64> = (0..200)
            .map(|_| u64::MAX - dice.below(pages) * 0x1_0000_0001)
            .collect();
        let frames = usize::try_from(frames).unwrap_or(1);
        let (fifo, lru) = (model(&trace, frames, false), model(&trace, frames, true));
        let counted = fifo_faults(&trace, frames);
        wrong += u32::from(counted != fifo && (is_first_in || counted != lru));
        let counted = best_faults(&trace, frames);
        let (least, worst) = (fewest(&trace, frames), fifo.max(lru) * 3 / 2);
        let most = if is_best { least } else { worst };
        wrong += u32::from(counted < least || counted > most);

        let mut tables = [PageTable::new(frames), PageTable::new(1)];
        for page in &trace {
            let written = tables[0].access((page & 0xffff) << 12, true) >> 12;
            tables[1].access(0x3000, true);
            wrong += u32::from(written >= frames as u64);
        }
        let counted = tables[0].faults();
        wrong += u32::from(counted != fifo && counted != lru);
        let gone = counted.saturating_sub(frames as u64);
        wrong += u32::from(tables[0].write_backs() > gone);
        wrong += u32::from((tables[1].faults(), tables[1].write_backs()) != (1, 0));
    }
    wrong += u32::from(fifo_faults(&[], 3) != 0) + u32::from(best_faults(&[], 3) != 0);
    if wrong == 0 {
        println!("right");
    } else {
        println!("not right: {wrong} of 242 counts");
    }
}

fn main() {
    let argument = |position: usize| env::args().nth(position);
    let number = |position: usize, default: u64| {
        let text = argument(position);
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match argument(1).as_deref() {
        Some("translate") => translate(),
        Some("script") => {
            let frames = usize::try_from(number(2, 3)).unwrap_or(3);
            script(frames, &argument(3).unwrap_or_default());
        }
        Some("fifo") => known("first in, first out", fifo_faults),
        Some("best") => known("best", best_faults),
        Some("sparse") => sparse(),
        Some("day") => day(number(2, 1_000_000)),
        Some("traces") => traces(),
        Some("other") => other(),
        _ => {}
    }
}
