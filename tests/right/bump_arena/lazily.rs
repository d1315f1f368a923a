//@ about: Takes its block with the first piece, and counts what is left.

use given::Piece;
/// Takes its block when the first piece is asked for, of u128 so that it lies at a multiple of 16; counts what is left.
pub struct Arena {
    block: Option<Box<[u8]>>,
    capacity: usize,
    left: usize,
    least: usize,
}
impl Arena {
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            block: None,
            capacity: bytes,
            left: bytes,
            least: bytes,
        }
    }
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        let block = self
            .block
            .get_or_insert_with(|| vec![0; self.capacity].into());
        let top = self.capacity - self.left;
        let padding = block[top..].as_ptr().align_offset(align);
        let left = self.left.checked_sub(padding)?.checked_sub(size)?;
        self.left = left;
        self.least = self.least.min(left);
        Some(Piece {
            start: top + padding,
            size,
        })
    }
    pub fn bytes(&mut self, p: Piece) -> &mut [u8] {
        let b = self.block.as_mut().unwrap();
        &mut b[p.start..p.start + p.size]
    }
    pub fn mark(&self) -> usize {
        self.capacity - self.left
    }
    pub fn reset_to(&mut self, mark: usize) {
        self.left = self.left.max(self.capacity.saturating_sub(mark))
    }
    pub fn high_water(&self) -> usize {
        self.capacity - self.least
    }
}
