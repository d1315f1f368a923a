//! Reading a recording. What the payload wrote is untrusted: the program could have scribbled over it, so every count is
//! bounded and what does not add up is reported by [`Recording::contradictions`].

use std::fs::File;
use std::io;
use std::mem::offset_of;

use super::layout::{
    CLASS_PANIC, COUNTERS, COUNTERS_STRIDE, Counter, FRAMES, Header, Live, MAGIC, MARKS,
    MAX_FRAMES, MAX_MARKS, MAX_MOMENTS, MAX_POINTS, MAX_SPANS, MAX_STACKS, MAX_THREAD_STACKS,
    MAX_WRONG, MOMENT_STACKS, MOMENT_STRIDE, MOMENTS, Mark, Moment, POINTS, Point, SLOT_TABLE,
    SLOTS, SNAPSHOT, SPANS, STACK_DEPTH, STACKS, Slot, Span, Stack, THREAD_STACKS, ThreadStack,
    WRONGS, Wrong,
};
use super::positioned::read_exact_at;
use crate::observe::Amount;

mod marks;

use marks::read_mark;
pub use marks::{AddressRecord, MarkRecord};

/// A finished recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recording {
    /// Load address of the executable.
    pub exe_base: u64,
    /// Where main's stack begins.
    pub stack_end: u64,
    /// Ever allocated, all threads.
    pub total: Amount,
    /// Ever freed, all threads.
    pub freed: Amount,
    /// Alive at the moment of most live bytes.
    pub peak: Amount,
    /// Most threads at once.
    pub most_threads: u32,
    /// Stacks by id; id 0 stands for requests without one.
    pub stacks: Vec<StackRecord>,
    /// Marks, in order, the last line included.
    pub marks: Vec<MarkRecord>,
    /// Points of the curve between marks, in order.
    pub points: Vec<PointRecord>,
    /// Number of the line that `StackRecord::at_highest_mark` belongs to.
    pub highest_line: Option<u64>,
    /// The last request that was refused.
    pub refused: Option<Refused>,
    /// Stack that called abort.
    pub abort_stack: Option<u32>,
    /// The program called exit itself, rather than returning from main.
    pub exit_called: bool,
    /// Panics raised, and the stack of the last one.
    pub panics: u64,
    /// Stack of the last panic.
    pub panic_stack: u32,
    /// Whether no request of the learner's came after the last panic.
    pub panicked_last: bool,
    /// Frees of something that is not a live block.
    pub bad_frees: u64,
    /// Stack of the last of them.
    pub bad_free_stack: u32,
    /// Of a checked run: what was seen, in order.
    pub wrong: Vec<WrongRecord>,
    /// Of a checked run: the table of its blocks (address and count) in the program's memory.
    pub checked_table: (u64, u64),
    /// Of a checked run: where its blocks lie, first address and bytes.
    pub arena: (u64, u64),
    /// Of a checked run: blocks that were not checked, for want of room.
    pub unchecked: u64,
    /// Spans of small blocks.
    pub spans: Vec<SpanRecord>,
    /// Stacks of spawned threads, of those that are gone too.
    pub thread_stacks: Vec<ThreadStackRecord>,
    /// Deepest stack of the threads that have ended, bytes; 0 if none has.
    pub deepest_ended: u64,
    /// The payload's own mappings: first address, and the one after the last.
    pub own_maps: Vec<(u64, u64)>,
    /// Address of the first large block's node.
    pub large_head: u64,
    /// Payload's own address space, pages and faults at the end.
    pub own_virtual: u64,
    /// Pages of the payload's own.
    pub own_pages: u64,
    /// Minor faults of the payload's own.
    pub own_faults: u64,
    /// Some table was full: sites or marks are incomplete.
    pub overflowed: bool,
}

