//! Defenses that a test can switch off one at a time, to prove that an attack would reach what it is after without that one.
//! `tests/it/attacks` does so.
//!
//! Only a build with debug assertions listens, so no program that people install has such a switch; and whatever is switched off
//! stands in every result among what its containment lacks.

use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The variable that names what is off: names with spaces between them.
#[cfg(debug_assertions)]
const VARIABLE: &str = "MEMGRADE_WITHOUT";

/// One defense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defense {
    /// The host's files are not seen: a root of its own, or Landlock's rules.
    Files,
    /// Nobody can be reached: a network of its own, or no sockets.
    Network,
    /// Other processes of the same user cannot be signaled, slowed down or limited.
    Signals,
    /// The kernel's wider interface is shut.
    Calls,
    /// Capabilities, and at `full` the user, are given up.
    Privileges,
    /// The environment holds nothing of memgrade's.
    Environment,
    /// Descriptors that memgrade has open are closed.
    Descriptors,
    /// The program's own /proc is read-only.
    Proc,
    /// Process 1, which is a copy of memgrade, cannot be looked into.
    Init,
    /// The scratch has a limited size and number of files.
    Scratch,
    /// What is left of a run is killed.
    Reaping,
    /// A file may only grow so large.
    FileSize,
    /// Nothing of a submission is read through a link.
    Links,
}

impl Defense {
    /// All, with the names that the variable uses and what is said of one that is off.
    const ALL: [(Self, &'static str); 13] = [
        (Self::Files, "files"),
        (Self::Network, "network"),
        (Self::Signals, "signals"),
        (Self::Calls, "calls"),
        (Self::Privileges, "privileges"),
        (Self::Environment, "environment"),
        (Self::Descriptors, "descriptors"),
        (Self::Proc, "proc"),
        (Self::Init, "init"),
        (Self::Scratch, "scratch"),
        (Self::Reaping, "reaping"),
        (Self::FileSize, "file-size"),
        (Self::Links, "links"),
    ];

    /// Whether it is on.
    pub(crate) fn is_on(self) -> bool {
        !off().contains(&self)
    }

    /// What is said in results of those that are off.
    pub(crate) fn told() -> impl Iterator<Item = String> {
        let named = Self::ALL.iter().filter(|(defense, _)| !defense.is_on());
        named.map(|(_, name)| format!("the defense `{name}`, which is switched off for a test"))
    }
}

/// Those that are off.
fn off() -> &'static BTreeSet<Defense> {
    static OFF: OnceLock<BTreeSet<Defense>> = OnceLock::new();
    OFF.get_or_init(|| named(&asked()))
}

/// What the environment asks for.
#[cfg(debug_assertions)]
fn asked() -> String {
    std::env::var(VARIABLE).unwrap_or_default()
}

/// Nobody can ask.
#[cfg(not(debug_assertions))]
fn asked() -> String {
    String::new()
}

/// The defenses with these names; another name is none.
fn named(names: &str) -> BTreeSet<Defense> {
    let known = |name: &str| Defense::ALL.iter().find(|(_, known)| *known == name);
    names
        .split_whitespace()
        .filter_map(known)
        .map(|(defense, _)| *defense)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_off() {
        assert!(named("").is_empty());
        let two = BTreeSet::from([Defense::Files, Defense::FileSize]);
        assert_eq!(named(" files  file-size filed"), two);
        let names: BTreeSet<_> = Defense::ALL.iter().map(|(_, name)| name).collect();
        assert_eq!(names.len(), Defense::ALL.len());
    }

    #[test]
    fn without_the_variable_all_are_on() {
        assert!(Defense::ALL.iter().all(|(defense, _)| defense.is_on()));
        assert_eq!(Defense::told().count(), 0);
    }
}
