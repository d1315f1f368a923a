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
#[repr(C, align(16))]
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
    site: u32,
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

/// Whether these frames stand, one above the other, from `at` on. Both words of a frame are compared at once: most of what a
/// request costs is spent here.
///
/// # Safety
/// What stands at `at`, and at each frame's `up` but the last one's, is mapped.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn stand(mut at: usize, frames: &[Frame]) -> bool {
    use core::arch::x86_64::*;
    // SAFETY: by the contract; frames are aligned; SSE2 is part of x86-64.
    unsafe {
        let mut differ = _mm_setzero_si128();
        for frame in frames {
            let now = _mm_loadu_si128(at as *const __m128i);
            differ = _mm_or_si128(differ, _mm_xor_si128(now, _mm_load_si128((&raw const *frame).cast())));
            at = frame.up;
        }
        _mm_movemask_epi8(_mm_cmpeq_epi8(differ, _mm_setzero_si128())) == 0xffff
    }
}

/// As above, word by word.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
unsafe fn stand(mut at: usize, frames: &[Frame]) -> bool {
    let mut differ = 0;
    for frame in frames {
        // SAFETY: by the contract.
        let now = unsafe { *(at as *const Frame) };
        differ |= (now.up ^ frame.up) | (now.back ^ frame.back);
        at = frame.up;
    }
    differ == 0
}

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
    /// `fp` is the frame pointer of a function that is running.
    #[inline(always)]
    pub(crate) unsafe fn recall(&mut self, fp: usize) -> Option<Origin> {
        let set = self.set(fp);
        // SAFETY: every address in an entry was a frame on this thread's own stack, which is mapped as far down as it ever
        // reached for as long as the thread lives.
        unsafe {
            let telling = if set.telling > fp { *(set.telling as *const usize) } else { 0 };
            let entry = set.entries.get_unchecked(way_of(telling));
            if entry.innermost != fp {
                return None;
            }
            let frames = entry.frames.get_unchecked(..entry.depth as usize);
            stand(fp, frames).then_some(Origin { site: entry.site })
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
            entry.site = origin.site;
            if let Some(telling) = differs {
                set.telling = telling;
            }
        }
    }
}
