//! The recording: the shared memory that the payload writes and memgrade reads.
//!
//! This file is compiled twice: into memgrade, and into the payload that is loaded into the learner's program. It
//! therefore uses `core` only. The recording is a sparse file of fixed size: a header and one dense region per kind of
//! record. The program can scribble over it, so the reader bounds and cross-checks everything.

/// `memgrade`, little-endian.
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"memgrade");
/// Version of this layout; the payload and memgrade come from one build, so any difference is a bug.
pub(crate) const VERSION: u32 = 3;

/// Most code ranges that memgrade can describe to the payload.
pub(crate) const MAX_RANGES: usize = 1 << 16;
/// Most distinct allocation stacks.
pub(crate) const MAX_STACKS: usize = STACK_ID as usize + 1;
/// Most return addresses of all the stacks together.
pub(crate) const MAX_FRAMES: usize = 1 << 20;
/// Most frames kept of one stack, innermost first.
pub(crate) const STACK_DEPTH: usize = 64;
/// Threads with counters of their own; further ones share the last.
pub(crate) const SLOTS: usize = 64;
/// Marks kept; when they are full, every other one is dropped.
pub(crate) const MAX_MARKS: usize = 4096;
/// Curve points kept between marks; when they are full, every other one is dropped.
pub(crate) const MAX_POINTS: usize = 1024;
/// Most spans of small blocks.
pub(crate) const MAX_SPANS: usize = 1 << 18;
/// Marks at which the figures of every stack are kept; when they are full, every other one is dropped.
pub(crate) const MAX_MOMENTS: usize = 32;
/// Stacks whose figures are kept at such marks: the first ones.
pub(crate) const MOMENT_STACKS: usize = 1024;
/// Bytes kept of a mark's line.
pub(crate) const MARK_TEXT: usize = 200;
/// Addresses kept of a mark's line.
pub(crate) const MARK_ADDRESSES: usize = 4;

/// Stacks of spawned threads that are kept, of threads that are gone too.
pub(crate) const MAX_THREAD_STACKS: usize = 1024;
/// Wrong uses of memory kept.
pub(crate) const MAX_WRONG: usize = 64;
/// Blocks that a checked run can follow, alive or freed.
pub(crate) const MAX_CHECKED: usize = 1 << 20;
/// Blocks that a checked run keeps on pages of their own at once: each takes two of the 65530 mappings that Linux allows.
pub(crate) const MAX_CHECKED_LIVE: usize = 24_000;
/// Address space for the blocks of a checked run.
pub(crate) const ARENA: usize = 40 << 30;
/// Bytes after each checked block that may not be touched.
pub(crate) const GUARD: usize = 16 << 10;
/// What the bytes around a checked block, up to its pages' ends, are filled with.
pub(crate) const CANARY: u8 = 0xc5;

/// `Header::checked`: every block ends where a guard begins.
pub(crate) const CHECKED_END: u32 = 1;
/// `Header::checked`: every block begins where a guard ends.
pub(crate) const CHECKED_START: u32 = 2;

/// State of a checked block: alive.
pub(crate) const BLOCK_LIVE: u32 = 1;
/// State of a checked block: freed.
pub(crate) const BLOCK_FREED: u32 = 2;
/// State of a checked block: freed because it got another size, and with it another place.
pub(crate) const BLOCK_MOVED: u32 = 3;

/// Kind of a wrong use: a block that was freed already is freed or resized.
pub(crate) const WRONG_DOUBLE_FREE: u32 = 1;
/// Kind of a wrong use: something that is no block is freed or resized.
pub(crate) const WRONG_FREE: u32 = 2;
/// Kind of a wrong use: a block is freed or resized with another layout than it was made with.
pub(crate) const WRONG_LAYOUT: u32 = 3;
/// Kind of a wrong use: bytes after a block's end were changed.
pub(crate) const WRONG_AFTER: u32 = 4;
/// Kind of a wrong use: bytes before a block's start were changed.
pub(crate) const WRONG_BEFORE: u32 = 5;
/// Kind of a wrong use: memory of no bytes is asked for.
pub(crate) const WRONG_ZERO: u32 = 6;

