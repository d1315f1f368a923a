//! Runs for the tests of every format.

use super::MIB;
use crate::course::spec::{OutcomeKind, Region};
use crate::diagnostic::{Fault, Severity};
use crate::observe::paths::CallPath;
use crate::observe::shape::{Projection, Shape, ShapeKind, Steps};
use crate::observe::{
    self, Address, Amount, BuildFacts, Captured, Confinement, Cycle, Frame, Heap, Holder,
    HolderKind, Level, Observation, Outcome, Pages, Point, Remark, Site, SourceLine, Stack, Times,
};

fn amount(bytes: u64, blocks: u64) -> Amount {
    Amount { bytes, blocks }
}

fn line(line: u32, function: &str) -> SourceLine {
    SourceLine {
        file: "memory_leak/main.rs".to_owned(),
        line,
        column: Some(9),
        function: Some(function.to_owned()),
    }
}

fn via(caller: u32, function: &str, bytes: u64) -> CallPath {
    CallPath {
        callers: vec![line(caller, function)],
        total: amount(bytes, bytes / 10),
        at_exit: amount(bytes, bytes / 10),
        lost: Some(amount(0, 0)),
    }
}

fn held(kind: HolderKind, name: Option<&str>, bytes: u64) -> Holder {
    Holder {
        kind,
        name: name.map(str::to_owned),
        amount: amount(bytes, bytes / 10),
    }
}

/// A run that grows by 9.6 MiB with each of ten lines.
pub(in crate::report) fn leak_run() -> Observation {
    let step = 10_066_330;
    let timeline = (1..=10)
        .map(|n| Point {
            mark: Some(format!("After {n}00000 transactions")),
            number: Some(n),
            path: Vec::new(),
            coalesced: false,
            total_bytes: Some(step * n + 4096),
            total_blocks: Some(100_000 * n),
            live_bytes: Some(step * n),
            live_blocks: Some(100_000 * n),
            peak_bytes_since: Some(step * n),
            resident_bytes: Some(step * n + 2 * MIB),
            virtual_bytes: Some(step * n + 8 * MIB),
            resident_seen_bytes: Some(step * n + 3 * MIB),
            virtual_seen_bytes: Some(step * n + 90 * MIB),
            minor_faults: Some(2_458 * n),
            major_faults: Some(0),
            cpu_ms: Some(1.5),
            wall_ms: None,
            addresses: if n == 1 {
                vec![Address {
                    address: 0x5555_5555_4000,
                    region: Region::Heap,
                    detail: Some("a block of 4096 bytes".to_owned()),
                    block_bytes: Some(4096),
                }]
            } else {
                Vec::new()
            },
        })
        .collect();
    Observation {
        schema: observe::SCHEMA.to_owned(),
        sandbox: Confinement {
            control_group: None,
            level: Level::Limits,
            missing: vec!["network access is not cut off".to_owned()],
        },
        build: Some(BuildFacts {
            ok: true,
            wall_ms: Some(140.25),
            cached: false,
            diagnostics: String::new(),
        }),
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
            total: amount(step * 10 + 4096, 1_000_001),
            peak: amount(step * 10, 1_000_000),
            at_exit: amount(step * 10, 1_000_000),
            definitely_lost: Some(amount(176, 2)),
            indirectly_lost: Some(amount(0, 0)),
            still_reachable: Some(amount(step * 10 - 176, 999_998)),
            sites: vec![
                Site {
                    file: Some("memory_leak/main.rs".to_owned()),
                    line: Some(9),
                    column: Some(9),
                    function: Some("Service::handle".to_owned()),
                    path: vec![line(9, "Service::handle"), line(17, "main")],
                    paths: vec![via(17, "main", step * 8), via(22, "replay", step * 2)],
                    more_paths: 1,
                    total: amount(step * 10, 1_000_000),
                    at_exit: amount(step * 10, 1_000_000),
                    at_highest_mark: Some(amount(step * 10, 1_000_000)),
                    moments: Vec::new(),
                    definitely_lost: Some(amount(176, 2)),
                    indirectly_lost: Some(amount(0, 0)),
                    still_reachable: Some(amount(step * 10 - 176, 999_998)),
                    holders: vec![
                        held(HolderKind::Static, Some("SEEN"), step * 8),
                        held(HolderKind::MainStack, None, step * 2 - 176),
                    ],
                },
                Site {
                    file: None,
                    line: None,
                    column: None,
                    function: None,
                    path: Vec::new(),
                    paths: Vec::new(),
                    more_paths: 0,
                    total: amount(4096, 1),
                    at_exit: amount(0, 0),
                    at_highest_mark: None,
                    moments: Vec::new(),
                    definitely_lost: None,
                    indirectly_lost: None,
                    still_reachable: None,
                    holders: Vec::new(),
                },
            ],
            cycles: vec![Cycle {
                count: 1,
                blocks: 2,
                bytes: 176,
                members: vec![line(9, "Service::handle"), line(14, "main")],
                edges: vec![(0, 1), (1, 0)],
                through: Vec::new(),
            }],
            shape: Some(Shape {
                kind: ShapeKind::Growth,
                tolerance_bytes: step * 9 / 8,
                over: Steps::Lines,
                points: 10,
                steps: 9,
                first_bytes: step,
                last_bytes: step * 10,
                lowest_bytes: step,
                highest_bytes: step * 10,
                bytes_per_step: Some(step),
                site: Some(line(9, "Service::handle")),
                site_bytes: Some(step * 9),
                projection: Some(Projection {
                    server_bytes: 8 << 30,
                    full_after: 85_333_331,
                    unit: "transactions".to_owned(),
                    text: "an 8 GiB server is full after 85 million transactions".to_owned(),
                }),
            }),
            complete: true,
        }),
        timeline,
        pages: Pages {
            sampled_resident_bytes: None,
            foreign_bytes: None,
            peak_resident_bytes: Some(103 * MIB),
            peak_resident_seen_bytes: None,
            peak_virtual_bytes: Some(112 * MIB),
            minor_faults: Some(24_611),
            major_faults: Some(0),
        },
        stack: Stack {
            threads_peak_bytes: None,
            peak_bytes: Some(8 * 1024),
            limit_bytes: Some(8 * MIB),
        },
        time: Times {
            wall_ms: 31.25,
            cpu_ms: Some(15.5),
        },
        analysis: None,
        memory_errors: None,
        stdout: Captured {
            text: (1..=10).fold(String::new(), |text, n| {
                format!("{text}After {n}00000 transactions\n")
            }),
            bytes: 271,
            truncated: false,
        },
        stderr: Captured::default(),
        aslr_off: true,
        findings: vec![Remark {
            code: "leak/cycle".to_owned(),
            severity: Severity::Warning,
            fault: Fault::Learner,
            message: "two blocks keep each other alive and nobody else does".to_owned(),
            file: Some("memory_leak/main.rs".to_owned()),
            line: Some(9),
            help: Some("which of the two should only look at the other?".to_owned()),
        }],
    }
}

