//@ about: Notes each stretch that is given back in a free list, as an allocator does. An arena has one free stretch, and knows where it is.
//@ finding: curve/grows in rounds/holds steady
//@ output: right

//! An arena: one block on the heap, and a pointer that moves through it.

use given::Piece;

/// Memory that is given out from the bottom up, and taken back from the top down.
///
/// All below `top` is in use, all above is free.
pub struct Arena {
    memory: Box<[u8]>,
    top: usize,
    high_water: usize,
    free: Vec<(usize, usize)>,
}

impl Arena {
    /// An arena with room for so many bytes, padding included.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            memory: vec![0; bytes].into_boxed_slice(),
            top: 0,
            high_water: 0,
            free: Vec::new(),
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
        if mark < self.top {
            self.free.push((mark, self.top)); //~ curve/grows
            self.top = mark;
        }
    }

    /// The most bytes that were ever in use at once, padding included.
    pub fn high_water(&self) -> usize {
        self.high_water
    }
}
