//! A control group for each run, where this process may make some: the kernel then counts the memory of the whole tree, wherever it
//! hides, holds the number of processes, and ends all of them at once.
//!
//! Only version 2 is used, and only a part of the tree that was given to us: the group that memgrade itself is in, if it is alone there
//! or the controllers are handed on to its children already (`systemd-run --user --scope -p Delegate=yes memgrade …` gives such a
//! one). memgrade moves into a group `self` beside those of its runs, as a group that hands on controllers may hold no processes.
//! <https://docs.kernel.org/admin-guide/cgroup-v2.html>

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;
use crate::observe::ControlGroup;

/// Groups of memgrade's begin with this; what follows is the number of the process that made them.
const PREFIX: &str = "memgrade-";
/// What must be counted and limited.
const CONTROLLERS: &str = "+memory +pids";
/// How long the end of all processes of a run may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_micros(200);
/// Memory that a run may have beside what its limit is about: page tables, kernel stacks, the probe's recording, the pages of the
/// libraries that it is the first to touch. The limit itself is judged by resident memory, as on machines without control groups;
/// this one is for what does not show there.
const BESIDE: u64 = 128 << 20;

/// Where the groups of the runs of this process are made.
#[derive(Debug)]
struct Nursery(PathBuf);

/// The group of one run. It is ended and removed when this is dropped.
#[derive(Debug)]
pub(super) struct Group(PathBuf);

/// Whether runs get control groups on this machine.
pub(super) fn available() -> bool {
    nursery().is_some()
}

/// Where the groups of the runs are.
#[cfg(test)]
pub(super) fn place() -> Option<&'static Path> {
    nursery().map(|Nursery(place)| place.as_path())
}

/// The place for groups, found once.
fn nursery() -> Option<&'static Nursery> {
    static FOUND: OnceLock<Option<Nursery>> = OnceLock::new();
    FOUND.get_or_init(|| Nursery::found(&own_group()?)).as_ref()
}

/// The folder of the group that this process is in.
fn own_group() -> Option<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    folder_of(&groups, &mounts)
}

/// The same from what the kernel says of groups and of mounts.
fn folder_of(groups: &str, mounts: &str) -> Option<PathBuf> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounts.lines().find_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        if kind.split(' ').next()? != "cgroup2" {
            return None;
        }
        let mut fields = mount.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        let below = Path::new(own).strip_prefix(root).ok()?;
        // Spaces and the like are written as octal numbers; nobody mounts control groups there.
        (!point.contains('\\')).then(|| Path::new(point).join(below))
    })
}

impl Nursery {
    /// Makes the place below a group, if that was given to us.
    fn found(group: &Path) -> Option<Self> {
        let has = |file: &str| {
            let words = fs::read_to_string(group.join(file)).unwrap_or_default();
            ["memory", "pids"]
                .iter()
                .all(|name| words.split_whitespace().any(|word| word == *name))
        };
        if !has("cgroup.controllers") {
            return None;
        }
        // The root of the whole tree, which alone has no such file, belongs to the machine: nothing there is switched on for us.
        let root = !group.join("cgroup.events").exists();
        if root && !has("cgroup.subtree_control") {
            return None;
        }
        clear_abandoned(group);
        let place = group.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&place).ok()?;
        let made = || {
            if !has("cgroup.subtree_control") {
                let own = place.join("self");
                fs::create_dir(&own)?;
                fs::write(own.join("cgroup.procs"), "0")?;
                fs::write(group.join("cgroup.subtree_control"), CONTROLLERS)?;
            }
            fs::write(place.join("cgroup.subtree_control"), CONTROLLERS)
        };
        if made().is_err() {
            // Others are in this group: it stays as it was.
            let _ = fs::write(group.join("cgroup.procs"), "0");
            let _ = fs::remove_dir(place.join("self"));
            let _ = fs::remove_dir(&place);
            return None;
        }
        Some(Self(place))
    }
}

