//@ about: Keeps the entry of a page that has gone, to know it again. Each page that ever was there has one.
//@ finding: curve/grows in day/holds steady
//@ output: right

//! A page table that is as small as its frames, and two rules for which page goes.

use std::collections::BTreeMap;

/// Bytes of a page, and of a frame.
const PAGE: u64 = 4096;

/// A frame, and the page that is in it.
struct Frame {
    page: u64,
    last_use: u64,
    dirty: bool,
}

/// Translates addresses to frames. If there is no free frame, the page goes that was not used for the longest time.
///
/// There is one entry for each frame that is in use, and one for each page on the disk.
pub struct PageTable {
    number_of_frames: usize,
    frames: Vec<Frame>,
    on_disk: BTreeMap<u64, bool>,
    now: u64,
    faults: u64,
    write_backs: u64,
}

impl PageTable {
    /// A table for so many frames, all of them free. There is one at least.
    pub fn new(frames: usize) -> Self {
        Self {
            number_of_frames: frames,
            frames: Vec::new(),
            on_disk: BTreeMap::new(),
            now: 0,
            faults: 0,
            write_backs: 0,
        }
    }

    /// The physical address of a virtual one, which is read or written.
    pub fn access(&mut self, address: u64, write: bool) -> u64 {
        let (page, offset) = (address / PAGE, address % PAGE);
        self.now += 1;
        let there = self.frames.iter().position(|frame| frame.page == page);
        let number = match there {
            Some(number) => number,
            None => self.load(page),
        };
        let frame = &mut self.frames[number];
        frame.last_use = self.now;
        frame.dirty |= write;
        number as u64 * PAGE + offset
    }

    /// Brings a page in, and says into which frame.
    fn load(&mut self, page: u64) -> usize {
        self.faults += 1;
        let loaded = Frame {
            page,
            last_use: self.now,
            dirty: false,
        };
        if self.frames.len() < self.number_of_frames {
            self.frames.push(loaded);
            return self.frames.len() - 1;
        }
        let oldest = (0..self.frames.len()).min_by_key(|number| self.frames[*number].last_use);
        let number = oldest.unwrap_or(0);
        let gone = &self.frames[number];
        if gone.dirty {
            self.write_backs += 1;
        }
        self.on_disk.insert(gone.page, gone.dirty); //~ curve/grows
        self.frames[number] = loaded;
        number
    }

    /// How often a page had to be brought in.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// How often a page had to be written back before its frame could be used for another one.
    pub fn write_backs(&self) -> u64 {
        self.write_backs
    }
}

/// The faults of a trace of pages, if the page goes that came in first.
pub fn fifo_faults(trace: &[u64], frames: usize) -> u64 {
    let mut there: Vec<u64> = Vec::with_capacity(frames);
    let (mut first, mut faults) = (0, 0);
    for page in trace {
        if there.contains(page) {
            continue;
        }
        faults += 1;
        if there.len() < frames {
            there.push(*page);
        } else {
            // The frames are filled in turns, so the one after the last that was filled holds the oldest page.
            there[first] = *page;
            first = (first + 1) % frames;
        }
    }
    faults
}

/// The faults of a trace of pages, if the page goes that is not needed for the longest time: nobody can have fewer.
pub fn best_faults(trace: &[u64], frames: usize) -> u64 {
    let mut there: Vec<u64> = Vec::with_capacity(frames);
    let mut faults = 0;
    let mut rest = trace;
    while let Some((page, ahead)) = rest.split_first() {
        rest = ahead;
        if there.contains(page) {
            continue;
        }
        faults += 1;
        if there.len() < frames {
            there.push(*page);
            continue;
        }
        let next_use = |page: &u64| ahead.iter().position(|later| later == page);
        let last_needed = there
            .iter_mut()
            .max_by_key(|page| next_use(page).unwrap_or(usize::MAX));
        if let Some(place) = last_needed {
            *place = *page;
        }
    }
    faults
}
