//! Processes that nobody traces: found by descent and by session, killed, and reaped.
//!
//! memgrade is the sub-reaper of all that it starts: whoever loses its parent becomes its child, and can be found and
//! reaped here even where process 1 does not care, as in many containers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::tree::{Member, Tree};
use super::{procfs, sys};

/// How long the kill of leftovers may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_micros(500);
/// More descendants are not looked at.
const MOST: usize = 1 << 16;

/// Main processes of the runs in progress: children of ours that only their own run may reap.
static MAINS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// Access to [`MAINS`]. What a panicking thread left there are at worst processes that are spared.
fn mains() -> MutexGuard<'static, BTreeSet<i32>> {
    MAINS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held from before a fork until the child is registered, so that no other run takes it for an orphan in between.
#[derive(Debug)]
pub(super) struct Forking(MutexGuard<'static, BTreeSet<i32>>);

/// Announces a fork.
pub(super) fn forking() -> Forking {
    Forking(mains())
}

impl Forking {
    /// Registers the child.
    pub(super) fn register(mut self, pid: i32) -> Registered {
        self.0.insert(pid);
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
        if !mains.contains(&pid) {
            let _ = sys::reap_if_dead(pid);
        }
    }
}

/// Kills and reaps the orphans that a run has left to us: whoever escaped the tracing or was never traced. Gives how many
/// there were.
pub(super) fn sweep(session: i32) -> u32 {
    clear(|| of_ours(session))
}

/// Orphans of ours that belong to a session, or to one that they made for themselves. Children that memgrade started
/// otherwise are in its own session, and those of other traced runs are traced.
fn of_ours(session: i32) -> Vec<i32> {
    let me = std::process::id().cast_signed();
    let Some(own) = procfs::stat(me).map(|stat| stat.session) else {
        return Vec::new();
    };
    let mut found = procfs::children(me);
    // Asked after the listing: whoever was forked before it is registered now.
    let mains = mains().clone();
    found.retain(|pid| {
        let theirs = procfs::stat(*pid).map(|stat| stat.session);
        !mains.contains(pid)
            && (theirs == Some(session)
                || theirs.is_some_and(|theirs| theirs != own && !mains.contains(&theirs))
                    && procfs::tracer_of(*pid) == Some(0))
    });
    found
}

/// Kills what is left of a run that nobody traced: its group, its session, every descendant that was seen, and orphans of
/// ours. Its main process is dead, and not reaped yet, so that its number is still its own. Gives how many there were.
pub(super) fn clear_untraced(main: i32, seen: &BTreeMap<i32, Member>) -> u32 {
    let belongs = |pid: i32| {
        let stat = procfs::stat(pid)?;
        let known = seen
            .get(&pid)
            .is_some_and(|member| member.start == stat.start);
        // Zombies are their parents' to reap.
        (pid != main && stat.state != 'Z' && (stat.session == main || known)).then_some(pid)
    };
    clear(|| {
        let mut found: BTreeSet<i32> = procfs::everybody()
            .into_iter()
            .filter_map(belongs)
            .collect();
        found.extend(of_ours(main));
        found.into_iter().collect()
    })
}

/// Kills and reaps what `find` finds until it finds nothing. Gives how many were found first.
fn clear(find: impl Fn() -> Vec<i32>) -> u32 {
    let deadline = Instant::now() + PATIENCE;
    let mut first = None;
    loop {
        let found = find();
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

/// Brings the members of a run that nobody traces up to date, and gives the number of its processes and threads.
pub(super) fn refresh(tree: &Tree, main: i32) -> u32 {
    let mut queue = vec![main];
    let mut threads: u32 = 0;
    let mut found = BTreeMap::new();
    while let Some(pid) = queue.pop() {
        if found.len() >= MOST {
            break;
        }
        if let Some(stat) = procfs::stat(pid) {
            threads = threads.saturating_add(stat.threads);
            let member = Member {
                start: stat.start,
                ..Member::default()
            };
            if found.insert(pid, member).is_none() {
                queue.extend(procfs::children(pid));
            }
        }
    }
    let mut state = tree.lock();
    // Whoever was seen stays known: it may have lost its parent. A number that was given out again is another process.
    state
        .members
        .retain(|pid, member| procfs::stat(*pid).is_some_and(|stat| stat.start == member.start));
    state.members.extend(found);
    threads
}
