//@ about: Fills the arena with 0xcd, so that a look at fresh memory is noticed. The 64 MiB that nobody uses are written, too.
//@ finding: pages/resident-over-limit in reserve/touches what it gives out
//@ output: right

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
            memory: vec![0xcd; bytes].into_boxed_slice(),
            top: 0,
            high_water: 0,
        }
    }

    /// A piece of `size` bytes whose address is a multiple of `align`, which is a power of two.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        // What must be a multiple is the address. The offset is one only if the block happens to begin at one.
        let address = self.memory.as_ptr().addr() + self.top;
        let padding = address.next_multiple_of(align) - address;
        let start = self.top + padding;
        let end = start.checked_add(size)?;
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