/// A stack and what was allocated from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StackRecord {
    /// Return addresses, absolute, innermost first.
    pub frames: Vec<u64>,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it leads through the panic machinery.
    pub panics: bool,
    /// Ever allocated.
    pub total: Amount,
    /// Ever freed of it.
    pub freed: Amount,
    /// Alive at the mark with the most live bytes.
    pub at_highest_mark: Option<Amount>,
    /// At a few marks: the line's number, ever allocated until then, alive then.
    pub moments: Vec<(u64, Amount, Amount)>,
}

/// A request that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Bytes asked for.
    pub bytes: u64,
    /// By the heap limit rather than by the system.
    pub by_limit: bool,
    /// Its stack.
    pub stack: u32,
    /// How many requests were refused in all.
    pub times: u64,
    /// Whether no request succeeded after it: the program gave up.
    pub last: bool,
}

/// A point of the curve between marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointRecord {
    /// Lines printed before it.
    pub lines: u64,
    /// Ever allocated.
    pub total: Amount,
    /// Alive.
    pub live: Amount,
}

/// A span of small blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanRecord {
    /// First byte.
    pub base: u64,
    /// Bytes.
    pub len: u32,
    /// Bytes from one cell to the next.
    pub cell: u32,
}

/// The stack of a spawned thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadStackRecord {
    /// First address, above the guard.
    pub low: u64,
    /// Address after the last.
    pub high: u64,
    /// The frame that the thread's own code began with; above it are libc's own data of the thread.
    pub top: u64,
}

/// A wrong use of memory that the payload saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongRecord {
    /// One of the `WRONG_` constants.
    pub kind: u32,
    /// Stack at which it was seen.
    pub stack: u32,
    /// The address concerned.
    pub address: u64,
    /// Index of the block concerned.
    pub block: Option<u64>,
    /// Size and alignment that the program gave with it.
    pub given: Option<(u64, u64)>,
}

/// A record's bytes.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn u64(self, offset: usize) -> u64 {
        let bytes = self
            .0
            .get(offset..offset + 8)
            .and_then(|b| b.try_into().ok());
        u64::from_ne_bytes(bytes.unwrap_or_default())
    }

    fn u32(self, offset: usize) -> u32 {
        let bytes = self
            .0
            .get(offset..offset + 4)
            .and_then(|b| b.try_into().ok());
        u32::from_ne_bytes(bytes.unwrap_or_default())
    }

    fn amount(self, bytes: usize, blocks: usize) -> Amount {
        Amount {
            bytes: self.u64(bytes),
            blocks: self.u64(blocks),
        }
    }
}

fn table(file: &File, offset: usize, count: usize, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count * size];
    read_exact_at(file, &mut bytes, offset as u64)?;
    Ok(bytes)
}

