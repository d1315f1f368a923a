//! What learners get to use: the trait that their type implements.
// TODO(author): what the learner's code and the harness share

/// Keeps the latest numbers.
pub trait Keep {
    /// Takes a number in; where there is no room, the oldest one goes.
    fn add(&mut self, number: u64);

    /// The sum of the numbers that are kept.
    fn sum(&self) -> u64;
}
