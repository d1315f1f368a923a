//@ about: Fills a `Vec` within its capacity, and names pieces by their addresses.

use given::Piece;
/// Grows within its capacity only, so it never moves; aligned by addresses, pieces are named by their addresses.
pub struct Arena {
    room: usize,
    memory: Vec<u8>,
    used: usize,
    most: usize,
}
impl Arena {
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            room: bytes,
            memory: Vec::with_capacity(bytes),
            used: 0,
            most: 0,
        }
    }
    pub fn alloc(&mut self, size: usize, align: usize) -> Option<Piece> {
        let base = self.memory.as_ptr() as usize;
        let at = (base + self.used + align - 1) & !(align - 1);
        let end = (at - base)
            .checked_add(size)
            .filter(|end| *end <= self.room)?;
        if end > self.memory.len() {
            self.memory.resize(end, 0);
        }
        self.used = end;
        self.most = std::cmp::max(self.most, self.used);
        Some(Piece { start: at, size })
    }
    pub fn bytes(&mut self, piece: Piece) -> &mut [u8] {
        let at = piece.start - self.memory.as_ptr() as usize;
        self.memory.get_mut(at..at + piece.size).unwrap_or_default()
    }
    pub fn mark(&self) -> usize {
        self.used
    }
    pub fn reset_to(&mut self, mark: usize) {
        if mark < self.used {
            self.used = mark;
        }
    }
    pub fn high_water(&self) -> usize {
        self.most
    }
}
