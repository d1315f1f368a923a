//! Test support: observations, checks and facts in a few words.

use std::collections::BTreeMap;

use crate::course::spec::{Case, Check, Exercise, Limits, MarkRef, OutcomeKind, Source, Starter};
use crate::observe::{
    Amount, Captured, Confinement, Heap, Level, Observation, Outcome, Pages, Point, SCHEMA, Site,
    Stack, Times,
};

use super::Facts;

/// Builds an [`Observation`] of a program that ended normally, unless told otherwise.
pub(super) struct Run(Observation);

/// A run that printed nothing and allocated nothing.
pub(super) fn run() -> Run {
    Run(Observation {
        schema: SCHEMA.to_owned(),
        sandbox: Confinement {
            control_group: None,
            level: Level::Full,
            missing: Vec::new(),
        },
        build: None,
        outcome: Outcome {
            cause_known: true,
            kind: OutcomeKind::Exited,
            exit_code: Some(0),
            signal: None,
            message: None,
            place: None,
            frames: Vec::new(),
            evidence: Vec::new(),
        },
        heap: Some(Heap {
            total: Amount::default(),
            peak: Amount::default(),
            at_exit: Amount::default(),
            definitely_lost: Some(Amount::default()),
            indirectly_lost: Some(Amount::default()),
            still_reachable: Some(Amount::default()),
            sites: Vec::new(),
            cycles: Vec::new(),
            shape: None,
            complete: true,
        }),
        timeline: Vec::new(),
        pages: Pages::default(),
        stack: Stack::default(),
        time: Times {
            wall_ms: 5.0,
            cpu_ms: Some(4.0),
        },
        analysis: None,
        memory_errors: None,
        stdout: Captured::default(),
        stderr: Captured::default(),
        aslr_off: true,
        findings: Vec::new(),
    })
}

/// Bytes and blocks.
pub(super) fn amount(bytes: u64, blocks: u64) -> Amount {
    Amount { bytes, blocks }
}

/// An allocation site with these bytes in total and at exit, in blocks of one byte.
pub(super) fn site(line: u32, total: u64, at_exit: u64) -> Site {
    Site {
        file: Some("main.rs".to_owned()),
        line: Some(line),
        column: None,
        function: Some("work".to_owned()),
        path: Vec::new(),
        paths: Vec::new(),
        more_paths: 0,
        total: amount(total, total),
        at_exit: amount(at_exit, at_exit),
        at_highest_mark: None,
        moments: Vec::new(),
        definitely_lost: Some(Amount::default()),
        indirectly_lost: Some(Amount::default()),
        still_reachable: Some(amount(at_exit, at_exit)),
        holders: Vec::new(),
    }
}

impl Run {
    /// Prints a line while so many bytes are alive. Everything that was alive at the line before is still alive.
    pub(super) fn mark(mut self, text: &str, live: u64) -> Self {
        let number = 1 + u64::try_from(self.0.timeline.len()).unwrap();
        let before = self.0.timeline.last();
        let last = before.and_then(|p| p.live_bytes).unwrap_or(0);
        let total = before.and_then(|p| p.total_bytes).unwrap_or(0) + live.saturating_sub(last);
        self.0.timeline.push(Point {
            mark: Some(text.to_owned()),
            number: Some(number),
            path: Vec::new(),
            coalesced: false,
            total_bytes: Some(total),
            total_blocks: Some(total),
            live_bytes: Some(live),
            live_blocks: Some(live),
            peak_bytes_since: Some(live.max(last)),
            resident_bytes: Some(1 << 20),
            virtual_bytes: Some(4 << 20),
            resident_seen_bytes: Some(2 << 20),
            virtual_seen_bytes: Some(80 << 20),
            minor_faults: Some(100),
            major_faults: Some(0),
            cpu_ms: Some(f64::from(u32::try_from(number).unwrap()) * 10.0),
            wall_ms: None,
            addresses: Vec::new(),
        });
        self.0.stdout.text.push_str(text);
        self.0.stdout.text.push('\n');
        self.0.stdout.bytes = u64::try_from(self.0.stdout.text.len()).unwrap();
        self
    }

    /// All the marks so far came in one write.
    pub(super) fn at_once(mut self) -> Self {
        if let Some(last) = self.0.timeline.last().cloned() {
            for point in &mut self.0.timeline {
                *point = Point {
                    mark: point.mark.clone(),
                    number: point.number,
                    coalesced: true,
                    ..last.clone()
                };
            }
        }
        self
    }

    /// Heap of the whole run: total, peak and at exit.
    pub(super) fn heap(mut self, total: Amount, peak: Amount, at_exit: Amount) -> Self {
        if let Some(heap) = &mut self.0.heap {
            heap.total = total;
            heap.peak = peak;
            heap.at_exit = at_exit;
        }
        self
    }

    /// Adds an allocation site.
    pub(super) fn site(mut self, site: Site) -> Self {
        if let Some(heap) = &mut self.0.heap {
            heap.sites.push(site);
        }
        self
    }

    /// Changes the last mark.
    pub(super) fn last(mut self, change: impl FnOnce(&mut Point)) -> Self {
        change(self.0.timeline.last_mut().unwrap());
        self
    }

    /// Ends in this way.
    pub(super) fn ends(mut self, kind: OutcomeKind, exit_code: Option<i32>) -> Self {
        self.0.outcome.kind = kind;
        self.0.outcome.exit_code = exit_code;
        self
    }

    /// Changes anything.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Observation)) -> Self {
        change(&mut self.0);
        self
    }

    /// The observation.
    pub(super) fn build(self) -> Observation {
        self.0
    }
}

/// A mark by regular expression.
pub(super) fn line(pattern: &str) -> MarkRef {
    MarkRef {
        line: Some(pattern.to_owned()),
        number: None,
    }
}

/// A mark by number.
pub(super) fn number(number: i64) -> MarkRef {
    MarkRef {
        line: None,
        number: Some(number),
    }
}

/// A check of so many points; its expectation is set by `change`.
pub(super) fn check(name: &str, points: u32, change: impl FnOnce(&mut Check)) -> Check {
    let mut check = Check {
        name: name.to_owned(),
        points: Some(points),
        ..Check::default()
    };
    change(&mut check);
    check
}

/// A case with these checks.
pub(super) fn case(name: &str, checks: Vec<Check>) -> Case {
    Case {
        name: name.to_owned(),
        args: Vec::new(),
        stdin: String::new(),
        env: BTreeMap::new(),
        limits: Limits::default(),
        hidden: false,
        finishes_with: None,
        checks,
    }
}

/// An exercise with these cases.
pub(super) fn exercise(cases: Vec<Case>) -> Exercise {
    Exercise {
        format_version: 1,
        title: "Test".to_owned(),
        minutes: None,
        lesson: "README.md".to_owned(),
        figures: "figures.rs".to_owned(),
        source: Source::default(),
        memory_errors: false,
        harness: None,
        require: Vec::new(),
        forbid: Vec::new(),
        cases,
        checks: Vec::new(),
        starter: Starter::default(),
        withheld: None,
    }
}

/// Facts with one run per case.
pub(super) fn facts<const N: usize>(runs: [(&str, Observation); N]) -> Facts {
    Facts {
        runs: runs
            .into_iter()
            .map(|(name, run)| (name.to_owned(), vec![run]))
            .collect(),
        ..Facts::default()
    }
}
