//! All submissions of one exercise by their fingerprints.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::matches::matches;
use super::winnow::{Fingerprints, VERSION};
use super::{Found, FoundSide, Settings};

/// Of many submissions with the same fingerprints each is paired with at most so many of the others.
const MAX_PARTNERS: usize = 12;

/// The submissions of one exercise.
#[derive(Debug)]
pub struct Index {
    exercise: String,
    /// Sorted.
    ignored: Vec<u32>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    student: String,
    archive: Option<String>,
    group: Option<String>,
    /// Without the ignored ones.
    prints: Fingerprints,
}

/// Submissions that have the same set of fingerprints.
struct Class {
    /// Different ones, sorted; empty once there are postings.
    hashes: Vec<u32>,
    /// Which postings name this class, sorted.
    places: Vec<u32>,
    /// Larger ones may be missing.
    up_to: u32,
    /// Those of this class first.
    entries: Vec<u32>,
}

/// A pair that is reported if there are not too many better ones.
struct Candidate {
    left: u32,
    right: u32,
    shared: u32,
    left_percent: u8,
    right_percent: u8,
    /// Every fingerprint counts, because they have the same ones.
    identical: bool,
}

impl Index {
    /// An empty one. What `ignore` has (the starter, code that was given, code from the lecture) is no sign of anything.
    pub fn new(exercise: &str, ignore: &[Fingerprints]) -> Self {
        let mut ignored: Vec<u32> = ignore
            .iter()
            .flat_map(|prints| prints.prints.iter().map(|print| print.hash))
            .collect();
        ignored.sort_unstable();
        ignored.dedup();
        Self {
            exercise: exercise.to_owned(),
            ignored,
            entries: Vec::new(),
        }
    }

    /// Adds one submission; `archive` says from which earlier year it is. Members of a `group` are no pair, and neither are two
    /// submissions of one student or two of earlier years. Fingerprints of another [`VERSION`] are as good as none.
    pub fn add(
        &mut self,
        student: &str,
        archive: Option<&str>,
        group: Option<&str>,
        mut prints: Fingerprints,
    ) {
        if prints.version != VERSION {
            return;
        }
        let ignored = &self.ignored;
        prints
            .prints
            .retain(|print| ignored.binary_search(&print.hash).is_err());
        prints.prints.shrink_to_fit();
        self.entries.push(Entry {
            student: student.to_owned(),
            archive: archive.map(str::to_owned),
            group: group.map(str::to_owned),
            prints,
        });
    }

    /// The pairs that share much, the most alike first; the same ones in whatever order the submissions were added.
    pub fn pairs(&self, settings: &Settings) -> Vec<Found> {
        let mut classes = self.classes();
        let mut best = Best::new(self, settings.pairs);
        self.identical(&classes, settings, &mut best);

        let mut postings = postings(&classes);
        let common = common(&classes, &postings, settings.common(self.entries.len()));
        let counts = |hash: u32| common.binary_search(&hash).is_err();
        postings.retain(|&(hash, _)| counts(hash));
        for class in &mut classes {
            class.places.reserve_exact(class.hashes.len());
            class.hashes = Vec::new();
        }
        for (&(_, class), at) in postings.iter().zip(0..) {
            classes[class as usize].places.push(at);
        }
        self.similar(&classes, &postings, settings, &mut best);
        best.finish()
            .into_iter()
            .map(|candidate| self.found(&candidate, &common))
            .collect()
    }