/// A run that died, and of which little could be measured.
pub(in crate::report) fn overflow_run() -> Observation {
    let frame = |line, function: &str, times| Frame {
        bytes: None,
        at: SourceLine {
            file: "stack_overflow/main.rs".to_owned(),
            line,
            column: None,
            function: Some(function.to_owned()),
        },
        times,
    };
    Observation {
        build: None,
        outcome: Outcome {
            cause_known: true,
            kind: OutcomeKind::StackOverflow,
            exit_code: None,
            signal: Some("SIGABRT".to_owned()),
            message: None,
            place: Some(frame(2, "depth", 1).at),
            frames: vec![frame(2, "depth", 104_767), frame(6, "main", 1)],
            evidence: vec![
                "the fault at 0x7fffff7feff8 lies 8 bytes below the stack's end".to_owned(),
            ],
        },
        heap: None,
        timeline: Vec::new(),
        pages: Pages::default(),
        stack: Stack {
            threads_peak_bytes: None,
            peak_bytes: Some(8 * MIB),
            limit_bytes: Some(8 * MIB),
        },
        time: Times {
            wall_ms: 4.0,
            cpu_ms: None,
        },
        analysis: None,
        memory_errors: None,
        stdout: Captured::default(),
        stderr: Captured {
            text: "\nthread 'main' has overflowed its stack\nfatal runtime error: stack overflow\n"
                .to_owned(),
            bytes: 75,
            truncated: false,
        },
        aslr_off: false,
        findings: Vec::new(),
        ..leak_run()
    }
}