/// Code of the learner's own crate.
pub(crate) const CLASS_LEARNER: u32 = 1;
/// Code of std that allocates once for itself.
pub(crate) const CLASS_RUNTIME: u32 = 2;
/// Code of std that raises a panic.
pub(crate) const CLASS_PANIC: u32 = 3;
/// The learner's own global allocator: who called it decides, and not what it calls.
pub(crate) const CLASS_ALLOCATOR: u32 = 4;

/// Bit of a block's `site` that says that it counts.
pub(crate) const COUNTED: u32 = 1 << 31;
/// Bit of a block's `site` that says that it has a mapping of its own.
pub(crate) const MAPPED: u32 = 1 << 30;
/// The bits of a block's `site` that are the stack's id.
pub(crate) const STACK_ID: u32 = (1 << 15) - 1;
/// Bytes of a block's own header, just before the block.
pub(crate) const BLOCK_HEADER: usize = 16;
/// Flag in `size_flags`: the block is alive.
pub(crate) const LIVE: u64 = 1;
/// Flag in `size_flags`: this is only the cell's header; the block and its header are `offset` bytes further on.
pub(crate) const SHIFTED: u64 = 2;
/// Bytes before the block header of a large block: [`Large`].
pub(crate) const LARGE_PREFIX: usize = 32;

/// Flag of a mark: it shares its figures with other lines of the same write.
pub(crate) const MARK_COALESCED: u32 = 1;
/// Flag of a mark: `resident`, `virtual_pages` were read.
pub(crate) const MARK_PAGES: u32 = 2;

/// A range of code, relative to the executable's load address.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Range {
    /// First byte.
    pub(crate) start: u64,
    /// Byte after the last.
    pub(crate) end: u32,
    /// One of the `CLASS_` constants. (`end` is an offset from `start`.)
    pub(crate) class: u32,
}