    /// Submissions by their sets of fingerprints, those with one of this class first.
    fn classes(&self) -> Vec<Class> {
        let mut order: Vec<u32> = (0..).take(self.entries.len()).collect();
        let key = |entry: &Entry| (entry.archive.clone(), entry.student.clone());
        order.sort_by_cached_key(|&at| key(self.entry(at)));
        let mut by_hashes: BTreeMap<(Vec<u32>, u32), Vec<u32>> = BTreeMap::new();
        for at in order {
            let prints = &self.entry(at).prints;
            let mut hashes: Vec<u32> = prints.prints.iter().map(|print| print.hash).collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.shrink_to_fit();
            if !hashes.is_empty() {
                let key = (hashes, prints.up_to);
                by_hashes.entry(key).or_default().push(at);
            }
        }
        let mut classes: Vec<Class> = by_hashes
            .into_iter()
            .map(|((hashes, up_to), entries)| Class {
                hashes,
                places: Vec::new(),
                up_to,
                entries,
            })
            .collect();
        classes.sort_by_key(|class| !self.is_of_this_class(class));
        classes
    }

    fn is_of_this_class(&self, class: &Class) -> bool {
        class
            .entries
            .first()
            .is_some_and(|&at| self.entry(at).archive.is_none())
    }

    /// The same fingerprints are reported even when so many have them that they are common.
    fn identical(&self, classes: &[Class], settings: &Settings, best: &mut Best<'_>) {
        for class in classes {
            let shared = u32::try_from(class.hashes.len()).unwrap_or(u32::MAX);
            if shared < settings.shared {
                continue;
            }
            for (at, &left) in class.entries.iter().enumerate() {
                if self.entry(left).archive.is_some() {
                    break;
                }
                let others = class.entries[at + 1..].iter().copied();
                let partners = others.filter(|&right| self.may_pair(left, right));
                for right in partners.take(MAX_PARTNERS) {
                    best.add(Candidate {
                        left,
                        right,
                        shared,
                        left_percent: 100,
                        right_percent: 100,
                        identical: true,
                    });
                }
            }
        }
    }

    /// Pairs of different sets of fingerprints, counted through the lists of who has each fingerprint.
    fn similar(
        &self,
        classes: &[Class],
        postings: &[(u32, u32)],
        settings: &Settings,
        best: &mut Best<'_>,
    ) {
        let mut shared = vec![0_u32; classes.len()];
        let mut touched: Vec<u32> = Vec::new();
        for left in classes {
            if !self.is_of_this_class(left) {
                break;
            }
            for &at in &left.places {
                // Only those after it: the others have looked at it.
                let at = at as usize;
                let others = postings[at + 1..].iter();
                for &(_, other) in others.take_while(|(hash, _)| *hash == postings[at].0) {
                    if shared[other as usize] == 0 {
                        touched.push(other);
                    }
                    shared[other as usize] += 1;
                }
            }
            for other in touched.drain(..) {
                let both = std::mem::take(&mut shared[other as usize]);
                let right = &classes[other as usize];
                let up_to = left.up_to.min(right.up_to);
                let left_percent = percent(both, left.count(up_to, postings));
                let right_percent = percent(both, right.count(up_to, postings));
                if both < settings.shared || left_percent.max(right_percent) < settings.percent {
                    continue;
                }
                self.expand(left, right, |one, another| {
                    best.add(Candidate {
                        left: one,
                        right: another,
                        shared: both,
                        left_percent,
                        right_percent,
                        identical: false,
                    });
                });
            }
        }
    }

    /// The pairs of one submission each of two classes; the first one is of this year.
    fn expand(&self, left: &Class, right: &Class, mut pair: impl FnMut(u32, u32)) {
        for &one in &left.entries {
            let others = right.entries.iter().copied();
            let partners = others.filter(|&other| self.may_pair(one, other));
            for other in partners.take(MAX_PARTNERS) {
                pair(one, other);
            }
        }
    }

    fn may_pair(&self, one: u32, other: u32) -> bool {
        let (one, other) = (self.entry(one), self.entry(other));
        let both_archived = one.archive.is_some() && other.archive.is_some();
        let one_group =
            one.group.is_some() && (&one.group, &one.archive) == (&other.group, &other.archive);
        !both_archived && !one_group && one.student != other.student
    }

