//! What each line of the learner's code had allocated, and what of it was alive, at some of the printed lines.

use std::collections::BTreeSet;

use crate::observe::{Amount, Observation, Site};

use super::figures::held;
use super::marks::Span;

/// A run with no more marks than this has all of them among the moments.
const ALL_KEPT: usize = 32;

/// The printed lines at which sites were looked at.
#[derive(Debug)]
pub(super) struct Moments {
    lines: BTreeSet<u64>,
}

impl Moments {
    pub(super) fn of(run: &Observation) -> Self {
        let sites = run.heap.iter().flat_map(|heap| &heap.sites);
        let moments = sites.flat_map(|site| &site.moments);
        let mut lines: BTreeSet<u64> = moments.map(|moment| moment.number).collect();
        let marks = || run.timeline.iter().filter_map(|point| point.number);
        if !lines.is_empty() && marks().count() <= ALL_KEPT {
            lines.extend(marks());
        }
        Self { lines }
    }

    /// Ever allocated, and alive, when line `number` was printed. A site's moments begin when it first allocates: until
    /// then it had nothing.
    fn at(&self, site: &Site, number: u64) -> Option<(Amount, Amount)> {
        let moment = site.moments.iter().find(|moment| moment.number == number);
        if let Some(moment) = moment {
            return Some((moment.total, moment.live));
        }
        let later = site.moments.iter().all(|moment| moment.number > number);
        (later && self.lines.contains(&number)).then_some((Amount::default(), Amount::default()))
    }

    /// Bytes alive at each kept line from `first` to `last`.
    fn live(&self, site: &Site, first: u64, last: u64) -> Vec<u64> {
        if first > last {
            return Vec::new();
        }
        let lines = self.lines.range(first..=last);
        lines
            .filter_map(|number| self.at(site, *number))
            .map(|(_, live)| live.bytes)
            .collect()
    }

    /// Between how many and how many bytes a site held from line `first` to line `last`.
    pub(super) fn range(&self, site: &Site, first: u64, last: u64) -> Option<(u64, u64)> {
        let live = self.live(site, first, last);
        Some((*live.iter().min()?, *live.iter().max()?))
    }

    /// By how many bytes what a site holds grew from line `first` to line `last`, by the nearest moments within them;
    /// what it held at most where there are none.
    pub(super) fn growth(&self, site: &Site, first: u64, last: u64) -> u64 {
        match self.live(site, first, last).as_slice() {
            [first, .., last] => last.saturating_sub(*first),
            _ => held(site).bytes,
        }
    }

    /// The most bytes that were alive at any line of a phase; at any time where no moment of it was kept.
    pub(super) fn held_within(&self, site: &Site, span: &Span<'_>) -> u64 {
        let first = span.from.map_or(0, |at| at.number);
        let last = span.to.map_or(u64::MAX, |at| at.number);
        let whole = span.from.is_none() && span.to.is_none();
        match self.range(site, first, last) {
            Some((_, most)) if !whole => most,
            _ => held(site).bytes,
        }
    }

    /// What a site allocated within a phase; `None` where its figures at the ends of the phase were not kept.
    pub(super) fn allocated(&self, site: &Site, span: &Span<'_>) -> Option<Amount> {
        let at = |number| self.at(site, number).map(|(total, _)| total);
        let first = match &span.from {
            None => Amount::default(),
            Some(from) => at(from.number)?,
        };
        let last = match &span.to {
            None => site.total,
            Some(to) => at(to.number)?,
        };
        Some(Amount {
            bytes: last.bytes.saturating_sub(first.bytes),
            blocks: last.blocks.saturating_sub(first.blocks),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::spec::Phase;
    use crate::judge::marks::Marks;
    use crate::judge::testing::{amount, line, run, site};
    use crate::observe::Moment;

    /// A site in line `number`, alive at the lines from `first` on.
    fn grown(number: u32, first: u64, lives: &[u64]) -> Site {
        let mut site = site(number, lives.last().copied().unwrap_or(0), 0);
        site.moments = (first..)
            .zip(lives)
            .map(|(number, live)| Moment {
                number,
                total: amount(*live, *live),
                live: amount(*live, *live),
            })
            .collect();
        site
    }

    fn observed(sites: &[Site]) -> Observation {
        let run = run().mark("a", 0).mark("b", 0).mark("c", 0);
        sites
            .iter()
            .fold(run, |run, site| run.site(site.clone()))
            .build()
    }

    fn span<'a>(run: &'a Observation, from: &str, to: &str) -> Span<'a> {
        let phase = Phase {
            from: Some(line(from)),
            to: Some(line(to)),
        };
        Marks::new(run).span(Some(&phase)).unwrap()
    }

    #[test]
    fn a_site_that_grew_is_told_from_one_that_is_large() {
        let large = grown(3, 1, &[900, 900, 900]);
        let small = grown(4, 1, &[100, 200, 300]);
        let run = observed(&[large.clone(), small.clone()]);
        let moments = Moments::of(&run);
        assert_eq!(moments.growth(&large, 1, 3), 0);
        assert_eq!(moments.growth(&small, 1, 3), 200);
        assert_eq!(moments.range(&small, 2, 3), Some((200, 300)));
        assert_eq!(moments.range(&small, 4, 9), None);
        let phase = span(&run, "b", "c");
        assert_eq!(moments.allocated(&small, &phase), Some(amount(100, 100)));
        assert_eq!(moments.held_within(&small, &span(&run, "a", "b")), 200);
        assert_eq!(moments.held_within(&small, &Span::default()), 0);
    }

    #[test]
    fn before_its_first_moment_a_site_had_nothing() {
        let late = grown(4, 2, &[200, 300]);
        let run = observed(std::slice::from_ref(&late));
        let moments = Moments::of(&run);
        assert_eq!(moments.growth(&late, 1, 2), 200);
        assert_eq!(moments.range(&late, 1, 3), Some((0, 300)));
        let phase = span(&run, "a", "b");
        assert_eq!(moments.allocated(&late, &phase), Some(amount(200, 200)));
    }

    #[test]
    fn without_moments_the_whole_run_counts() {
        let plain = site(5, 70, 7);
        let run = observed(std::slice::from_ref(&plain));
        let moments = Moments::of(&run);
        let phase = span(&run, "b", "c");
        assert_eq!(moments.growth(&plain, 1, 3), 7);
        assert_eq!(moments.held_within(&plain, &phase), 7);
        assert_eq!(moments.allocated(&plain, &phase), None);
        assert_eq!(moments.range(&plain, 1, 3), None);
    }
}
