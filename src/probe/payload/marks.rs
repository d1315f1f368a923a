//! Marks: each line that the program prints is a point in time, sampled just before the line is written.
//!
//! At most [`MAX_MARKS`] are kept: when the table is full, every other one is dropped and from then on only every second
//! line is kept, and so on; the first and the last line always. Which ones are kept depends on the line's number alone.

use crate::layout::{
    Counter, Live, MARK_ADDRESSES, MARK_COALESCED, MARK_PAGES, MARK_TEXT, MARKS, MAX_MARKS, MAX_MOMENTS, MAX_STACKS,
    MOMENT_STACKS, MOMENT_STRIDE, MOMENTS, Mark, MarkAddress, Moment, SNAPSHOT,
};
use crate::thread::{self, Lock};
use crate::{count, heap, stacks, start, sys};

/// Lines are put together from several writes; only so much of one is kept.
struct Line {
    text: [u8; MARK_TEXT],
    len: usize,
}

static mut LINE: Line = Line { text: [0; MARK_TEXT], len: 0 };
static mut STATM: i32 = -1;
static mut BEGAN: u64 = 0;
static LOCK: Lock = Lock::new();

pub(crate) fn prepare() {
    // SAFETY: single-threaded here.
    unsafe { BEGAN = sys::wall_ns() };
    // SAFETY: as above.
    unsafe { STATM = sys::open_high(c"/proc/self/statm") };
    start::own_pages(start::at(MARKS), 4096);
}

/// The program is about to write `bytes` to stdout, from the frame at `fp`.
pub(crate) unsafe fn on_write(bytes: &[u8], fp: usize) {
    let local = thread::local();
    // SAFETY: `local` is this thread's; the line and the marks are changed under the lock.
    unsafe {
        if local.is_null() || !(*local).counting {
            return;
        }
        let newlines = bytes.iter().filter(|b| **b == b'\n').count();
        if newlines == 0 {
            let _guard = LOCK.lock();
            return keep(bytes);
        }
        count::report(local);
        let _guard = LOCK.lock();
        let mut sample = sample();
        sample.stack = u64::from(stacks::origin(local, fp).id());
        if newlines > 1 {
            sample.flags |= MARK_COALESCED;
        }
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|b| *b == b'\n') {
            keep(&rest[..end]);
            mark(&mut sample);
            LINE.len = 0;
            rest = &rest[end + 1..];
        }
        keep(rest);
    }
}

/// Appends to the line in progress.
unsafe fn keep(bytes: &[u8]) {
    // SAFETY: under the lock.
    unsafe {
        let line = &mut *(&raw mut LINE);
        let n = bytes.len().min(MARK_TEXT - line.len);
        line.text[line.len..line.len + n].copy_from_slice(&bytes[..n]);
        line.len += n;
    }
}

/// The figures of this moment.
fn sample() -> Mark {
    let header = start::header();
    let (total_blocks, total_bytes, live_blocks, live_bytes) = count::sums();
    // SAFETY: written once at the start.
    let statm = sys::statm(unsafe { STATM });
    let (minor_faults, major_faults) = sys::faults();
    let (virtual_pages, resident_pages) = statm.unwrap_or((0, 0));
    let peak = header.interval_peak.max(live_bytes);
    header.interval_peak = live_bytes;
    Mark {
        number: 0,
        flags: if statm.is_some() { MARK_PAGES } else { 0 },
        text_len: 0,
        stack: 0,
        total_bytes,
        total_blocks,
        live_bytes,
        live_blocks,
        interval_peak: peak,
        resident_pages,
        virtual_pages,
        own_pages: header.own_pages,
        own_virtual: header.own_virtual,
        minor_faults,
        own_faults: header.own_faults,
        major_faults,
        cpu_ns: sys::cpu_ns(),
        // SAFETY: written once at the start.
        wall_ns: sys::wall_ns().wrapping_sub(unsafe { BEGAN }),
        addresses_len: 0,
        addresses: [MarkAddress { address: 0, block: 0, size: 0, on_stack: 0 }; MARK_ADDRESSES],
        text: [0; MARK_TEXT],
    }
}

/// Keeps the line in progress with `sample`.
unsafe fn mark(sample: &mut Mark) {
    let header = start::header();
    header.lines += 1;
    sample.number = header.lines;
    // SAFETY: under the lock; indices are below MAX_MARKS.
    unsafe {
        let line = &*(&raw const LINE);
        sample.text[..line.len].copy_from_slice(&line.text[..line.len]);
        sample.text_len = line.len as u32;
        find_addresses(sample);
        let table = start::at(MARKS).cast::<Mark>();
        if header.has_last == 1 && !kept(header.last_mark.number) {
            // The line before was the last so far and is not one of those kept: its peak belongs to this one.
            sample.interval_peak = sample.interval_peak.max(header.last_mark.interval_peak);
        }
        header.last_mark = *sample;
        header.has_last = 1;
        if !kept(sample.number) {
            return;
        }
        if header.marks as usize == MAX_MARKS {
            for i in 0..MAX_MARKS / 2 {
                let dropped = (*table.add((2 * i).saturating_sub(1))).interval_peak;
                *table.add(i) = *table.add(2 * i);
                (*table.add(i)).interval_peak = (*table.add(i)).interval_peak.max(if i > 0 { dropped } else { 0 });
            }
            header.marks = MAX_MARKS as u32 / 2;
            header.mark_stride *= 2;
            let last = (*table.add(MAX_MARKS - 1)).interval_peak;
            sample.interval_peak = sample.interval_peak.max(last);
            header.last_mark.interval_peak = sample.interval_peak;
            if !kept(sample.number) {
                return;
            }
        }
        let entry = table.add(header.marks as usize);
        // The page in which this mark ends is the payload's own; the one it begins in is already there.
        let end = entry.add(1) as usize - 1;
        // After a thinning the table is filled again, and its pages are known.
        if end & !4095 > entry as usize && header.mark_stride <= 1 {
            start::own_pages((end & !4095) as *mut u8, 1);
        }
        *entry = *sample;
        header.marks += 1;
        if (sample.number - 1).is_multiple_of(header.moment_stride.max(1)) {
            moment(sample);
        }
        if sample.live_bytes >= header.snapshot_bytes {
            snapshot(sample);
        }
    }
}