    fn found(&self, candidate: &Candidate, common: &[u32]) -> Found {
        let side = |at, percent| {
            let entry = self.entry(at);
            FoundSide {
                student: entry.student.clone(),
                archive: entry.archive.clone(),
                percent,
            }
        };
        let (left, right) = (self.entry(candidate.left), self.entry(candidate.right));
        let up_to = left.prints.up_to.min(right.prints.up_to);
        Found {
            exercise: self.exercise.clone(),
            left: side(candidate.left, candidate.left_percent),
            right: side(candidate.right, candidate.right_percent),
            shared: candidate.shared,
            matches: matches(&left.prints, &right.prints, |hash| {
                hash <= up_to && (candidate.identical || common.binary_search(&hash).is_err())
            }),
        }
    }

    fn entry(&self, at: u32) -> &Entry {
        &self.entries[at as usize]
    }
}

impl Class {
    /// How many of its fingerprints are not larger, the common ones left out.
    fn count(&self, up_to: u32, postings: &[(u32, u32)]) -> u32 {
        let count = self
            .places
            .partition_point(|&at| postings[at as usize].0 <= up_to);
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// Each fingerprint with the number of each class that has it, sorted.
fn postings(classes: &[Class]) -> Vec<(u32, u32)> {
    let count = classes.iter().map(|class| class.hashes.len()).sum();
    let mut postings = Vec::with_capacity(count);
    for (class, number) in classes.iter().zip(0..) {
        postings.extend(class.hashes.iter().map(|&hash| (hash, number)));
    }
    postings.sort_unstable();
    postings
}

/// The fingerprints that more than `limit` submissions have, sorted.
fn common(classes: &[Class], postings: &[(u32, u32)], limit: usize) -> Vec<u32> {
    let entries = |&(_, class): &(u32, u32)| classes[class as usize].entries.len();
    postings
        .chunk_by(|one, other| one.0 == other.0)
        .filter(|have| have.iter().map(entries).sum::<usize>() > limit)
        .map(|have| have[0].0)
        .collect()
}

fn percent(part: u32, whole: u32) -> u8 {
    let percent = u64::from(part) * 100 / u64::from(whole.max(1));
    u8::try_from(percent.min(100)).unwrap_or(100)
}

/// The best so many candidates.
struct Best<'a> {
    index: &'a Index,
    most: usize,
    candidates: Vec<Candidate>,
}

impl<'a> Best<'a> {
    fn new(index: &'a Index, most: usize) -> Self {
        Self {
            index,
            most,
            candidates: Vec::new(),
        }
    }

    /// With the side first that comes first by archive and student.
    fn add(&mut self, candidate: Candidate) {
        let turned = self.name(candidate.right) < self.name(candidate.left);
        self.candidates.push(if turned {
            Candidate {
                left: candidate.right,
                right: candidate.left,
                left_percent: candidate.right_percent,
                right_percent: candidate.left_percent,
                ..candidate
            }
        } else {
            candidate
        });
        if self.candidates.len() >= self.most.saturating_mul(2).max(1_024) {
            self.prune();
        }
    }

    fn name(&self, at: u32) -> (Option<&str>, &str) {
        let entry = self.index.entry(at);
        (entry.archive.as_deref(), &entry.student)
    }

    fn prune(&mut self) {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_by(|one, other| self.key(one).cmp(&self.key(other)));
        candidates.truncate(self.most);
        self.candidates = candidates;
    }

    /// Most alike first: by the larger percentage, the smaller one, what is shared, and then by name.
    fn key(&self, candidate: &Candidate) -> impl Ord {
        let (left, right) = (candidate.left_percent, candidate.right_percent);
        (
            Reverse((left.max(right), left.min(right), candidate.shared)),
            self.name(candidate.left),
            self.name(candidate.right),
        )
    }

    fn finish(mut self) -> Vec<Candidate> {
        self.prune();
        self.candidates
    }
}
