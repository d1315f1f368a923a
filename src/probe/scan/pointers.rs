//! The pointers between live blocks, by the blocks' numbers.

use super::heap::Place;

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

/// Words that lead into a cell or a large block, for whom it is not known yet whether a live block is there.
#[derive(Debug)]
pub(super) struct Candidates {
    /// To what they lead, as if all were pointers.
    pointers: Pointers,
    /// Where in it each leads: beside `pointers.targets`.
    offsets: Vec<u16>,
}

impl Candidates {
    pub(super) fn with_room(numbers: usize) -> Self {
        Self {
            pointers: Pointers::with_room(numbers),
            offsets: Vec::new(),
        }
    }

    /// Notes a word of the block being entered, if it leads anywhere.
    #[inline]
    pub(super) fn add(&mut self, place: Option<Place>) {
        if let Some(place) = place {
            self.pointers.point(place.number, false);
            self.offsets.push(place.offset);
        }
    }

    /// All words of a block have been entered; the next block follows.
    #[inline]
    pub(super) fn next(&mut self) {
        self.pointers.next();
    }

    /// Keeps those that are pointers; `lands` says whether one is, and whether to a block's start. `None` if there are too many.
    pub(super) fn settle(self, lands: impl Fn(Place) -> Option<bool>) -> Option<Pointers> {
        let Self {
            mut pointers,
            offsets,
        } = self;
        u32::try_from(offsets.len()).ok()?;
        let (mut from, mut kept) = (0, 0);
        for end in pointers.first.iter_mut().skip(1) {
            for (at, offset) in (from..).zip(&offsets[from..*end as usize]) {
                let place = Place {
                    number: pointers.targets[at],
                    offset: *offset,
                };
                if let Some(to_start) = lands(place) {
                    pointers.targets[kept] = place.number | if to_start { TO_START } else { 0 };
                    kept += 1;
                }
            }
            from = *end as usize;
            *end = u32::try_from(kept).ok()?;
        }
        pointers.targets.truncate(kept);
        Some(pointers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_lead_to_no_live_block_are_no_pointers() {
        let mut candidates = Candidates::with_room(3);
        for (number, offsets) in [(1, [16, 24, 4]), (0, [4, 4, 4]), (2, [4, 16, 4])] {
            for offset in offsets {
                candidates.add(Some(Place { number, offset }));
                candidates.add(None);
            }
            candidates.next();
        }
        let lands = |place: Place| (place.offset >= 16).then_some(place.offset == 16);
        let pointers = candidates.settle(lands).unwrap();
        let of = |from| pointers.of(from).collect::<Vec<_>>();
        assert_eq!(of(0), [(1, true), (1, false)]);
        assert_eq!(of(1), []);
        assert_eq!(of(2), [(2, true)]);
        assert_eq!(pointers.numbers(), 3);
    }
}
