//! The pointers between live blocks, by the blocks' numbers.

use super::heap::Heap;
use super::memory::Memory;

/// Flag of a target: the pointer leads to the block's start.
const TO_START: u32 = 1 << 31;

/// Who points to whom.
#[derive(Debug)]
pub(super) struct Pointers {
    /// The targets of number `i` are `targets[first[i]..first[i + 1]]`.
    first: Vec<u32>,
    /// In order of the pointers' places in memory.
    targets: Vec<u32>,
}

impl Pointers {
    /// Reads the contents of all live blocks; `None` if that cannot be done.
    pub(super) fn read(memory: &Memory<'_>, heap: &Heap) -> Option<Self> {
        let mut pointers = Self::with_room(heap.numbers());
        heap.contents(memory, |word| match word {
            Some(word) => {
                if let Some((to, to_start)) = heap.find(word) {
                    pointers.point(to, to_start);
                }
            }
            None => pointers.next(),
        })?;
        (pointers.targets.len() < u32::MAX as usize).then_some(pointers)
    }

    pub(super) fn with_room(numbers: usize) -> Self {
        let mut first = Vec::with_capacity(numbers + 1);
        first.push(0);
        Self {
            first,
            targets: Vec::new(),
        }
    }

    /// Notes a pointer of the block being entered.
    #[inline]
    pub(super) fn point(&mut self, to: u32, to_start: bool) {
        self.targets.push(to | if to_start { TO_START } else { 0 });
    }

    /// All pointers of a block have been entered; the next block follows.
    #[inline]
    pub(super) fn next(&mut self) {
        self.first
            .push(u32::try_from(self.targets.len()).unwrap_or(u32::MAX));
    }

    /// How many numbers there are.
    pub(super) fn numbers(&self) -> u32 {
        u32::try_from(self.first.len() - 1).unwrap_or(u32::MAX)
    }

    /// Where the pointers of a block begin and end, for [`Self::target`].
    #[inline]
    pub(super) fn range(&self, from: u32) -> (u32, u32) {
        (self.first[from as usize], self.first[from as usize + 1])
    }

    /// The block that a pointer leads to.
    #[inline]
    pub(super) fn target(&self, pointer: u32) -> u32 {
        self.targets[pointer as usize] & !TO_START
    }

    /// The blocks that a block points to, itself perhaps among them, and whether to their starts.
    #[inline]
    pub(super) fn of(&self, from: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        let (first, end) = self.range(from);
        self.targets[first as usize..end as usize]
            .iter()
            .map(|target| (target & !TO_START, target & TO_START != 0))
    }
}
