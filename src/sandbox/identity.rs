//! Who a contained program is to the host: an ordinary user is itself; root gives the program a user that owns nothing.

use std::fs;

use super::own_root::INNER_ID;

/// A user and group that no system gives out: above the ones of people, below those of containers.
const NOBODY_ELSE: u32 = 60_001;

/// Who memgrade is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    user: u32,
    group: u32,
}

impl Identity {
    /// Of this process.
    pub(super) fn of_this_process() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
        }
    }

    /// Writes the maps of users and groups of a new user namespace, whose first process `pid` is. Says whether it worked.
    pub(super) fn map(self, pid: i32) -> bool {
        if self.user == 0 && self.map_to_nobody_else(pid) {
            return true;
        }
        // One who is not root may map nobody but himself, and only when groups can no longer be dropped.
        write(pid, "setgroups", "deny")
            && write(pid, "uid_map", &format!("{INNER_ID} {} 1\n", self.user))
            && write(pid, "gid_map", &format!("{INNER_ID} {} 1\n", self.group))
    }

    /// Root stays root while the root of the program is built, and the program becomes a user of no importance.
    fn map_to_nobody_else(self, pid: i32) -> bool {
        let map = |own: u32| format!("0 {own} 1\n{INNER_ID} {NOBODY_ELSE} 1\n");
        write(pid, "uid_map", &map(self.user)) && write(pid, "gid_map", &map(self.group))
    }
}

/// Writes a file of a process, in one piece as the kernel wants it.
fn write(pid: i32, name: &str, text: &str) -> bool {
    fs::write(format!("/proc/{pid}/{name}"), text).is_ok()
}
