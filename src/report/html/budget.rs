//! How much of a page is left: whatever a learner hands in, the page stays small enough to open and to mail.

use super::text;

/// Bytes that may still be written.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) const fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// A part of it, at most `bytes`, for one kind of content. What the part does not use is given back with
    /// [`Budget::give_back`].
    pub(super) fn part(&mut self, bytes: usize) -> Self {
        let left = bytes.min(self.left);
        self.left -= left;
        Self { left }
    }

    pub(super) const fn give_back(&mut self, part: &Self) {
        self.left += part.left;
    }

    pub(super) const fn left(&self) -> usize {
        self.left
    }

    /// Takes so many bytes; false, and nothing taken, where there is no room for them.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.left;
        if fits {
            self.left -= bytes;
        }
        fits
    }
}

/// Bytes that these texts take on a page.
pub(super) fn weight<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(text::weight).sum()
}
