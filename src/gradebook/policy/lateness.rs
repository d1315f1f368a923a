//! What lateness costs, and what more time changes about it.
//!
//! A hand-in has one moment, and its parts may have different due times, where somebody has more time for one exercise only. So the
//! parts that are due at the same time are looked at together, each such group with its share of the penalty.

use jiff::{SignedDuration, Timestamp};

use super::{HandIn, Part, Points, Policy, Total};
use crate::course::grading_policy::{Extension, LateWithoutTime, Share, scaled};
use crate::gradebook::extensions::Extended;

/// Most parts that one step names.
const MOST_PARTS: usize = 3;

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    due: Option<Timestamp>,
    cutoff: Option<Timestamp>,
    /// Whether it is more time than the policy gives.
    extended: bool,
}

/// The parts that are due at the same time.
struct Group {
    time: Time,
    ids: Vec<String>,
    points: i64,
    possible: i64,
    undecided: i64,
}

/// How late a hand-in is.
enum Late {
    Days(i64),
    Unknown,
}

impl Time {
    /// When a part is due: of several extensions the latest counts.
    fn of(policy: &Policy, more_time: &[Extended], part: &str) -> Self {
        let fits = |more: &&Extended| more.part.is_empty() || more.part == part;
        let own = Self {
            due: policy.due,
            cutoff: policy.cutoff,
            extended: false,
        };
        more_time.iter().filter(fits).fold(own, |time, more| {
            let (due, cutoff) = match more.extension {
                Extension::By(span) => (
                    policy.due.map(|due| later(due, span)),
                    policy.cutoff.map(|cutoff| later(cutoff, span)),
                ),
                // The cut-off moves as far as the due time; where there is none it is not before the new one.
                Extension::Until(until) => (
                    Some(until),
                    policy.cutoff.map(|cutoff| match policy.due {
                        Some(due) => later(cutoff, until.duration_since(due)),
                        None => cutoff.max(until),
                    }),
                ),
            };
            if policy.due.is_some() && due <= time.due {
                return time;
            }
            Self {
                due: due.max(time.due),
                cutoff: cutoff.max(time.cutoff),
                extended: true,
            }
        })
    }

    fn lateness(&self, policy: &Policy, hand_in: HandIn<'_>) -> Option<Late> {
        const DAY: i64 = 86_400;
        match (hand_in.submitted, self.due) {
            (Some(submitted), Some(due)) => {
                let after: SignedDuration = submitted.duration_since(due);
                if after <= policy.grace || after.is_zero() {
                    return None;
                }
                let seconds = after.as_secs() + i64::from(after.subsec_nanos() > 0);
                Some(Late::Days((seconds + DAY - 1) / DAY))
            }
            _ => (hand_in.late == Some(true)).then_some(Late::Unknown),
        }
    }
}

