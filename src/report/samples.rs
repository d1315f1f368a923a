//! Fixed values for the tests of every format: one report with every verdict, and one with hostile text everywhere.

mod runs;

pub(super) use runs::{leak_run, overflow_run};

use super::Sources;
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::judge::{
    CaseReport, CheckReport, ChecklistReport, Evidence, ExerciseReport, ItemReport, Report, Score,
    Verdict,
};
use crate::observe::{Captured, Observation};

pub(super) const MIB: u64 = 1 << 20;
pub(super) const LEAK_SOURCE: &str = "\
use std::collections::VecDeque;

struct Service {
    recent: VecDeque<u64>,
}

impl Service {
    fn handle(&mut self, tx: u64) {
        self.recent.push_back(tx); // every one of them
    }
}

fn main() {
    let mut service = Service { recent: VecDeque::new() };
    for round in 0..10 {
        for tx in 0..100_000 {
            service.handle(tx);
        }
        println!(\"After {} transactions\", round);
    }
}
";

pub(super) fn sources() -> Sources {
    [
        ("memory_leak/main.rs".to_owned(), LEAK_SOURCE.to_owned()),
        (
            "stack_overflow/main.rs".to_owned(),
            "fn depth(n: u64) -> u64 {\n    1 + depth(n + 1)\n}\n\nfn main() {\n    println!(\"{}\", depth(0));\n}\n"
                .to_owned(),
        ),
    ]
    .into()
}

fn check(name: &str, points: u32, verdict: Verdict) -> CheckReport {
    CheckReport {
        name: name.to_owned(),
        points,
        earned: if verdict == Verdict::Passed {
            points
        } else {
            0
        },
        verdict,
        hidden: false,
        finding: None,
        summary: None,
    }
}

fn case(
    name: &str,
    verdict: Verdict,
    run: Option<Observation>,
    checks: Vec<CheckReport>,
) -> CaseReport {
    CaseReport {
        name: name.to_owned(),
        hidden: false,
        verdict,
        run,
        checks,
    }
}

fn score(earned: u32, possible: u32, undecided: u32) -> Score {
    Score {
        earned,
        possible,
        undecided,
    }
}

pub(super) fn growing() -> Finding {
    Finding::learner(
        "curve/grows",
        "the heap keeps growing, by 9.6 MiB with every 100,000 transactions",
    )
    .at(
        Place {
            file: "memory_leak/main.rs".to_owned(),
            line: 9,
            column: Some(9),
            end_column: None,
        },
        "1,000,000 blocks allocated here were alive at the last step",
    )
    .note("live heap: 9.6 -> 96 MiB over 10 steps; bounded means flat from step 2 on")
    .note("at a million transactions a day, an 8 GiB server is full on day 85")
    .help("what happens to the oldest entry when a new one comes in?")
}

/// A report that holds every verdict, a hidden case and a hidden check.
pub(super) fn report() -> Report {
    Report {
        score: score(9, 32, 5),
        exercises: vec![memory_leak(), stack_overflow(), virtual_memory()],
        checklist: Some(ChecklistReport {
            student: None,
            score: score(1, 4, 1),
            items: vec![
                item("stack_and_heap", Verdict::Passed, Some(true), None),
                item(
                    "leak",
                    Verdict::Failed,
                    Some(true),
                    Some("the answer is right, but your own program still leaks"),
                ),
                item(
                    "page_fault",
                    Verdict::Failed,
                    None,
                    Some("there is no answer yet"),
                ),
                item(
                    "virtual",
                    Verdict::Unmeasurable,
                    Some(true),
                    Some("page faults cannot be counted here"),
                ),
            ],
            findings: vec![
                Finding::new(
                    "answers/unknown-key",
                    Severity::Warning,
                    Fault::Learner,
                    "`answers.toml` answers `paging`, which nobody asks",
                )
                .at(Place::line("answers.toml", 3), "")
                .help("did you mean `page_fault`?"),
            ],
        }),
    }
}

fn item(
    id: &str,
    verdict: Verdict,
    answer_right: Option<bool>,
    message: Option<&str>,
) -> ItemReport {
    ItemReport {
        id: id.to_owned(),
        question: format!("What about {id}?"),
        verdict,
        score: score(
            u32::from(verdict == Verdict::Passed),
            1,
            u32::from(verdict == Verdict::Unmeasurable),
        ),
        answer_right,
        kind: None,
        pending: false,
        missing: Vec::new(),
        answer: None,
        drawing: None,
        evidence: vec![Evidence {
            check: "memory_leak/bounded/holds steady".to_owned(),
            verdict: if verdict == Verdict::Passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
        }],
        message: message.map(str::to_owned),
    }
}

fn memory_leak() -> ExerciseReport {
    ExerciseReport {
        id: "memory_leak".to_owned(),
        title: "Simulate a memory leak, then stop it".to_owned(),
        verdict: Verdict::Failed,
        score: score(7, 12, 0),
        cases: vec![
            case(
                "leak",
                Verdict::Passed,
                Some(leak_run()),
                vec![
                    CheckReport {
                        summary: Some("grows by 9.6 MiB per step, as it should".to_owned()),
                        ..check("grows", 4, Verdict::Passed)
                    },
                    CheckReport {
                        summary: Some("the printed figures are true".to_owned()),
                        ..check("figures", 2, Verdict::Passed)
                    },
                ],
            ),
            case(
                "bounded",
                Verdict::Failed,
                Some(leak_run()),
                vec![
                    check("exits", 1, Verdict::Passed),
                    CheckReport {
                        finding: Some(growing()),
                        ..check("holds steady", 4, Verdict::Failed)
                    },
                ],
            ),
            CaseReport {
                hidden: true,
                ..case(
                    "other traffic",
                    Verdict::Failed,
                    Some(Observation {
                        memory_errors: None,
                        stdout: Captured {
                            text: "SECRET OUTPUT".to_owned(),
                            bytes: 13,
                            truncated: false,
                        },
                        ..leak_run()
                    }),
                    vec![CheckReport {
                        finding: Some(
                            Finding::learner("output/differs", "SECRET MESSAGE")
                                .at(Place::line("memory_leak/main.rs", 14), "SECRET LABEL")
                                .note("SECRET NOTE")
                                .help("SECRET HELP"),
                        ),
                        summary: Some("SECRET SUMMARY".to_owned()),
                        ..check("prints the totals", 1, Verdict::Failed)
                    }],
                )
            },
        ],
        findings: Vec::new(),
        withheld: None,
    }
}

fn stack_overflow() -> ExerciseReport {
    let overflow = Finding::learner(
        "outcome/stack-overflow",
        "the stack overflowed, and it should not have",
    )
    .at(
        Place::line("stack_overflow/main.rs", 2),
        "`depth` called itself 104,767 times",
    )
    .also(
        Place::line("stack_overflow/main.rs", 6),
        "first called here",
    )
    .note("the fault address lies just below the stack of 8.0 MiB")
    .help("what ends the recursion?");
    ExerciseReport {
        id: "stack_overflow".to_owned(),
        title: "Overflow the stack, then guard it".to_owned(),
        verdict: Verdict::Error,
        score: score(1, 12, 2),
        cases: vec![
            case(
                "guarded",
                Verdict::Failed,
                Some(overflow_run()),
                vec![
                    CheckReport {
                        finding: Some(overflow.clone()),
                        ..check("returns", 3, Verdict::Failed)
                    },
                    CheckReport {
                        finding: Some(overflow),
                        ..check("reports the depth", 2, Verdict::Failed)
                    },
                    CheckReport {
                        finding: Some(Finding::new(
                            "check/skipped",
                            Severity::Note,
                            Fault::Learner,
                            "not judged: `returns` has to pass first",
                        )),
                        ..check("small stack", 2, Verdict::Skipped)
                    },
                    CheckReport {
                        hidden: true,
                        finding: Some(Finding::learner("output/differs", "SECRET HIDDEN CHECK")),
                        ..check("deep list", 2, Verdict::Failed)
                    },
                ],
            ),
            case(
                "",
                Verdict::Error,
                None,
                vec![
                    CheckReport {
                        summary: Some("`factorial` is there".to_owned()),
                        ..check("factorial exists", 1, Verdict::Passed)
                    },
                    CheckReport {
                        finding: Some(
                            Finding::new(
                                "spec/no-such-mark",
                                Severity::Error,
                                Fault::Author,
                                "the exercise names a line that no correct program prints",
                            )
                            .at(
                                Place::line("exercises/stack_overflow/exercise.toml", 40),
                                "named here",
                            ),
                        ),
                        ..check("compared", 2, Verdict::Error)
                    },
                ],
            ),
        ],
        findings: Vec::new(),
        withheld: None,
    }
}

fn virtual_memory() -> ExerciseReport {
    ExerciseReport {
        id: "virtual_memory".to_owned(),
        title: "Reserve, then touch".to_owned(),
        verdict: Verdict::Unmeasurable,
        score: score(0, 4, 2),
        cases: vec![case(
            "touch",
            Verdict::Unmeasurable,
            None,
            vec![
                CheckReport {
                    finding: Some(
                        Finding::new(
                            "machine/no-statm",
                            Severity::Warning,
                            Fault::Machine,
                            "resident memory cannot be read on this machine",
                        )
                        .note("/proc is not mounted"),
                    ),
                    ..check("stays small", 1, Verdict::Unmeasurable)
                },
                CheckReport {
                    finding: Some(Finding::new(
                        "ratio/spread",
                        Severity::Warning,
                        Fault::Machine,
                        "five runs gave ratios from 1.1 to 9.7: too far apart to decide",
                    )),
                    ..check("random is slower", 1, Verdict::Inconclusive)
                },
                check("reads the lines", 2, Verdict::Skipped),
            ],
        )],
        findings: vec![
            Finding::learner("source/unused", "`touch_all` is never called")
                .at(Place::line("virtual_memory/main.rs", 12), "defined here"),
        ],
        withheld: None,
    }
}

/// Text that tries to break every sink at once.
pub(super) const HOSTILE: &str = "=1+2\u{1b}[2J\u{9b}31m\u{202e}]]><script>&'\"%,:\t\0\r\n::error::owned\n<!-- \u{fffe} \u{e0041}日本";

/// [`report`] with [`HOSTILE`] in every text.
pub(super) fn hostile() -> Report {
    fn poison(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                // Words of the format are not text.
                let word = text.len() < 20
                    && text
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
                if !word || text == "leak" {
                    *text = format!("{HOSTILE}{text}");
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(poison),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(poison),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(report()).unwrap();
    poison(&mut value);
    serde_json::from_value(value).unwrap()
}

/// Whether any character is left that a terminal would obey, line breaks aside.
pub(super) fn has_controls(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0041}')
    })
}
