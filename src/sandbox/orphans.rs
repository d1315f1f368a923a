//! Processes that nobody traces: found by descent and by session, killed, and reaped.
//!
//! memgrade is the sub-reaper of all that it starts: whoever loses its parent becomes its child, and can be found and
//! reaped here even where process 1 does not care, as in many containers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};
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

/// Keeps a main process from being taken for an orphan as long as this lives.
#[derive(Debug)]
pub(super) struct Registered(i32);

impl Registered {
    /// Registers the main process of a run.
    pub(super) fn new(pid: i32) -> Self {
        MAINS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(pid);
        Self(pid)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        MAINS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.0);
    }
}

/// Makes orphans ours, once.
pub(super) fn adopt() {
    static ONCE: Once = Once::new();
    ONCE.call_once(sys::become_subreaper);
}

/// Reaps those of `dead` that have become our children.
pub(super) fn reap(dead: impl IntoIterator<Item = i32>) {
    let mains = MAINS.lock().unwrap_or_else(PoisonError::into_inner);
    for pid in dead {
        if !mains.contains(&pid) {
            let _ = sys::reap_if_dead(pid);
        }
    }
}

/// Kills and reaps orphans of ours that belong to a session. That finds whoever escaped the tracing, unless it also left
/// its session. Gives how many there were.
pub(super) fn sweep(session: i32) -> u32 {
    let me = std::process::id().cast_signed();
    clear(|| {
        let mains = MAINS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ours = procfs::children(me)
            .into_iter()
            .filter(|pid| !mains.contains(pid));
        ours.filter(|pid| procfs::stat(*pid).is_some_and(|stat| stat.session == session))
            .collect()
    })
}

/// Kills what is left of a run that nobody traced: its group, its session, and every descendant that was seen. Its main
/// process is dead, and not reaped yet, so that its number is still its own. Gives how many there were.
pub(super) fn clear_untraced(main: i32, seen: &BTreeMap<i32, Member>) -> u32 {
    sys::kill_group(main, libc::SIGKILL);
    let belongs = |pid: i32| {
        let stat = procfs::stat(pid)?;
        let known = seen
            .get(&pid)
            .is_some_and(|member| member.start == stat.start);
        (pid != main && (stat.session == main || known)).then_some(stat)
    };
    clear(|| {
        let me = std::process::id().cast_signed();
        let all = procfs::everybody().into_iter();
        let found = all.filter_map(|pid| Some((pid, belongs(pid)?)));
        // Zombies of other parents are theirs to reap.
        found
            .filter(|(_, stat)| stat.state != 'Z' || stat.parent == me)
            .map(|(pid, _)| pid)
            .collect()
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