/// What all threads have counted of stack `id`.
fn counted(id: usize) -> Counter {
    let mut sum = Counter::default();
    for slot in 0..start::header().slots as usize {
        // SAFETY: within the tables.
        let counter = unsafe { start::counters(slot).add(id).read_volatile() };
        sum.blocks = sum.blocks.wrapping_add(counter.blocks);
        sum.bytes = sum.bytes.wrapping_add(counter.bytes);
        sum.freed_blocks = sum.freed_blocks.wrapping_add(counter.freed_blocks);
        sum.freed_bytes = sum.freed_bytes.wrapping_add(counter.freed_bytes);
    }
    sum
}

fn moment_at(index: usize) -> *mut Moment {
    start::at(MOMENTS + index * MOMENT_STRIDE).cast()
}

/// Keeps the figures of every stack at this line, so that it can be told which line grew from one mark to another.
unsafe fn moment(sample: &Mark) {
    let header = start::header();
    // SAFETY: under the lock; indices are below MAX_MOMENTS and MOMENT_STACKS.
    unsafe {
        if header.moments as usize == MAX_MOMENTS {
            for i in 1..MAX_MOMENTS / 2 {
                core::ptr::copy_nonoverlapping(
                    moment_at(2 * i).cast::<u8>(),
                    moment_at(i).cast::<u8>(),
                    size_of::<Moment>() + (*moment_at(2 * i)).stacks as usize * size_of::<Counter>(),
                );
            }
            header.moments = MAX_MOMENTS as u64 / 2;
            header.moment_stride *= 2;
            if !(sample.number - 1).is_multiple_of(header.moment_stride) {
                return;
            }
        }
        let entry = moment_at(header.moments as usize);
        let stacks = (header.stacks as usize).min(MOMENT_STACKS);
        if header.moment_stride == 1 {
            start::own_pages(entry.cast(), size_of::<Moment>() + stacks * size_of::<Counter>());
        }
        *entry = Moment { number: sample.number, stacks: stacks as u64 };
        let counters = entry.add(1).cast::<Counter>();
        for id in 0..stacks {
            *counters.add(id) = counted(id);
        }
    }
    header.moments += 1;
}

/// Notes what is alive of each stack at this line.
unsafe fn snapshot(sample: &Mark) {
    let header = start::header();
    let stacks = (header.stacks as usize).min(MAX_STACKS);
    let table = start::at(SNAPSHOT).cast::<Live>();
    header.snapshot_open = 1;
    for id in 0..stacks {
        let counter = counted(id);
        let live = Live {
            blocks: counter.blocks.wrapping_sub(counter.freed_blocks),
            bytes: counter.bytes.wrapping_sub(counter.freed_bytes),
        };
        // SAFETY: within the table. Its pages were taken when the stack was entered.
        unsafe { *table.add(id) = live };
    }
    header.snapshot_line = sample.number;
    header.snapshot_bytes = sample.live_bytes;
    header.snapshot_open = 0;
}

fn kept(number: u64) -> bool {
    (number - 1) % start::header().mark_stride.max(1) == 0
}

/// Finds addresses such as `0x7ffd1234` in the line, and the live blocks that they lie in at this moment.
fn find_addresses(mark: &mut Mark) {
    let text = mark.text;
    let line = &text[..mark.text_len as usize];
    let mut i = 0;
    let mut found = 0;
    while i + 2 < line.len() && found < MARK_ADDRESSES {
        if line[i] == b'0' && line[i + 1] == b'x' && (i == 0 || !line[i - 1].is_ascii_alphanumeric()) {
            let mut address = 0usize;
            let mut digits = 0;
            i += 2;
            while let Some(digit) = line.get(i).and_then(|b| (*b as char).to_digit(16)) {
                address = address << 4 | digit as usize;
                digits += 1;
                i += 1;
            }
            if digits > 0 && digits <= 16 {
                let (block, size) = heap::block_at(address).unwrap_or((0, 0));
                let on_stack = u64::from(thread::on_stack(address));
                mark.addresses[found] =
                    MarkAddress { address: address as u64, block: block as u64, size: size as u64, on_stack };
                found += 1;
            }
        } else {
            i += 1;
        }
    }
    mark.addresses_len = found as u64;
}