/// The first page.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Header {
    /// [`MAGIC`], by memgrade.
    pub(crate) magic: u64,
    /// [`VERSION`], by memgrade.
    pub(crate) version: u32,
    /// Ranges given, by memgrade. Sorted, not overlapping.
    pub(crate) ranges: u32,
    /// Most counted bytes alive at once, by memgrade; 0 is no limit.
    pub(crate) heap_limit: u64,
    /// First address of the executable's code (relative), by memgrade.
    pub(crate) text_start: u64,
    /// Address after its code (relative), by memgrade.
    pub(crate) text_end: u64,
    /// 1 if learner ranges are known; otherwise everything counts that no other range excludes.
    pub(crate) learner_known: u32,
    /// 1 once the payload has begun to record.
    pub(crate) started: u32,
    /// Load address of the executable.
    pub(crate) exe_base: u64,
    /// `__libc_stack_end`: where main's stack begins.
    pub(crate) stack_end: u64,
    /// Stacks used, from id 1 on.
    pub(crate) stacks: u32,
    /// Slots used.
    pub(crate) slots: u32,
    /// Frames used.
    pub(crate) frames: u64,
    /// Spans used.
    pub(crate) spans: u64,
    /// Marks kept.
    pub(crate) marks: u32,
    /// 1 if `last_mark` holds a mark.
    pub(crate) has_last: u32,
    /// Lines seen on stdout.
    pub(crate) lines: u64,
    /// Every how many lines a mark is kept.
    pub(crate) mark_stride: u64,
    /// Points kept.
    pub(crate) points: u64,
    /// Every how many allocations of the main thread a point is kept.
    pub(crate) point_stride: u64,
    /// Counted bytes alive, as far as threads have reported.
    pub(crate) live_bytes: u64,
    /// Largest `live_bytes`.
    pub(crate) peak_bytes: u64,
    /// Largest `live_bytes` since the last mark.
    pub(crate) interval_peak: u64,
    // Not beside `live_bytes`: one instruction would read both after two wrote them, and wait until both are in the cache.
    /// Counted blocks alive, as far as threads have reported.
    pub(crate) live_blocks: u64,
    /// `live_blocks` when `peak_bytes` was reached.
    pub(crate) peak_blocks: u64,
    /// Requests that were refused.
    pub(crate) refused: u64,
    /// Size of the last one refused.
    pub(crate) refused_bytes: u64,
    /// 1 if the last one was refused by the heap limit rather than by the system.
    pub(crate) refused_by_limit: u32,
    /// Stack of the last one refused.
    pub(crate) refused_stack: u32,
    /// Blocks ever allocated when the last one was refused.
    pub(crate) refused_at: u64,
    /// Blocks ever allocated when the last panic was raised.
    pub(crate) panic_at: u64,
    /// Stack that called abort, and 1 in the upper half if one did.
    pub(crate) abort_stack: u64,
    /// 1 once the program has called exit itself, rather than returning from main.
    pub(crate) exit_called: u64,
    /// Panics raised.
    pub(crate) panics: u64,
    /// Frees of something that is not a live block.
    pub(crate) bad_frees: u64,
    /// Address of the first large block's [`Large`], 0 if none.
    pub(crate) large_head: u64,
    /// Bytes of address space that are the payload's own.
    pub(crate) own_virtual: u64,
    /// Bytes of heap address space mapped for blocks of any kind.
    pub(crate) heap_virtual: u64,
    /// Minor faults that were the payload's own.
    pub(crate) own_faults: u64,
    /// Pages that are the payload's own.
    pub(crate) own_pages: u64,
    /// Most threads that were registered at once.
    pub(crate) most_threads: u32,
    /// 1 if some table was full, so that sites or marks are incomplete.
    pub(crate) overflowed: u32,
    /// Stack that raised the last panic.
    pub(crate) panic_stack: u32,
    /// 1 while the snapshot is being written.
    pub(crate) snapshot_open: u32,
    /// Moments kept.
    pub(crate) moments: u64,
    /// Every how many lines a moment is kept.
    pub(crate) moment_stride: u64,
    /// Number of the line whose live bytes the snapshot shows by stack: the one with the most.
    pub(crate) snapshot_line: u64,
    /// Live bytes at that line.
    pub(crate) snapshot_bytes: u64,
    /// The payload's own mappings beside the recording: first address and bytes.
    pub(crate) own_maps: [u64; 4],
    /// Stacks of spawned threads kept.
    pub(crate) thread_stacks: u32,
    /// 1 if the program has an allocator of its own, by memgrade.
    pub(crate) own_allocator: u32,
    /// Stack of the last free of something that is not a live block.
    pub(crate) bad_free_stack: u32,
    /// One of the `CHECKED_` constants, by memgrade; 0 is no checking.
    pub(crate) checked: u32,
    /// Address of the table of checked blocks, in the program's own memory.
    pub(crate) checked_table: u64,
    /// Blocks in that table.
    pub(crate) checked_blocks: u64,
    /// First address of the arena.
    pub(crate) arena: u64,
    /// Bytes of the arena.
    pub(crate) arena_len: u64,
    /// Blocks that should have been checked and were not, for want of room.
    pub(crate) unchecked: u64,
    /// Wrong uses seen; the first [`MAX_WRONG`] are kept.
    pub(crate) wrong: u64,
    /// The last line seen.
    pub(crate) last_mark: Mark,
}

/// The stack of a spawned thread, without its guard.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct ThreadStack {
    /// First address.
    pub(crate) low: u64,
    /// Address after the last.
    pub(crate) high: u64,
    /// The frame that the thread's own code began with.
    pub(crate) top: u64,
    /// Unused.
    pub(crate) pad: u64,
}

/// A block of a checked run. The table is sorted by `start`.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct CheckedBlock {
    /// Its address.
    pub(crate) start: u64,
    /// Bytes as requested.
    pub(crate) size: u64,
    /// Alignment as requested; 0 where that was not said (malloc).
    pub(crate) align: u32,
    /// One of the `BLOCK_` constants.
    pub(crate) state: u32,
    /// Stack that allocated it.
    pub(crate) allocated: u32,
    /// Stack that freed it.
    pub(crate) freed: u32,
}

