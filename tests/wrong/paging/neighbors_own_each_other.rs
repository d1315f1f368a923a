//@ about: Links the pages in the order of use, and lets both neighbors own each other. What is in the list at the end stays for good.
//@ finding: leak/cycle in day/nothing is left
//@ output: right

//! A page table that is as small as its frames, and two rules for which page goes.

use std::cell::RefCell;
use std::rc::Rc;

/// Bytes of a page, and of a frame.
const PAGE: u64 = 4096;

/// A link to another frame.
type Link = Option<Rc<Frame>>;

/// A frame, the page that is in it, and its neighbors in the order of use.
struct Frame {
    number: u64,
    page: u64,
    dirty: RefCell<bool>,
    newer: RefCell<Link>,
    older: RefCell<Link>,
}

/// Translates addresses to frames. If there is no free frame, the page goes that was not used for the longest time.
pub struct PageTable {
    number_of_frames: u64,
    in_use: u64,
    newest: Link,
    oldest: Link,
    faults: u64,
    write_backs: u64,
}

impl PageTable {
    /// A table for so many frames, all of them free. There is one at least.
    pub fn new(frames: usize) -> Self {
        Self {
            number_of_frames: frames as u64,
            in_use: 0,
            newest: None,
            oldest: None,
            faults: 0,
            write_backs: 0,
        }
    }

    /// The physical address of a virtual one, which is read or written.
    pub fn access(&mut self, address: u64, write: bool) -> u64 {
        let (page, offset) = (address / PAGE, address % PAGE);
        let mut next = self.newest.clone();
        while let Some(frame) = next.take_if(|frame| frame.page != page) {
            next = frame.older.borrow().clone();
        }
        let frame = match next {
            Some(frame) => {
                self.unlink(&frame);
                frame
            }
            None => self.load(page),
        };
        self.link(&frame);
        *frame.dirty.borrow_mut() |= write;
        frame.number * PAGE + offset
    }

    /// Brings a page in.
    fn load(&mut self, page: u64) -> Rc<Frame> {
        self.faults += 1;
        let mut number = self.in_use;
        if self.in_use < self.number_of_frames {
            self.in_use += 1;
        } else if let Some(gone) = self.oldest.clone() {
            self.unlink(&gone);
            self.write_backs += u64::from(*gone.dirty.borrow());
            number = gone.number;
        }
        let loaded = Frame {
            number,
            page,
            dirty: RefCell::new(false),
            newer: RefCell::new(None),
            older: RefCell::new(None),
        };
        Rc::new(loaded) //~ leak/cycle
    }

    /// Makes a frame the newest.
    fn link(&mut self, frame: &Rc<Frame>) {
        let second = self.newest.replace(Rc::clone(frame));
        match &second {
            Some(second) => *second.newer.borrow_mut() = Some(Rc::clone(frame)),
            None => self.oldest = Some(Rc::clone(frame)),
        }
        *frame.older.borrow_mut() = second;
    }

    /// Takes a frame out of the order of use.
    fn unlink(&mut self, frame: &Rc<Frame>) {
        let (newer, older) = (frame.newer.take(), frame.older.take());
        match &newer {
            Some(newer) => newer.older.borrow_mut().clone_from(&older),
            None => self.newest.clone_from(&older),
        }
        match &older {
            Some(older) => *older.newer.borrow_mut() = newer,
            None => self.oldest = newer,
        }
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
