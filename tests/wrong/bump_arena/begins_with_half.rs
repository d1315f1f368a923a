//@ about: Takes half of the room at first, since most arenas are never full, and lets the `Vec` grow; it moves, and all addresses that were given out are stale.
//@ finding: output/differs in pieces/apart, and in place

//! An arena: one block on the heap, and a pointer that moves through it.

use given::Piece;

/// Memory that is given out from the bottom up, and taken back from the top down.
///
/// What is in use is in the `Vec`, and what is free is its spare capacity.
pub struct Arena {
    memory: Vec<u8>,
    capacity: usize,
    high_water: usize,
}

impl Arena {
    /// An arena with room for so many bytes, padding included.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            memory: Vec::with_capacity(bytes / 2),
            capacity: bytes,
            high_water: 0,
        }
    }

    /// A piece of `size` bytes whose address is a multiple of `align`, which is a power of two.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        // What must be a multiple is the address. The offset is one only if the block happens to begin at one.
        let address = self.memory.as_ptr().addr() + self.memory.len();
        let padding = address.next_multiple_of(align) - address;
        let start = self.memory.len() + padding;
        let end = start.checked_add(size)?;
        if end > self.capacity {
            return None;
        }
        self.memory.resize(end, 0);
        self.high_water = end.max(self.high_water);
        Some(Piece { start, size })
    }

    /// The bytes of a piece.
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        &mut self.memory[piece.start..piece.start + piece.size]
    }

    /// Where the arena is now, to come back to.
    pub fn mark(&self) -> usize {
        self.memory.len()
    }

    /// Gives back all that was given out since the mark was taken. A mark that is out of date changes nothing.
    pub fn reset_to(&mut self, mark: usize) {
        self.memory.truncate(mark);
    }

    /// The most bytes that were ever in use at once, padding included.
    pub fn high_water(&self) -> usize {
        self.high_water
    }
}
