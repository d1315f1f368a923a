//! What a cache of pages does.

/// Keeps copies of the pages that were used last, up to a fixed number of them.
pub trait PageCache {
    /// The page of this address, or `None` if it is not there. To look at a page is to use it.
    fn get(&mut self, address: &str) -> Option<&[u8]>;

    /// Keeps a copy of the page under this address. If the address is new and the cache is full, the page goes that was
    /// not used for the longest time. If the address is known, the page takes the place of the old one, and that is a
    /// use of it, too.
    fn put(&mut self, address: &str, page: &[u8]);

    /// Lets the page of this address go, and says whether it was there.
    fn remove(&mut self, address: &str) -> bool;

    /// How many pages there are.
    fn pages(&self) -> usize;
}
