//@ about: Takes a block for each piece, large enough to find a right address in it. That is an allocator, asked through an arena.
//@ finding: heap/too-many-blocks in pieces/one block for all
//@ finding: output/differs in full/as many as fit, and then no more
//@ finding: output/differs in calls/back to where it was
//@ finding: output/differs in water/the highest it stood

//! An arena: a block on the heap for each piece.

use given::Piece;

/// Memory that is given out from the bottom up, and taken back from the top down.
pub struct Arena {
    blocks: Vec<(Box<[u8]>, usize)>,
    capacity: usize,
    used: usize,
    high_water: usize,
}

impl Arena {
    /// An arena with room for so many bytes, padding included.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            blocks: Vec::new(),
            capacity: bytes,
            used: 0,
            high_water: 0,
        }
    }

    /// A piece of `size` bytes whose address is a multiple of `align`, which is a power of two.
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        let used = self.used.checked_add(size)?;
        if used > self.capacity {
            return None;
        }
        let block: Box<[u8]> = vec![0; size + align - 1].into(); //~ heap/too-many-blocks
        let address = block.as_ptr().addr();
        let padding = address.next_multiple_of(align) - address;
        self.blocks.push((block, padding));
        self.used = used;
        self.high_water = used.max(self.high_water);
        let start = self.blocks.len() - 1;
        Some(Piece { start, size })
    }

    /// The bytes of a piece.
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        let (block, padding) = &mut self.blocks[piece.start];
        &mut block[*padding..*padding + piece.size]
    }

    /// Where the arena is now, to come back to.
    pub fn mark(&self) -> usize {
        self.blocks.len()
    }

    /// Gives back all that was given out since the mark was taken. A mark that is out of date changes nothing.
    pub fn reset_to(&mut self, mark: usize) {
        self.blocks.truncate(mark);
        self.used = self.blocks.iter().map(|(block, _)| block.len()).sum();
    }

    /// The most bytes that were ever in use at once, padding included.
    pub fn high_water(&self) -> usize {
        self.high_water
    }
}
