//@ about: Rounds the size up to the alignment, and believes that every piece now begins at a multiple of it. It begins where the last one ended.
//@ finding: output/differs in pieces/apart, and in place
//@ finding: output/differs in aligned/the address is a multiple
//@ finding: output/differs in full/as many as fit, and then no more
//@ finding: output/differs in calls/back to where it was
//@ finding: output/differs in water/the highest it stood

//! An arena: one block on the heap, and a pointer that moves through it.

use given::Piece;

/// Memory that is given out from the bottom up, and taken back from the top down.
///
/// All below `top` is in use, all above is free. Nothing else has to be known.
pub struct Arena {
    memory: Box<[u8]>,
    top: usize,
    high_water: usize,
}

impl Arena {
    /// An arena with room for so many bytes, padding included.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            memory: vec![0; bytes].into_boxed_slice(),
            top: 0,
            high_water: 0,
        }
    }

    /// A piece of `size` bytes whose address is a multiple of `align`, which is a power of two.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        let start = self.top;
        let end = start.checked_add(size.checked_next_multiple_of(align)?)?;
        if end > self.memory.len() {
            return None;
        }
        self.top = end;
        self.high_water = end.max(self.high_water);
        Some(Piece { start, size })
    }

    /// The bytes of a piece.
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        &mut self.memory[piece.start..piece.start + piece.size]
    }

    /// Where the arena is now, to come back to.
    pub fn mark(&self) -> usize {
        self.top
    }

    /// Gives back all that was given out since the mark was taken. A mark that is out of date changes nothing.
    pub fn reset_to(&mut self, mark: usize) {
        self.top = mark.min(self.top);
    }

    /// The most bytes that were ever in use at once, padding included.
    pub fn high_water(&self) -> usize {
        self.high_water
    }
}
