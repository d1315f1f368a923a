//! Room in memory for runs that are done at once.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that runs may be given, in turn: nobody who asks for much waits for ever behind those who ask for little.
pub(super) struct Room {
    budget: Option<u64>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    taken: u64,
    /// The number of whoever asks next, and of whose turn it is.
    next: u64,
    turn: u64,
}

/// Some of the room, given back when this is dropped.
pub(super) struct Taken<'a> {
    room: &'a Room,
    bytes: u64,
}

impl Room {
    pub(super) fn new(budget: Option<u64>) -> Self {
        Self {
            budget,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits until there is room. Whoever asks for more than there is at all gets all of it.
    pub(super) fn take(&self, bytes: u64) -> Taken<'_> {
        let Some(budget) = self.budget else {
            return Taken {
                room: self,
                bytes: 0,
            };
        };
        let bytes = bytes.min(budget);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = state.next;
        state.next += 1;
        while state.turn != number || state.taken.saturating_add(bytes) > budget {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.turn += 1;
        state.taken += bytes;
        drop(state);
        self.changed.notify_all();
        Taken { room: self, bytes }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self
            .room
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.taken -= self.bytes;
        drop(state);
        self.room.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn limits_never_add_up_to_more_than_there_is() {
        let room = Room::new(Some(100));
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for asks in [60, 60, 30, 10, 100, 500, 40, 0] {
                let (room, now, most) = (&room, &now, &most);
                scope.spawn(move || {
                    for _ in 0..50 {
                        let taken = room.take(asks);
                        let sum = now.fetch_add(taken.bytes, Ordering::SeqCst) + taken.bytes;
                        most.fetch_max(sum, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(taken.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
        assert_eq!(room.state.lock().unwrap().taken, 0);
    }

    #[test]
    fn where_nothing_is_known_nobody_waits() {
        let room = Room::new(None);
        let (_one, _other) = (room.take(u64::MAX), room.take(u64::MAX));
    }
}