fn later(moment: Timestamp, span: SignedDuration) -> Timestamp {
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The parts by their due times, in the order in which these come first.
fn groups(policy: &Policy, more_time: &[Extended], parts: &[Part]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for part in parts {
        let time = Time::of(policy, more_time, &part.id);
        let at = groups.iter().position(|group| group.time == time);
        let at = at.unwrap_or_else(|| {
            groups.push(Group::new(time));
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.ids.push(part.id.clone());
        group.points += part.points.0;
        group.possible += part.possible.0;
        group.undecided += part.undecided.0;
    }
    // What is dropped, or gives no points, is never late.
    if groups.iter().any(Group::counts) {
        groups.retain(Group::counts);
    } else {
        groups.truncate(1);
    }
    groups
}

impl Group {
    fn new(time: Time) -> Self {
        Self {
            time,
            ids: Vec::new(),
            points: 0,
            possible: 0,
            undecided: 0,
        }
    }

    fn counts(&self) -> bool {
        self.possible > 0 || self.points > 0
    }

    /// In front of what is said of it.
    fn label(&self) -> String {
        let named = self.ids.iter().take(MOST_PARTS);
        let mut label = named.cloned().collect::<Vec<_>>().join(", ");
        if self.ids.len() > MOST_PARTS {
            label = format!("{label} and {} more", self.ids.len() - MOST_PARTS);
        }
        format!("{label}: ")
    }
}

impl Total {
    /// Says what more time was given, and takes what lateness costs.
    pub(super) fn late(&mut self, policy: &Policy, hand_in: HandIn<'_>, parts: &[Part]) {
        let plain = HandIn {
            more_time: &[],
            ..hand_in
        };
        for more in hand_in.more_time {
            self.step(format!("more time: {}", more.said()), 0);
        }
        let mut without = self.clone();
        without.take(policy, plain, parts);
        self.take(policy, hand_in, parts);
        // More time for an exercise that has few points leaves the others with a share that may be less than all: it costs nobody
        // anything.
        if without.points > self.points {
            *self = without;
        }
    }

    fn take(&mut self, policy: &Policy, hand_in: HandIn<'_>, parts: &[Part]) {
        let groups = groups(policy, hand_in.more_time, parts);
        let alone = groups.len() < 2;
        for group in groups {
            let mut late = LateGroup {
                label: if alone { String::new() } else { group.label() },
                group,
                alone,
                all: self.possible,
                total: self,
            };
            late.take(policy, hand_in);
        }
    }
}

/// A group on its way through the policy.
struct LateGroup<'t> {
    label: String,
    group: Group,
    /// Whether there is no other group.
    alone: bool,
    /// What could be had of all groups.
    all: i64,
    total: &'t mut Total,
}

impl LateGroup<'_> {
    /// What a share of all that could be had comes to for this group. A percentage is of what could be had here; points are shared
    /// among the groups.
    fn share(&self, share: Share) -> i64 {
        match share {
            Share::Points(points) if !self.alone => {
                scaled(points.hundredths(), self.group.possible, self.all)
            }
            share => share.of(if self.alone {
                self.all
            } else {
                self.group.possible
            }),
        }
    }

    fn step(&mut self, what: &str, taken: i64) {
        self.group.points -= taken;
        self.total.step(format!("{}{what}", self.label), -taken);
    }

    fn take(&mut self, policy: &Policy, hand_in: HandIn<'_>) {
        let cutoff = self.group.time.cutoff.zip(hand_in.submitted);
        let too_late = cutoff.is_some_and(|(cutoff, submitted)| submitted > cutoff);
        let allowed = self.share(policy.after_cutoff);
        // Where nothing counts there is nothing left for a penalty.
        if !too_late || allowed > 0 {
            match self.group.time.lateness(policy, hand_in) {
                Some(Late::Days(days)) => {
                    self.penalty(policy, days, &format!("{} late", said(days)));
                }
                Some(Late::Unknown) => self.without_time(policy),
                None => {}
            }
        }
        if too_late {
            let what = if allowed == 0 {
                "handed in after the cut-off: nothing counts".to_owned()
            } else {
                let most = Points(allowed);
                let most = if self.alone {
                    policy.after_cutoff.to_string()
                } else {
                    most.to_string()
                };
                format!("handed in after the cut-off: at most {most} counts")
            };
            let taken = (self.group.points - allowed).max(0);
            self.step(&what, taken);
            // What is not decided yet could not count either.
            let open = (allowed - self.group.points).max(0);
            self.total.undecided -= (self.group.undecided - open).max(0);
        }
    }

    fn without_time(&mut self, policy: &Policy) {
        let known = policy.late_per_day.is_some() || policy.cutoff.is_some();
        if self.group.time.extended {
            // It may have been in time, and a doubt is for the student.
            if known {
                let what = "late, nobody knows how late, and there was more time: nothing is taken";
                self.step(what, 0);
            }
            return;
        }
        match policy.late_without_time {
            LateWithoutTime::OneDay => {
                self.penalty(policy, 1, "late, nobody knows how late: counted as one day");
            }
            LateWithoutTime::NoPenalty if known => {
                self.step("late, nobody knows how late: nothing is taken", 0);
            }
            LateWithoutTime::NoPenalty => {}
        }
    }

    fn penalty(&mut self, policy: &Policy, days: i64, late: &str) {
        let Some(each) = policy.late_per_day else {
            return;
        };
        let of = if self.alone {
            self.all
        } else {
            self.group.possible
        };
        let all = match each {
            Share::Percent(percent) => {
                scaled(of, percent.hundredths().saturating_mul(days), 100 * 100)
            }
            Share::Points(points) => {
                let points = points.hundredths().saturating_mul(days);
                if self.alone {
                    points
                } else {
                    scaled(points, self.group.possible, self.all)
                }
            }
        };
        let most = policy.late_at_most.map(|most| self.share(most));
        let mut what = format!("{late}, {each} each");
        if days == 1 {
            what = format!("{late}, {each}");
        }
        if let Some(share) = policy
            .late_at_most
            .filter(|_| most.is_some_and(|most| most < all))
        {
            what = format!("{what}, {share} at most");
        }
        let shares = |share: Option<Share>| matches!(share, Some(Share::Points(_)));
        if !self.alone && (shares(Some(each)) || shares(policy.late_at_most)) {
            what.push_str(", its share of that");
        }
        let taken = all.min(most.unwrap_or(all)).min(self.group.points);
        self.step(&what, taken);
    }
}

fn said(days: i64) -> String {
    if days == 1 {
        "1 day".to_owned()
    } else {
        format!("{days} days")
    }
}

#[cfg(test)]
mod tests;
