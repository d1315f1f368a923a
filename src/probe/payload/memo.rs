//! Stacks seen lately, recognised without walking them.
//!
//! A walk is a chain of loads that wait for each other. A stack that is remembered is compared instead: where its frames were and
//! what stood in them is known, so all loads go at once, and if every frame still holds the same caller and return address, the
//! chain from the same innermost frame is the same, whatever happened in between.

use crate::layout::STACK_DEPTH;
use crate::stacks::Origin;

/// Deeper stacks are walked.
const DEEPEST: usize = 40;
const SETS: usize = 8;
const WAYS: usize = 4;

#[derive(Clone, Copy)]
#[repr(C)]
struct Frame {
    /// The caller's frame pointer.
    up: usize,
    /// The return address.
    back: usize,
}

#[repr(C)]
struct Entry {
    /// Frame pointer of the innermost frame.
    innermost: usize,
    depth: u32,
    origin: u32,
    frames: [Frame; DEEPEST],
}

/// Stacks whose innermost frames are at similar addresses.
#[repr(C)]
struct Set {
    /// Where two of them differed last: the return address there picks the entry.
    telling: usize,
    entries: [Entry; WAYS],
}

/// What one thread remembers. Valid as zeroes.
#[repr(C)]
pub(crate) struct Memo {
    sets: [Set; SETS],
}

#[inline(always)]
fn way_of(back: usize) -> usize {
    (back ^ back >> 7) >> 2 & (WAYS - 1)
}

const COUNTS: u32 = 1 << 31;

impl Memo {
    /// Forgets everything: the slot goes to a thread with another stack.
    pub(crate) fn clear(&mut self) {
        for set in &mut self.sets {
            set.telling = 0;
            for entry in &mut set.entries {
                entry.innermost = 0;
            }
        }
    }

    #[inline(always)]
    fn set(&mut self, fp: usize) -> &mut Set {
        // SAFETY: masked.
        unsafe { self.sets.get_unchecked_mut(fp >> 4 & (SETS - 1)) }
    }

    /// The origin of the stack whose innermost frame is at `fp`, if it is remembered.
    ///
    /// # Safety
    /// `fp` is the frame pointer of a function that is running on the thread's own stack.
    #[inline(always)]
    pub(crate) unsafe fn recall(&mut self, fp: usize) -> Option<Origin> {
        let set = self.set(fp);
        // SAFETY: every address in an entry was a frame above `innermost` on this thread's stack, so it is mapped as long as
        // `innermost` is in use, which is compared first.
        unsafe {
            let telling = if set.telling > fp { *(set.telling as *const usize) } else { 0 };
            let entry = set.entries.get_unchecked(way_of(telling));
            if entry.innermost != fp {
                return None;
            }
            let mut at = fp;
            let mut differ = 0;
            for i in 0..entry.depth as usize {
                let frame = *entry.frames.get_unchecked(i);
                let now = at as *const usize;
                differ |= (*now ^ frame.up) | (*now.add(1) ^ frame.back);
                at = frame.up;
            }
            (differ == 0).then_some(Origin { id: entry.origin & !COUNTS, counts: entry.origin & COUNTS != 0 })
        }
    }

    /// Remembers a stack that was walked: `depth` frames from `fp` on.
    ///
    /// # Safety
    /// There are that many.
    pub(crate) unsafe fn remember(&mut self, fp: usize, depth: usize, origin: Origin) {
        if depth > DEEPEST || depth >= STACK_DEPTH {
            return;
        }
        let set = self.set(fp);
        // SAFETY: by the contract.
        unsafe {
            let telling = if set.telling > fp { *(set.telling as *const usize) } else { 0 };
            let entry = &mut set.entries[way_of(telling)];
            let same = entry.innermost == fp;
            let mut differs = None;
            let mut at = fp;
            for i in 0..depth {
                let now = at as *const usize;
                let frame = Frame { up: *now, back: *now.add(1) };
                let known = &mut entry.frames[i];
                if same && i < entry.depth as usize && differs.is_none() && known.back != frame.back {
                    differs = Some(at + 8);
                }
                *known = frame;
                at = frame.up;
            }
            entry.innermost = fp;
            entry.depth = depth as u32;
            entry.origin = origin.id | if origin.counts { COUNTS } else { 0 };
            if let Some(telling) = differs {
                set.telling = telling;
            }
        }
    }
}