impl Recording {
    /// Reads a recording; `None` if the payload never started.
    pub fn read(file: &File) -> io::Result<Option<Self>> {
        let bytes = table(file, 0, 1, size_of::<Header>())?;
        let header = Bytes(&bytes);
        if header.u64(offset_of!(Header, magic)) != MAGIC
            || header.u32(offset_of!(Header, started)) != 1
        {
            return Ok(None);
        }
        let slots = (header.u32(offset_of!(Header, slots)) as usize).min(SLOTS);
        let mut recording = Self {
            exe_base: header.u64(offset_of!(Header, exe_base)),
            stack_end: header.u64(offset_of!(Header, stack_end)),
            peak: header.amount(
                offset_of!(Header, peak_bytes),
                offset_of!(Header, peak_blocks),
            ),
            most_threads: header.u32(offset_of!(Header, most_threads)),
            abort_stack: u32::try_from(header.u64(offset_of!(Header, abort_stack)) ^ (1 << 32))
                .ok(),
            exit_called: header.u64(offset_of!(Header, exit_called)) != 0,
            panics: header.u64(offset_of!(Header, panics)),
            panic_stack: header.u32(offset_of!(Header, panic_stack)),
            bad_frees: header.u64(offset_of!(Header, bad_frees)),
            bad_free_stack: header.u32(offset_of!(Header, bad_free_stack)),
            checked_table: (
                header.u64(offset_of!(Header, checked_table)),
                header.u64(offset_of!(Header, checked_blocks)),
            ),
            arena: (
                header.u64(offset_of!(Header, arena)),
                header.u64(offset_of!(Header, arena_len)),
            ),
            unchecked: header.u64(offset_of!(Header, unchecked)),
            large_head: header.u64(offset_of!(Header, large_head)),
            own_virtual: header.u64(offset_of!(Header, own_virtual)),
            own_pages: header.u64(offset_of!(Header, own_pages)),
            own_faults: header.u64(offset_of!(Header, own_faults)),
            overflowed: header.u32(offset_of!(Header, overflowed)) != 0,
            ..Self::default()
        };
        let times = header.u64(offset_of!(Header, refused));
        recording.refused = (times > 0).then(|| Refused {
            bytes: header.u64(offset_of!(Header, refused_bytes)),
            by_limit: header.u32(offset_of!(Header, refused_by_limit)) != 0,
            stack: header.u32(offset_of!(Header, refused_stack)),
            times,
            last: false,
        });
        recording.read_slots(file, slots)?;
        if let Some(refused) = &mut recording.refused {
            refused.last = header.u64(offset_of!(Header, refused_at)) == recording.total.blocks;
        }
        recording.panicked_last = recording.panics > 0
            && header.u64(offset_of!(Header, panic_at)) == recording.total.blocks;
        recording.read_stacks(file, header, slots)?;
        recording.read_marks(file, header)?;
        recording.read_points(file, header)?;
        recording.read_spans(file, header)?;
        recording.read_wrong(file, header)?;
        recording.read_thread_stacks(file, header)?;
        Ok(Some(recording))
    }

    fn read_slots(&mut self, file: &File, slots: usize) -> io::Result<()> {
        for slot in table(file, SLOT_TABLE, slots, size_of::<Slot>())?
            .chunks_exact(size_of::<Slot>())
            .map(Bytes)
        {
            add(
                &mut self.total,
                slot.amount(offset_of!(Slot, bytes), offset_of!(Slot, blocks)),
            );
            self.deepest_ended = self.deepest_ended.max(slot.u64(offset_of!(Slot, deepest)));
            add(
                &mut self.freed,
                slot.amount(
                    offset_of!(Slot, freed_bytes),
                    offset_of!(Slot, freed_blocks),
                ),
            );
        }
        Ok(())
    }

    fn read_stacks(&mut self, file: &File, header: Bytes<'_>, slots: usize) -> io::Result<()> {
        let count = (header.u32(offset_of!(Header, stacks)) as usize).min(MAX_STACKS);
        let frames_len = usize::try_from(header.u64(offset_of!(Header, frames)))
            .unwrap_or(0)
            .min(MAX_FRAMES);
        let frames = table(file, FRAMES, frames_len, 8)?;
        for stack in
            table(file, STACKS, count, size_of::<Stack>())?.chunks_exact(size_of::<Stack>())
        {
            let first = Bytes(stack).u32(offset_of!(Stack, frames)) as usize;
            let depth = usize::from(u16::from_ne_bytes([
                stack[offset_of!(Stack, depth)],
                stack[offset_of!(Stack, depth) + 1],
            ]));
            let end = first.saturating_add(depth.min(STACK_DEPTH)).min(frames_len);
            self.stacks.push(StackRecord {
                frames: (first.min(end)..end)
                    .map(|i| Bytes(&frames).u64(i * 8))
                    .collect(),
                counts: stack[offset_of!(Stack, counts)] != 0,
                panics: u32::from(stack[offset_of!(Stack, class)]) == CLASS_PANIC,
                ..StackRecord::default()
            });
        }
        for slot in 0..slots {
            let bytes = table(
                file,
                COUNTERS + slot * COUNTERS_STRIDE,
                count,
                size_of::<Counter>(),
            )?;
            for (stack, counter) in self
                .stacks
                .iter_mut()
                .zip(bytes.chunks_exact(size_of::<Counter>()).map(Bytes))
            {
                add(
                    &mut stack.total,
                    counter.amount(offset_of!(Counter, bytes), offset_of!(Counter, blocks)),
                );
                let freed = counter.amount(
                    offset_of!(Counter, freed_bytes),
                    offset_of!(Counter, freed_blocks),
                );
                add(&mut stack.freed, freed);
            }
        }
        let line = header.u64(offset_of!(Header, snapshot_line));
        if line > 0 && header.u32(offset_of!(Header, snapshot_open)) == 0 {
            self.highest_line = Some(line);
            let bytes = table(file, SNAPSHOT, count, size_of::<Live>())?;
            for (stack, live) in self
                .stacks
                .iter_mut()
                .zip(bytes.chunks_exact(size_of::<Live>()).map(Bytes))
            {
                stack.at_highest_mark =
                    Some(live.amount(offset_of!(Live, bytes), offset_of!(Live, blocks)));
            }
        }
        self.read_moments(file, header)
    }

