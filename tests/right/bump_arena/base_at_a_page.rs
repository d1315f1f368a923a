//@ about: Begins at a multiple of 4,096 inside of a block that is a page larger.

use given::Piece;
/// Begins at a multiple of 4,096 inside of its block, so offsets are aligned when addresses are.
pub struct Arena {
    block: Vec<u8>,
    base: usize,
    capacity: usize,
    top: usize,
    high: usize,
}
impl Arena {
    pub fn with_capacity(bytes: usize) -> Self {
        let block = vec![0; bytes + 4095];
        let base = block.as_ptr().align_offset(4096);
        Self {
            block,
            base,
            capacity: bytes,
            top: 0,
            high: 0,
        }
    }
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        let start = self.top.checked_next_multiple_of(align)?;
        let end = start.checked_add(size)?;
        if end > self.capacity {
            return None;
        }
        self.top = end;
        self.high = self.high.max(end);
        Some(Piece { start, size })
    }
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        &mut self.block[self.base + piece.start..][..piece.size]
    }
    pub fn mark(&self) -> usize {
        self.top
    }
    pub fn reset_to(&mut self, mark: usize) {
        self.top = self.top.min(mark)
    }
    pub fn high_water(&self) -> usize {
        self.high
    }
}
