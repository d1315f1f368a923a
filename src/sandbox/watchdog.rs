//! The watchdog: wall-clock time, CPU time and resident memory of the whole tree, looked at again and again.

use std::time::{Duration, Instant};

use super::tree::Tree;
use super::{LimitHit, Limits, orphans};

/// The first looks come quickly, as many programs are over soon.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// Later ones cost less than a thousandth of the time.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How long it may take to start a program.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// Watches one run.
#[derive(Debug)]
pub(super) struct Watchdog<'run> {
    limits: &'run Limits,
    tree: &'run Tree,
    /// Stands for the start until the program was let go.
    made: Instant,
    next: Instant,
    pause: Duration,
    resident: u64,
}

impl<'run> Watchdog<'run> {
    pub(super) fn new(limits: &'run Limits, tree: &'run Tree) -> Self {
        let now = Instant::now();
        Self {
            limits,
            tree,
            made: now,
            next: now + FIRST_PAUSE,
            pause: FIRST_PAUSE,
            resident: 0,
        }
    }

    /// Most resident bytes seen.
    pub(super) fn most_resident(&self) -> u64 {
        self.resident
    }

    /// Looks if it is time to, ends the run if a limit was hit, and says how long to wait before the next look.
    pub(super) fn look(&mut self) -> Duration {
        let now = Instant::now();
        let (started, ending) = {
            let state = self.tree.lock();
            (
                state.started,
                state.ending.is_some() || state.limit.is_some(),
            )
        };
        if ending {
            return LONGEST_PAUSE;
        }
        let deadline = match started {
            Some(started) => started.checked_add(self.limits.wall),
            // A slow machine's time is not the program's.
            None => self
                .made
                .checked_add(self.limits.wall.saturating_add(START_PATIENCE)),
        };
        if deadline.is_some_and(|deadline| now >= deadline) {
            self.tree.stop(LimitHit::Wall);
            return LONGEST_PAUSE;
        }
        if now >= self.next {
            self.measure();
            self.next = Instant::now() + self.pause;
            self.pause = (self.pause * 5 / 4).min(LONGEST_PAUSE);
        }
        let now = Instant::now();
        let rest = self.next.saturating_duration_since(now);
        deadline.map_or(rest, |deadline| {
            rest.min(deadline.saturating_duration_since(now))
        })
    }

    fn measure(&mut self) {
        let untraced = self.tree.lock().untraced;
        if let Some(mark) = untraced
            && orphans::refresh(self.tree, mark) > self.limits.processes
        {
            self.tree.stop(LimitHit::Processes);
        }
        let resident = self.tree.resident(self.limits.memory);
        self.resident = self.resident.max(resident);
        if resident > self.limits.memory {
            self.tree.stop(LimitHit::Memory(resident));
        }
        if self.tree.cpu() > self.limits.cpu {
            self.tree.stop(LimitHit::Cpu);
        }
    }
}
