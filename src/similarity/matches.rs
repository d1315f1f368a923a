//! Where two submissions are alike.

use std::collections::BTreeMap;

use super::winnow::{Fingerprints, Print};
use super::{Lines, Match};

/// Most matches of a pair.
const MAX_MATCHES: usize = 100;
/// Most places of one fingerprint that are tried.
const MAX_PLACES: usize = 16;
/// Matches with so few lines between them, on both sides, are one.
const GAP: u32 = 2;

/// The lines that are alike, the longest first; `counts` says which fingerprints count.
pub(super) fn matches(
    left: &Fingerprints,
    right: &Fingerprints,
    counts: impl Fn(u32) -> bool,
) -> Vec<Match> {
    let counted = |prints: &Fingerprints| -> Vec<Print> {
        let all = prints.prints.iter().copied();
        all.filter(|print| counts(print.hash)).collect()
    };
    let (left_prints, right_prints) = (counted(left), counted(right));
    let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, print) in right_prints.iter().enumerate() {
        places.entry(print.hash).or_default().push(at);
    }

    let mut spans: Vec<(Span, Span)> = Vec::new();
    let mut at = 0;
    while let Some(print) = left_prints.get(at) {
        let candidates = places.get(&print.hash).map_or(&[][..], Vec::as_slice);
        // Of several places the one where most follows; of equal ones the first.
        let best = candidates
            .iter()
            .take(MAX_PLACES)
            .map(|&place| (run(&left_prints[at..], &right_prints[place..]), place))
            .max_by_key(|&(length, place)| (length, std::cmp::Reverse(place)));
        let Some((length, place)) = best else {
            at += 1;
            continue;
        };
        let pair = (
            Span::of(&left_prints[at..at + length]),
            Span::of(&right_prints[place..place + length]),
        );
        match spans.last_mut() {
            Some(last) if last.0.reaches(pair.0) && last.1.reaches(pair.1) => {
                last.0.last = last.0.last.max(pair.0.last);
                last.1.last = last.1.last.max(pair.1.last);
            }
            _ => spans.push(pair),
        }
        at += length;
    }

    spans.sort_by_key(|&(left, right)| (std::cmp::Reverse(left.last - left.first), left, right));
    spans.truncate(MAX_MATCHES);
    spans
        .into_iter()
        .map(|(in_left, in_right)| Match {
            left: in_left.lines(left),
            right: in_right.lines(right),
        })
        .collect()
}

/// How many fingerprints from the first one on are the same, in one file each.
fn run(left: &[Print], right: &[Print]) -> usize {
    left.iter()
        .zip(right)
        .take_while(|(one, other)| {
            one.hash == other.hash && one.file == left[0].file && other.file == right[0].file
        })
        .count()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    file: u16,
    first: u32,
    last: u32,
}

impl Span {
    /// From the first of these fingerprints to the last.
    fn of(prints: &[Print]) -> Self {
        let first = prints[0];
        let end = |print: &Print| print.line.saturating_add(u32::from(print.more));
        Self {
            file: first.file,
            first: first.line,
            last: prints.iter().map(end).max().unwrap_or(first.line),
        }
    }

    /// Whether the next one begins within this one or shortly after it.
    fn reaches(self, next: Self) -> bool {
        self.file == next.file
            && self.first <= next.first
            && next.first <= self.last.saturating_add(GAP + 1)
    }

    fn lines(self, of: &Fingerprints) -> Lines {
        let file = of.files.get(usize::from(self.file));
        Lines {
            file: file.cloned().unwrap_or_default(),
            first: self.first,
            last: self.last,
        }
    }
}
