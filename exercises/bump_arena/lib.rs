//! An arena: room for many small pieces, taken from the heap at once.
//!
//! This one asks the heap for every piece. Four places are yours: TODO 1 to TODO 4. You may change whatever you like,
//! as long as there is an `Arena` with these functions.

use given::Piece;

/// Memory that is given out from the bottom up, and taken back from the top down.
pub struct Arena {
    // TODO 1: a block for each piece. How many does an arena need whose capacity is known from the start? And what must
    // it remember, to know what is in use and what is free?
    blocks: Vec<Box<[u8]>>,
    capacity: usize,
}

impl Arena {
    /// An arena with room for so many bytes, padding included.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            blocks: Vec::new(),
            capacity: bytes,
        }
    }

    /// A piece of `size` bytes whose address is a multiple of `align`, which is a power of two. `None` if it does not
    /// fit.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        // TODO 2: where does the next piece begin, and where does it end? What must be a multiple of `align` there? If
        // it does not fit, nothing changes.
        let _ = align;
        if size > self.capacity {
            return None;
        }
        self.blocks.push(vec![0; size].into());
        let start = self.blocks.len() - 1;
        Some(Piece { start, size })
    }

    /// The bytes of a piece.
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        &mut self.blocks[piece.start]
    }

    /// Where the arena is now, to come back to.
    pub fn mark(&self) -> usize {
        // TODO 3: what is the least that has to be known to come back?
        self.blocks.len()
    }

    /// Gives back all that was given out since the mark was taken. A mark that is out of date changes nothing.
    pub fn reset_to(&mut self, mark: usize) {
        // This gives back each piece by itself. How little is enough?
        self.blocks.truncate(mark);
    }

    /// The most bytes that were ever in use at once, padding included.
    pub fn high_water(&self) -> usize {
        // TODO 4: by this number somebody will decide how large the next arena has to be.
        0
    }
}
