//! The call paths by which one line is reached, each with what was allocated on its behalf.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::heap::plus;
use super::{Amount, Site, SourceLine};

/// Most paths told of one line.
pub const TOLD: usize = 8;
/// Most callers told of one path: the innermost.
const CALLERS: usize = 16;
/// Paths of one line that are kept apart; what comes by still others is counted with the one that has these callers in
/// common.
const APART: usize = 4096;

/// What one line allocated on behalf of the same callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallPath {
    /// The callers of the site's line, innermost first, a recursion once; at most 16. Empty: not called by the learner's code.
    pub callers: Vec<SourceLine>,
    /// Ever allocated.
    pub total: Amount,
    /// Alive at the end.
    pub at_exit: Amount,
    /// Of that, lost, definitely or indirectly; `None` where the end could not be scanned.
    pub lost: Option<Amount>,
}

/// The paths of one line while they are counted.
#[derive(Debug, Default)]
pub(super) struct Paths {
    by_callers: BTreeMap<Vec<SourceLine>, CallPath>,
}

impl Paths {
    /// Counts a stack's site. `path` is the whole of it, the site's own line first.
    pub(super) fn add(&mut self, path: &[SourceLine], site: &Site) {
        let mut callers: Vec<SourceLine> = path.get(1..).unwrap_or_default().to_vec();
        // A recursion is one path, however deep it is: a function that calls itself is no caller of its own.
        let own = path.first();
        let itself = |caller: &SourceLine| {
            own.is_some_and(|own| {
                own == caller || (own.function.is_some() && own.function == caller.function)
            })
        };
        let outer = callers.iter().position(|caller| !itself(caller));
        callers.drain(..outer.unwrap_or(callers.len()));
        callers.dedup();
        callers.truncate(CALLERS);
        if self.by_callers.len() >= APART && !self.by_callers.contains_key(&callers) {
            callers.truncate(1);
        }
        let lost = site.definitely_lost.zip(site.indirectly_lost);
        let share = CallPath {
            callers: callers.clone(),
            total: site.total,
            at_exit: site.at_exit,
            lost: lost.map(|(definitely, indirectly)| plus(definitely, indirectly)),
        };
        self.by_callers
            .entry(callers)
            .and_modify(|known| {
                known.total = plus(known.total, share.total);
                known.at_exit = plus(known.at_exit, share.at_exit);
                known.lost = known.lost.zip(share.lost).map(|(a, b)| plus(a, b));
            })
            .or_insert(share);
    }

    /// The paths with most bytes at the end, then most in total, and how many are not among them. None if there is only one
    /// path: it is the site's own.
    pub(super) fn told(self) -> (Vec<CallPath>, u64) {
        if self.by_callers.len() < 2 {
            return (Vec::new(), 0);
        }
        let mut paths: Vec<CallPath> = self.by_callers.into_values().collect();
        // Stable: equal ones stay in the order of their lines.
        paths.sort_by_key(|path| std::cmp::Reverse((path.at_exit.bytes, path.total.bytes)));
        let more = paths.len().saturating_sub(TOLD);
        paths.truncate(TOLD);
        (paths, more as u64)
    }
}

/// How many callers all of a site's paths have in common, innermost first.
pub fn in_common(paths: &[CallPath]) -> usize {
    let Some((first, others)) = paths.split_first() else {
        return 0;
    };
    let shared = |other: &CallPath| {
        let pairs = first.callers.iter().zip(&other.callers);
        pairs.take_while(|(a, b)| a == b).count()
    };
    others.iter().map(shared).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: u32) -> SourceLine {
        SourceLine {
            file: "main.rs".to_owned(),
            line,
            column: None,
            function: (line >= 50).then(|| "deep".to_owned()),
        }
    }

    fn counted(stacks: &[(&[u32], u64)]) -> (Vec<CallPath>, u64) {
        let mut paths = Paths::default();
        for (lines, bytes) in stacks {
            let path: Vec<SourceLine> = lines.iter().map(|n| line(*n)).collect();
            let amount = Amount {
                bytes: *bytes,
                blocks: 1,
            };
            let json = serde_json::json!({
                "file": "main.rs", "line": lines[0], "function": null, "total": amount, "at_exit": amount,
                "definitely_lost": amount, "indirectly_lost": Amount::default(), "still_reachable": null
            });
            paths.add(&path, &serde_json::from_value(json).unwrap());
        }
        paths.told()
    }

    fn rows(paths: &[CallPath]) -> Vec<(Vec<u32>, u64, u64)> {
        let row = |path: &CallPath| {
            let callers = path.callers.iter().map(|caller| caller.line).collect();
            (callers, path.total.bytes, path.lost.unwrap().blocks)
        };
        paths.iter().map(row).collect()
    }

    #[test]
    fn stacks_with_the_same_callers_are_one_path() {
        let (paths, more) = counted(&[(&[5, 9], 10), (&[5, 7, 9], 30), (&[5, 9], 25), (&[5], 1)]);
        assert_eq!(
            rows(&paths),
            [(vec![9], 35, 2), (vec![7, 9], 30, 1), (vec![], 1, 1)]
        );
        assert_eq!(more, 0);
    }

    #[test]
    fn one_path_is_the_sites_own() {
        assert_eq!(counted(&[(&[5, 9], 10), (&[5, 9], 10)]), (Vec::new(), 0));
    }

    #[test]
    fn a_recursion_is_one_path_however_deep() {
        let (paths, _) = counted(&[
            (&[5, 5, 5, 9], 10),
            (&[5, 5, 9], 10),
            (&[5, 9], 10),
            (&[5, 8], 1),
        ]);
        assert_eq!(rows(&paths), [(vec![9], 30, 3), (vec![8], 1, 1)]);
        let (paths, _) = counted(&[(&[50, 51, 51, 9], 10), (&[50, 9], 10), (&[50, 8], 1)]);
        assert_eq!(rows(&paths), [(vec![9], 20, 2), (vec![8], 1, 1)]);
    }

    #[test]
    fn few_are_told_and_the_others_are_counted() {
        let stacks: Vec<[u32; 2]> = (2..).map(|i| [1, i]).take(APART + 50).collect();
        let stacks: Vec<(&[u32], u64)> = stacks.iter().map(|lines| (&lines[..], 8)).collect();
        let (paths, more) = counted(&stacks);
        assert_eq!(paths.len(), TOLD);
        assert_eq!(more, APART as u64 + 50 - TOLD as u64);
        let deep: Vec<u32> = (1..45).collect();
        let (paths, _) = counted(&[(&deep, 1), (&[1], 1)]);
        assert!(paths.iter().all(|path| path.callers.len() <= CALLERS));
    }

    #[test]
    fn what_all_paths_share_is_known() {
        let (paths, _) = counted(&[(&[5, 7, 8, 9], 10), (&[5, 7, 8, 20], 30), (&[5, 7, 30], 25)]);
        assert_eq!(in_common(&paths), 1);
        assert_eq!(in_common(&paths[..1]), 0);
        assert_eq!(in_common(&[]), 0);
    }
}