/// Removes the groups of memgrades that are gone. A group with a process in it cannot be removed, so nothing that is in use is lost.
pub(super) fn clear_abandoned(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            for inner in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(inner.path());
            }
            let _ = fs::remove_dir(entry.path());
        }
    }
}

impl Group {
    /// A group for a run with these limits, where one can be made.
    pub(super) fn new(limits: &Limits, processes: u64, scratch: u64) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Nursery(place) = nursery()?;
        let name = format!("run-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let group = Self(place.join(name));
        fs::create_dir(&group.0).ok()?;
        let memory = limits.memory.saturating_add(scratch).saturating_add(BESIDE);
        let set = |file: &str, value: &str| fs::write(group.0.join(file), value);
        let limited = || {
            set("memory.max", &memory.to_string())?;
            // Half a tree that is left is worth nothing.
            set("memory.oom.group", "1")?;
            set("pids.max", &processes.to_string())
        };
        limited().ok()?;
        // A system without swap has no such file.
        let _ = set("memory.swap.max", "0");
        Some(group)
    }

    /// Takes a process in, and all that it will start.
    pub(super) fn admit(&self, pid: i32) -> io::Result<()> {
        fs::write(self.0.join("cgroup.procs"), pid.to_string())
    }

    /// Ends everything in it, and gives what was counted.
    pub(super) fn end(&self) -> ControlGroup {
        self.clear();
        let read = |file: &str| fs::read_to_string(self.0.join(file)).unwrap_or_default();
        ControlGroup {
            // Since Linux 5.19.
            peak_bytes: read("memory.peak").trim().parse().ok(),
            out_of_memory: count_of(&read("memory.events"), "oom_kill") > 0,
        }
    }

    /// Kills all that is left and waits until it is gone.
    fn clear(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.is_populated() && Instant::now() < deadline {
            // Since Linux 5.14; before, whoever is in it is killed in the other ways.
            let _ = fs::write(self.0.join("cgroup.kill"), "1");
            thread::sleep(PAUSE);
        }
    }

    fn is_populated(&self) -> bool {
        fs::read_to_string(self.0.join("cgroup.events"))
            .is_ok_and(|events| count_of(&events, "populated") > 0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.clear();
        // One that is still in use then is removed by the next memgrade.
        let _ = fs::remove_dir(&self.0);
    }
}

/// A number of a file of `NAME NUMBER` lines; 0 if it is not there.
fn count_of(text: &str, name: &str) -> u64 {
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let mut found = lines.filter(|(own, _)| *own == name);
    found
        .next()
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_group_is_found_from_what_the_kernel_says() {
        let mounts = "29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n\
                      30 23 0:27 / /proc rw - proc proc rw\n";
        let find = |groups| folder_of(groups, mounts);
        assert_eq!(
            find("0::/user.slice/a.scope\n"),
            Some("/sys/fs/cgroup/user.slice/a.scope".into())
        );
        assert_eq!(find("0::/\n"), Some("/sys/fs/cgroup/".into()));
        // Version 1 only.
        assert_eq!(find("4:memory:/x\n"), None);
        // The mount shows a part of the tree in which this process is not.
        let part = "29 23 0:26 /other /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        assert_eq!(folder_of("0::/user.slice\n", part), None);
        assert_eq!(
            folder_of("0::/other/a\n", part),
            Some("/sys/fs/cgroup/a".into())
        );
    }

    #[test]
    fn counts_are_read_by_their_names() {
        let events = "low 0\nmax 12\noom 3\noom_kill 2\n";
        assert_eq!(count_of(events, "oom_kill"), 2);
        assert_eq!(count_of(events, "oom"), 3);
        assert_eq!(count_of(events, "oom_group_kill"), 0);
    }

    #[test]
    fn a_folder_that_is_no_group_gives_no_place() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Nursery::found(folder.path()).is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
