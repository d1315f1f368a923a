//! Processes that nobody traces: found by the mark of their run, killed, and reaped.
//!
//! memgrade is the sub-reaper of all that it starts: whoever loses its parent becomes its child, and can be found and
//! reaped here even where process 1 does not care, as in many containers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::confine::Mark;
use super::tree::{Member, Tree};
use super::{procfs, sys};

/// How long the kill of leftovers may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_micros(500);

/// Main processes of the runs in progress, and their marks: children of ours that only their own run may reap.
static MAINS: Mutex<BTreeMap<i32, Mark>> = Mutex::new(BTreeMap::new());

/// Access to [`MAINS`]. What a panicking thread left there are at worst processes that are spared.
fn mains() -> MutexGuard<'static, BTreeMap<i32, Mark>> {
    MAINS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held from before a fork until the child is registered, so that no other run takes it for an orphan in between.
#[derive(Debug)]
pub(super) struct Forking(MutexGuard<'static, BTreeMap<i32, Mark>>);

/// Announces a fork.
pub(super) fn forking() -> Forking {
    Forking(mains())
}

impl Forking {
    /// Registers the child.
    pub(super) fn register(mut self, pid: i32, mark: Mark) -> Registered {
        self.0.insert(pid, mark);
        Registered(pid)
    }
}

/// Keeps a main process from being taken for an orphan as long as this lives.
#[derive(Debug)]
pub(super) struct Registered(i32);

impl Drop for Registered {
    fn drop(&mut self) {
        mains().remove(&self.0);
    }
}

/// Makes orphans ours, once.
pub(super) fn adopt() {
    static ONCE: Once = Once::new();
    ONCE.call_once(sys::become_subreaper);
}

/// Reaps those of `dead` that have become our children.
pub(super) fn reap(dead: impl IntoIterator<Item = i32>) {
    let mains = mains();
    for pid in dead {
        if !mains.contains_key(&pid) {
            let _ = sys::reap_if_dead(pid);
        }
    }
}

/// Kills and reaps what is left of a run, except for its main process: whoever escaped the tracing or was never traced.
/// Gives how many there were.
pub(super) fn clear(main: i32, mark: Mark) -> u32 {
    let me = std::process::id().cast_signed();
    let deadline = Instant::now() + PATIENCE;
    let mut first = None;
    loop {
        let mut found: BTreeSet<i32> = marked(mark)
            .into_iter()
            .filter(|pid| *pid != main)
            .collect();
        // Zombies are their parents' to reap.
        found.retain(|pid| {
            procfs::stat(*pid).is_some_and(|stat| stat.state != 'Z' || stat.parent == me)
        });
        found.extend(nobodys(main));
        let count = *first.get_or_insert(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if found.is_empty() || Instant::now() > deadline {
            return count;
        }
        for &pid in &found {
            sys::kill(pid, libc::SIGKILL);
        }
        thread::sleep(PAUSE);
        reap(found);
    }
}

/// Processes that carry a mark.
fn marked(mark: Mark) -> Vec<i32> {
    let mut all = procfs::everybody();
    all.retain(|pid| mark_of(*pid) == Some(mark));
    all
}

/// The mark that a process carries, or a limit of its own that is none.
fn mark_of(pid: i32) -> Option<Mark> {
    sys::soft_limit(pid, Mark::RESOURCE).map(Mark)
}

/// Orphans of ours that hide their mark: children that we have not started, as they are not in our session, that nobody
/// traces and that carry no other run's mark.
fn nobodys(session: i32) -> Vec<i32> {
    let me = std::process::id().cast_signed();
    let Some(own) = procfs::stat(me).map(|stat| stat.session) else {
        return Vec::new();
    };
    let mut found = procfs::children(me);
    // Asked after the listing: whoever was forked before it is registered now.
    let mains = mains().clone();
    let of_another =
        |pid: i32| mark_of(pid).is_some_and(|mark| mains.values().any(|other| *other == mark));
    found.retain(|&pid| {
        let Some(theirs) = procfs::stat(pid).map(|stat| stat.session) else {
            return false;
        };
        let known = mains.contains_key(&pid) || theirs == own || of_another(pid);
        !known && (theirs == session || procfs::tracer_of(pid) == Some(0))
    });
    found
}

/// Brings the members of a run that nobody traces up to date, and gives the number of its processes and threads.
pub(super) fn refresh(tree: &Tree, mark: Mark) -> u32 {
    let found = marked(mark);
    let threads = found
        .iter()
        .filter_map(|pid| procfs::stat(*pid))
        .map(|stat| stat.threads)
        .sum();
    tree.lock().members = found
        .into_iter()
        .map(|pid| (pid, Member::default()))
        .collect();
    threads
}