    fn read_moments(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = usize::try_from(header.u64(offset_of!(Header, moments)))
            .unwrap_or(0)
            .min(MAX_MOMENTS);
        for index in 0..count {
            let at = MOMENTS + index * MOMENT_STRIDE;
            let head = table(file, at, 1, size_of::<Moment>())?;
            let number = Bytes(&head).u64(offset_of!(Moment, number));
            let stacks = usize::try_from(Bytes(&head).u64(offset_of!(Moment, stacks)))
                .unwrap_or(0)
                .min(MOMENT_STACKS);
            let counters = table(file, at + size_of::<Moment>(), stacks, size_of::<Counter>())?;
            for (stack, counter) in self
                .stacks
                .iter_mut()
                .zip(counters.chunks_exact(size_of::<Counter>()).map(Bytes))
            {
                let total = counter.amount(offset_of!(Counter, bytes), offset_of!(Counter, blocks));
                let freed = counter.amount(
                    offset_of!(Counter, freed_bytes),
                    offset_of!(Counter, freed_blocks),
                );
                stack.moments.push((number, total, less(total, freed)));
            }
        }
        Ok(())
    }

    fn read_marks(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = (header.u32(offset_of!(Header, marks)) as usize).min(MAX_MARKS);
        let bytes = table(file, MARKS, count, size_of::<Mark>())?;
        self.marks = bytes
            .chunks_exact(size_of::<Mark>())
            .map(|mark| read_mark(Bytes(mark)))
            .collect();
        if header.u32(offset_of!(Header, has_last)) == 1 {
            let last = offset_of!(Header, last_mark);
            let last = read_mark(Bytes(
                header
                    .0
                    .get(last..last + size_of::<Mark>())
                    .unwrap_or_default(),
            ));
            if self
                .marks
                .last()
                .is_none_or(|mark| mark.number < last.number)
            {
                self.marks.push(last);
            }
        }
        Ok(())
    }

    fn read_points(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = usize::try_from(header.u64(offset_of!(Header, points)))
            .unwrap_or(0)
            .min(MAX_POINTS);
        let bytes = table(file, POINTS, count, size_of::<Point>())?;
        let points = bytes.chunks_exact(size_of::<Point>()).map(Bytes);
        self.points = points
            .map(|point| PointRecord {
                lines: point.u64(offset_of!(Point, lines)),
                total: point.amount(
                    offset_of!(Point, total_bytes),
                    offset_of!(Point, total_blocks),
                ),
                live: point.amount(
                    offset_of!(Point, live_bytes),
                    offset_of!(Point, live_blocks),
                ),
            })
            .collect();
        Ok(())
    }

