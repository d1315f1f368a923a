//! What an arena gives out.

/// A piece of an arena's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins. Only the arena that gave it out reads this: how it counts is its own affair.
    pub start: usize,
    /// How many bytes it has.
    pub size: usize,
}