/// A wrong use of memory, as it was seen.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Wrong {
    /// One of the `WRONG_` constants.
    pub(crate) kind: u32,
    /// Stack at which it was seen.
    pub(crate) stack: u32,
    /// The address concerned.
    pub(crate) address: u64,
    /// Index of the block concerned in the table, plus 1; 0 if none.
    pub(crate) block: u64,
    /// Size that was given with it.
    pub(crate) size: u64,
    /// Alignment that was given with it; 0 if none was.
    pub(crate) align: u64,
}

/// A distinct allocation stack.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Stack {
    /// First of its frames.
    pub(crate) frames: u32,
    /// How many.
    pub(crate) depth: u16,
    /// 1 if its allocations count.
    pub(crate) counts: u8,
    /// The class of the frame that decided.
    pub(crate) class: u8,
}

/// What one thread allocated and freed; counted blocks only.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Slot {
    /// 1 while a thread has it.
    pub(crate) used: u32,
    /// Thread id of the last thread that had it.
    pub(crate) tid: u32,
    /// Blocks ever allocated.
    pub(crate) blocks: u64,
    /// Bytes ever allocated.
    pub(crate) bytes: u64,
    /// Blocks ever freed.
    pub(crate) freed_blocks: u64,
    /// Bytes ever freed.
    pub(crate) freed_bytes: u64,
    /// Live bytes not yet added to the header's.
    pub(crate) delta_bytes: i64,
    /// Live blocks not yet added to the header's.
    pub(crate) delta_blocks: i64,
    /// Deepest stack of the threads that had it and have ended, bytes.
    pub(crate) deepest: u64,
}

/// What one thread allocated and freed of one stack.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Counter {
    /// Blocks ever allocated.
    pub(crate) blocks: u64,
    /// Bytes ever allocated.
    pub(crate) bytes: u64,
    /// Blocks of this stack that this thread freed.
    pub(crate) freed_blocks: u64,
    /// Bytes of this stack that this thread freed.
    pub(crate) freed_bytes: u64,
}

/// What is alive of one stack.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Live {
    /// Blocks.
    pub(crate) blocks: u64,
    /// Bytes.
    pub(crate) bytes: u64,
}

/// A mark at which the figures of every stack are kept; a [`Counter`] for each follows.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Moment {
    /// Number of the line.
    pub(crate) number: u64,
    /// Stacks kept.
    pub(crate) stacks: u64,
}

/// An address in a mark's line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct MarkAddress {
    /// The address.
    pub(crate) address: u64,
    /// Start of the live block that it lies in; 0 if in none.
    pub(crate) block: u64,
    /// Size of that block.
    pub(crate) size: u64,
    /// 1 if it lies in the stack of a thread that is running.
    pub(crate) on_stack: u64,
}

/// A line that the program printed, with the figures just before it was written.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Mark {
    /// Number of the line, from 1.
    pub(crate) number: u64,
    /// `MARK_` flags.
    pub(crate) flags: u32,
    /// Bytes of `text` used.
    pub(crate) text_len: u32,
    /// Stack that wrote the line's last byte.
    pub(crate) stack: u64,
    /// Bytes ever allocated.
    pub(crate) total_bytes: u64,
    /// Blocks ever allocated.
    pub(crate) total_blocks: u64,
    /// Bytes alive.
    pub(crate) live_bytes: u64,
    /// Blocks alive.
    pub(crate) live_blocks: u64,
    /// Most bytes alive since the mark before (of those kept).
    pub(crate) interval_peak: u64,
    /// Resident pages, all.
    pub(crate) resident_pages: u64,
    /// Virtual pages, all.
    pub(crate) virtual_pages: u64,
    /// The payload's own pages among them.
    pub(crate) own_pages: u64,
    /// The payload's own bytes of address space.
    pub(crate) own_virtual: u64,
    /// Minor faults, all.
    pub(crate) minor_faults: u64,
    /// Minor faults that were the payload's own.
    pub(crate) own_faults: u64,
    /// Major faults.
    pub(crate) major_faults: u64,
    /// CPU time of the process, nanoseconds.
    pub(crate) cpu_ns: u64,
    /// Wall-clock time since the program started to be recorded, nanoseconds.
    pub(crate) wall_ns: u64,
    /// How many of `addresses` are used.
    pub(crate) addresses_len: u64,
    /// Addresses that stand in the line.
    pub(crate) addresses: [MarkAddress; MARK_ADDRESSES],
    /// The line's beginning.
    pub(crate) text: [u8; MARK_TEXT],
}