    fn read_spans(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = usize::try_from(header.u64(offset_of!(Header, spans)))
            .unwrap_or(0)
            .min(MAX_SPANS);
        let bytes = table(file, SPANS, count, size_of::<Span>())?;
        let spans = bytes.chunks_exact(size_of::<Span>()).map(Bytes);
        self.spans = spans
            .map(|span| SpanRecord {
                base: span.u64(offset_of!(Span, base)),
                len: span.u32(offset_of!(Span, len)),
                cell: span.u32(offset_of!(Span, block)),
            })
            .filter(|span| span.cell >= 32)
            .collect();
        Ok(())
    }

    fn read_thread_stacks(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = (header.u32(offset_of!(Header, thread_stacks)) as usize).min(MAX_THREAD_STACKS);
        let bytes = table(file, THREAD_STACKS, count, size_of::<ThreadStack>())?;
        let own_maps = offset_of!(Header, own_maps);
        self.own_maps = [own_maps, own_maps + 16]
            .map(|at| {
                let start = header.u64(at);
                (start, start.saturating_add(header.u64(at + 8)))
            })
            .into();
        let stacks = bytes.chunks_exact(size_of::<ThreadStack>()).map(Bytes);
        self.thread_stacks = stacks
            .map(|stack| ThreadStackRecord {
                low: stack.u64(offset_of!(ThreadStack, low)),
                high: stack.u64(offset_of!(ThreadStack, high)),
                top: stack.u64(offset_of!(ThreadStack, top)),
            })
            .filter(|stack| stack.low < stack.top && stack.top < stack.high)
            .collect();
        Ok(())
    }

    fn read_wrong(&mut self, file: &File, header: Bytes<'_>) -> io::Result<()> {
        let count = usize::try_from(header.u64(offset_of!(Header, wrong)))
            .unwrap_or(0)
            .min(MAX_WRONG);
        let bytes = table(file, WRONGS, count, size_of::<Wrong>())?;
        let records = bytes.chunks_exact(size_of::<Wrong>()).map(Bytes);
        self.wrong = records
            .map(|wrong| {
                let align = wrong.u64(offset_of!(Wrong, align));
                WrongRecord {
                    kind: wrong.u32(offset_of!(Wrong, kind)),
                    stack: wrong.u32(offset_of!(Wrong, stack)),
                    address: wrong.u64(offset_of!(Wrong, address)),
                    block: wrong.u64(offset_of!(Wrong, block)).checked_sub(1),
                    given: (align > 0).then(|| (wrong.u64(offset_of!(Wrong, size)), align)),
                }
            })
            .collect();
        Ok(())
    }

    /// What is alive at the end.
    pub fn at_exit(&self) -> Amount {
        less(self.total, self.freed)
    }

    /// What does not add up: a recording that was scribbled over. Empty for an honest one.
    pub fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.freed.bytes > self.total.bytes || self.freed.blocks > self.total.blocks {
            found.push("more was freed than allocated".to_owned());
        }
        let by_stack = self
            .stacks
            .iter()
            .fold(Amount::default(), |mut sum, stack| {
                add(&mut sum, stack.total);
                sum
            });
        if by_stack != self.total {
            found.push("the sums by thread and by stack differ".to_owned());
        }
        if self.most_threads <= 1 && self.peak.bytes < self.at_exit().bytes {
            found.push("more is alive at the end than at the peak".to_owned());
        }
        if self
            .marks
            .windows(2)
            .any(|w| w[0].number >= w[1].number || w[0].total.bytes > w[1].total.bytes)
        {
            found.push("marks are out of order".to_owned());
        }
        found
    }
}

/// Adds, without overflow on forged figures.
fn add(sum: &mut Amount, more: Amount) {
    sum.bytes = sum.bytes.saturating_add(more.bytes);
    sum.blocks = sum.blocks.saturating_add(more.blocks);
}

/// `a - b`, never below zero.
pub(crate) fn less(a: Amount, b: Amount) -> Amount {
    Amount {
        bytes: a.bytes.saturating_sub(b.bytes),
        blocks: a.blocks.saturating_sub(b.blocks),
    }
}
