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
const WAYS: usize = 8;

#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Frame {
    /// The caller's frame pointer.
    up: usize,
    /// The return address.
    back: usize,
}

impl Frame {
    /// The one that stands at `at`. On the stack they are aligned to 8 bytes only.
    ///
    /// # Safety
    /// It is mapped.
    unsafe fn standing(at: usize) -> Self {
        // SAFETY: by the contract.
        let [up, back] = unsafe { *(at as *const [usize; 2]) };
        Self { up, back }
    }
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
    /// The two places where stacks differed last: the return addresses there pick the entry.
    telling: [usize; 2],
    /// How they do: another number where it did not tell two stacks apart.
    salt: usize,
    entries: [Entry; WAYS],
}

/// What one thread remembers. Valid as zeroes.
#[repr(C)]
pub(crate) struct Memo {
    sets: [Set; SETS],
}

/// Odd, and without a pattern.
const MIX: usize = 0x9e37_79b9_7f4a_7c15;

impl Set {
    /// Which entry is that of the stack whose innermost frame is at `fp`.
    ///
    /// # Safety
    /// As [`Memo::recall`].
    #[inline(always)]
    unsafe fn way(&self, fp: usize) -> usize {
        // SAFETY: what is told apart are frames on this thread's own stack, which is mapped as far down as it ever reached for as
        // long as the thread lives; below `fp` they are not compared.
        let at = |place: usize| unsafe { if place > fp { *(place as *const usize) } else { 0 } };
        let both = at(self.telling[0]) ^ at(self.telling[1]).rotate_left(32);
        both.wrapping_mul(self.salt) >> (usize::BITS - WAYS.ilog2())
    }

    /// From now on tells stacks apart by the return address at `place` too.
    fn tell(&mut self, place: usize) {
        if self.telling.contains(&place) {
            self.salt = self.salt.wrapping_mul(MIX);
        } else {
            self.telling = [place, self.telling[0]];
            self.salt = MIX;
        }
    }
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
        let now = unsafe { Frame::standing(at) };
        differ |= (now.up ^ frame.up) | (now.back ^ frame.back);
        at = frame.up;
    }
    differ == 0
}

impl Memo {
    /// Forgets everything: the slot goes to a thread with another stack.
    pub(crate) fn clear(&mut self) {
        for set in &mut self.sets {
            set.telling = [0; 2];
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
        // SAFETY: every address in an entry was a frame on this thread's own stack, as in `way`.
        unsafe {
            let entry = set.entries.get_unchecked(set.way(fp));
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
            let known = &set.entries[set.way(fp)];
            if known.innermost == fp {
                // Another stack is where this one belongs: from the first frame that differs they shall be told apart.
                let mut at = fp;
                for frame in &known.frames[..depth.min(known.depth as usize)] {
                    if Frame::standing(at).back != frame.back {
                        set.tell(at + 8);
                        break;
                    }
                    at = frame.up;
                }
            }
            let entry = &mut set.entries[set.way(fp)];
            let mut at = fp;
            for frame in &mut entry.frames[..depth] {
                *frame = Frame::standing(at);
                at = frame.up;
            }
            entry.innermost = fp;
            entry.depth = depth as u32;
            entry.site = origin.site;
        }
    }
}
