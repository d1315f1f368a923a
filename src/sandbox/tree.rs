//! What the tracing thread and the thread that serves the pipes both know about a run.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::confine::Mark;
use super::{LimitHit, procfs, sys};

/// A process of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Member {
    /// It was started by vfork and has not become a program of its own yet: its memory is its parent's.
    pub(super) borrows_memory: bool,
    /// It has become a program of its own since it was started.
    pub(super) own_program: bool,
}

/// The tree as it is now.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The main process, while it may be killed: from its start until its end has begun or it is reaped. A number that
    /// is not here is never signaled, as it may be somebody else's by now.
    pub(super) main: Option<i32>,
    /// When the program was let go.
    pub(super) started: Option<Instant>,
    /// When the main process had come to its end. What happens after it is ours and costs the program nothing.
    pub(super) ending: Option<Instant>,
    /// Processes alive, by id.
    pub(super) members: BTreeMap<i32, Member>,
    /// CPU time of processes that are no longer members.
    pub(super) dead_cpu: Duration,
    /// The mark of a run that nobody traces and that has begun: its processes have to be looked for.
    pub(super) untraced: Option<Mark>,
    /// Why the run is being ended, if we end it: the first reason counts.
    pub(super) limit: Option<LimitHit>,
}

/// The tree, shared.
#[derive(Debug, Default)]
pub(super) struct Tree(Mutex<State>);

impl Tree {
    /// Access. A thread that panicked leaves only counts behind, so its poison is no reason to give up the kill.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run because of `limit`, unless it is ending already. The main process is killed at once; the tracing
    /// thread hears of that and kills the rest.
    pub(super) fn stop(&self, limit: LimitHit) {
        let mut state = self.lock();
        if state.limit.is_some() || state.ending.is_some() {
            return;
        }
        state.limit = Some(limit);
        if let Some(main) = state.main {
            sys::kill(main, libc::SIGKILL);
        }
    }

    /// CPU time of the whole tree so far.
    pub(super) fn cpu(&self) -> Duration {
        let state = self.lock();
        let alive: Duration = state
            .members
            .keys()
            .filter_map(|pid| sys::cpu_time(*pid))
            .sum();
        state.dead_cpu + alive
    }

    /// Resident bytes of the whole tree. Where that is over `limit` and there are several processes, pages that they
    /// share are counted once, which takes longer to find out.
    pub(super) fn resident(&self, limit: u64) -> u64 {
        let own: Vec<i32> = {
            let state = self.lock();
            let members = state.members.iter();
            members
                .filter(|(_, member)| !member.borrows_memory)
                .map(|(pid, _)| *pid)
                .collect()
        };
        let sum = own.iter().filter_map(|pid| procfs::resident(*pid)).sum();
        if sum <= limit || own.len() < 2 {
            return sum;
        }
        let shares: Option<u64> = own.iter().map(|pid| procfs::proportional(*pid)).sum();
        shares.map_or(sum, |shares| shares.min(sum))
    }
}