/// A point of the curve between marks.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Point {
    /// Lines printed before it.
    pub(crate) lines: u64,
    /// Bytes ever allocated.
    pub(crate) total_bytes: u64,
    /// Blocks ever allocated.
    pub(crate) total_blocks: u64,
    /// Bytes alive.
    pub(crate) live_bytes: u64,
    /// Blocks alive.
    pub(crate) live_blocks: u64,
}

/// A span of small blocks of one size.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Span {
    /// First byte.
    pub(crate) base: u64,
    /// Bytes.
    pub(crate) len: u32,
    /// Bytes from one block to the next.
    pub(crate) block: u32,
}

/// What stands in front of a large block's header: a node of a doubly linked list.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Large {
    /// Node before, 0 at the head.
    pub(crate) previous: u64,
    /// Node after, 0 at the end.
    pub(crate) next: u64,
    /// First byte of the mapping.
    pub(crate) base: u64,
    /// Bytes of the mapping.
    pub(crate) len: u64,
}

/// What stands in front of every block.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct BlockHeader {
    /// Stack id, and [`COUNTED`].
    pub(crate) site: u32,
    /// Bytes from the cell's first block address to the block (0 unless over-aligned).
    pub(crate) offset: u32,
    /// Requested size shifted left by 2, with [`LIVE`] and [`SHIFTED`].
    pub(crate) size_flags: u64,
}

const PAGE: usize = 4096;

const fn pages(bytes: usize) -> usize {
    bytes.div_ceil(PAGE) * PAGE
}

/// Offset of the ranges.
pub(crate) const RANGES: usize = pages(size_of::<Header>());
/// Offset of the stacks; id 0 is "no stack".
pub(crate) const STACKS: usize = RANGES + pages(MAX_RANGES * size_of::<Range>());
/// Offset of the frames (return addresses, `u64`).
pub(crate) const FRAMES: usize = STACKS + pages(MAX_STACKS * size_of::<Stack>());
/// Offset of the slots.
pub(crate) const SLOT_TABLE: usize = FRAMES + pages(MAX_FRAMES * 8);
/// Offset of the counters: per slot one [`Counter`] for every stack id.
pub(crate) const COUNTERS: usize = SLOT_TABLE + pages(SLOTS * size_of::<Slot>());
/// Offset of the marks.
pub(crate) const MARKS: usize = COUNTERS + SLOTS * pages(MAX_STACKS * size_of::<Counter>());
/// Offset of the points.
pub(crate) const POINTS: usize = MARKS + pages(MAX_MARKS * size_of::<Mark>());
/// Offset of the spans.
pub(crate) const SPANS: usize = POINTS + pages(MAX_POINTS * size_of::<Point>());
/// Offset of the snapshot: live blocks and bytes by stack id at the mark with the most live bytes.
pub(crate) const SNAPSHOT: usize = SPANS + pages(MAX_SPANS * size_of::<Span>());
/// Offset of the moments.
pub(crate) const MOMENTS: usize = SNAPSHOT + pages(MAX_STACKS * size_of::<Live>());
/// Bytes from one moment to the next.
pub(crate) const MOMENT_STRIDE: usize =
    pages(size_of::<Moment>() + MOMENT_STACKS * size_of::<Counter>());
/// Offset of the wrong uses.
pub(crate) const WRONGS: usize = MOMENTS + MAX_MOMENTS * MOMENT_STRIDE;
/// Offset of the stacks of spawned threads.
pub(crate) const THREAD_STACKS: usize = WRONGS + pages(MAX_WRONG * size_of::<Wrong>());
/// Size of the recording.
pub(crate) const RECORDING_SIZE: usize =
    THREAD_STACKS + pages(MAX_THREAD_STACKS * size_of::<ThreadStack>());
/// Bytes from one slot's counters to the next's.
pub(crate) const COUNTERS_STRIDE: usize = pages(MAX_STACKS * size_of::<Counter>());
