//! Putting an observation together from what the kernel, the recording and the scan say.

use super::cross_check;
use super::heap::{Sources, heap, pages, stack};
use super::{
    BuildFacts, Captured, Confinement, Level, Observation, Outcome, Pages, Remark, SCHEMA,
    SourceLine, Stack, Times, outcome, shape, timeline,
};
use crate::build::Failure;
use crate::course::spec::OutcomeKind;
use crate::course::units::human_size;
use crate::diagnostic::{Fault, Severity};
use crate::probe::{CodeMap, Recording, ScanEnd, Symbols};
use crate::sandbox::{End, Limits, RawRun, Stream};

/// The remark of [`std_is_unknown`].
pub const UNKNOWN_STD: &str = "machine/unknown-std";

/// Everything that is known about a run, not yet put in the learner's terms.
pub struct Evidence<'a, 'code> {
    /// What the kernel said.
    pub raw: &'a RawRun,
    /// The limits that were in force.
    pub limits: &'a Limits,
    /// What the payload wrote; `None` if it never started.
    pub recording: Option<&'a Recording>,
    /// What came of the scan at the end.
    pub end: &'a ScanEnd,
    /// Whether there is a probe for this system, so that the program got one.
    pub probed: bool,
    /// The executable's code.
    pub code: &'a CodeMap,
    /// The executable's symbols.
    pub symbols: &'a mut Symbols<'code>,
    /// The build; `None` for an executable that was given.
    pub build: Option<BuildFacts>,
}

/// Puts an observation together.
pub fn observe(evidence: Evidence<'_, '_>) -> Observation {
    let Evidence {
        raw,
        limits,
        recording,
        end,
        probed,
        code,
        symbols,
        build,
    } = evidence;
    let contradictions = match recording {
        Some(recording) => cross_check::disagreements(recording, raw, end),
        // The probe was loaded, so there was a recording.
        None if erased(raw) => vec!["nothing is left of it".to_owned()],
        None => Vec::new(),
    };
    // Whatever the executable's own `malloc` hands out, the payload knows nothing of.
    let own = &code.own_allocator_functions;
    let trusted = recording.filter(|_| contradictions.is_empty() && own.is_empty());
    let replaced = recording.is_some()
        && cross_check::mapping(raw.at_exit.as_ref()) == cross_check::Mapping::Replaced;
    let finished = matches!(raw.end, End::Exited(_)) && raw.limit.is_none() && !replaced;
    let outcome = outcome::outcome(raw, limits, recording, symbols);
    let sources = Sources {
        raw,
        recording: trusted,
        end: end.done(),
        finished,
        replaced,
    };
    let mut findings = Vec::new();
    match recording {
        _ if !contradictions.is_empty() => findings.push(remark(
            "run/recording-contradicts",
            Severity::Error,
            Fault::Learner,
            &format!(
                "the recording contradicts itself or the system, and is not used: {}",
                contradictions.join("; ")
            ),
        )),
        None if !probed => {}
        None => findings.push(remark(
            "run/heap-not-measured",
            Severity::Warning,
            Fault::Machine,
            "the heap was not measured: the probe could not be loaded into this program (a static executable, perhaps)",
        )),
        Some(_) if !own.is_empty() => findings.push(remark(
            "run/heap-not-measured",
            Severity::Warning,
            Fault::Learner,
            &format!(
                "the heap was not measured: the program brings its own `{}`, and nobody sees what that hands out",
                own.join("`, `")
            ),
        )),
        Some(recording) => {
            if recording.overflowed {
                findings.push(remark(
                    "run/tables-full",
                    Severity::Warning,
                    Fault::Machine,
                    "the program has more threads or distinct call paths than the probe keeps apart; totals are exact, sites are not",
                ));
            }
            if recording.bad_frees > 0 {
                let place = recording
                    .stacks
                    .get(recording.bad_free_stack as usize)
                    .and_then(|stack| symbols.path(&stack.frames).into_iter().next());
                findings.push(Remark {
                    file: place.as_ref().map(|place| place.file.clone()),
                    line: place.map(|place| place.line),
                    ..remark(
                        "run/bad-free",
                        Severity::Error,
                        Fault::Learner,
                        "the program freed memory that was not a live block: freed twice, or never allocated",
                    )
                });
            }
            if !finished {
                findings.push(remark(
                    "run/recording-cut-short",
                    Severity::Note,
                    Fault::Learner,
                    if replaced {
                        "the program became another one (`exec`); the figures say what happened until then"
                    } else {
                        "the program did not come to its end; the figures say what happened until then"
                    },
                ));
            }
        }
    }
    let timeline = trusted
        .map(|recording| timeline::timeline(recording, raw, code, symbols))
        .unwrap_or_default();
    let mut heap = heap(&sources, symbols);
    if let Some(heap) = &mut heap {
        heap.shape = shape::shape(&timeline, heap);
    }
    let mut run = Observation {
        schema: SCHEMA.to_owned(),
        sandbox: raw.confinement.clone(),
        build,
        outcome,
        heap,
        timeline,
        pages: pages(&sources),
        stack: stack(&sources, limits),
        time: Times {
            wall_ms: milliseconds(raw.wall),
            cpu_ms: raw.cpu.map(milliseconds),
        },
        analysis: None,
        memory_errors: None,
        stdout: captured(&raw.stdout),
        stderr: captured(&raw.stderr),
        aslr_off: raw.aslr_off,
        findings,
    };
    if !probed {
        let found = partly_measured(&run);
        run.findings.insert(0, found);
    }
    run
}

/// Names every figure that this system or this build of memgrade does not give.
fn partly_measured(run: &Observation) -> Remark {
    let pages = &run.pages;
    let figures = [
        (run.heap.is_none(), "the heap"),
        (run.timeline.is_empty(), "memory at printed lines"),
        (pages.peak_resident_bytes.is_none(), "peak resident memory"),
        (pages.peak_virtual_bytes.is_none(), "virtual memory"),
        (pages.minor_faults.is_none(), "page faults"),
        (run.stack.peak_bytes.is_none(), "the depth of the stack"),
        (run.time.cpu_ms.is_none(), "CPU time"),
        (!run.outcome.cause_known, "why the program died"),
    ];
    let missing = figures.iter().filter(|(missing, _)| *missing);
    let missing: Vec<&str> = missing.map(|(_, name)| *name).collect();
    let sampled = pages.sampled_resident_bytes.map(|bytes| {
        format!(
            "; resident memory was looked at every 10 ms, and was {} at most",
            human_size(bytes)
        )
    });
    let message = format!(
        "not measured on this system: {}{}",
        missing.join(", "),
        sampled.unwrap_or_default()
    );
    let mut found = remark(
        "run/partly-measured",
        Severity::Warning,
        Fault::Machine,
        &message,
    );
    found.help = Some("for these figures, use Linux with glibc on x86-64 or aarch64".to_owned());
    found
}

/// Whether the recording was erased: it is mapped at the end, beside the probe, and has nothing to show.
fn erased(raw: &RawRun) -> bool {
    let facts = raw.at_exit.as_ref();
    cross_check::is_mapped(facts) && matches!(raw.end, End::Exited(_))
}

/// The observation of a program that could not be built: nothing was measured.
pub fn not_built(failure: &Failure, diagnostics: String) -> Observation {
    let finding = &failure.finding;
    let place = finding.primary.as_ref().map(|label| &label.place);
    Observation {
        schema: SCHEMA.to_owned(),
        sandbox: Confinement {
            control_group: None,
            level: Level::None,
            missing: vec!["nothing was run".to_owned()],
        },
        build: Some(BuildFacts {
            ok: false,
            wall_ms: failure.wall.map(milliseconds),
            cached: failure.wall.is_none(),
            diagnostics,
        }),
        outcome: Outcome {
            kind: OutcomeKind::BuildFailed,
            exit_code: None,
            signal: None,
            message: Some(finding.message.clone()),
            place: place.map(|place| SourceLine {
                file: place.file.clone(),
                line: place.line,
                column: place.column,
                function: None,
            }),
            frames: Vec::new(),
            cause_known: true,
            evidence: Vec::new(),
        },
        heap: None,
        timeline: Vec::new(),
        pages: Pages::default(),
        stack: Stack::default(),
        time: Times::default(),
        analysis: None,
        memory_errors: None,
        stdout: Captured::default(),
        stderr: Captured::default(),
        aslr_off: false,
        findings: vec![Remark::from(finding)],
    }
}

/// Takes the heap figures out of an observation, because the self-test of the compiler showed that memgrade does not know its std well
/// enough to tell std's own requests from the learner's. What it does not touch (times, pages, output) stays.
pub fn std_is_unknown(run: &mut Observation, compiler: &str, unknown: &[String]) {
    run.heap = None;
    for point in &mut run.timeline {
        point.total_bytes = None;
        point.total_blocks = None;
        point.live_bytes = None;
        point.live_blocks = None;
        point.peak_bytes_since = None;
    }
    let first = unknown.first().map_or("", String::as_str);
    let more = unknown.len().saturating_sub(1);
    let more = if more > 0 {
        format!("; and {more} more")
    } else {
        String::new()
    };
    run.findings.push(Remark {
        help: Some("use the Rust release that this memgrade was made with, or a newer memgrade".to_owned()),
        ..remark(
            UNKNOWN_STD,
            Severity::Warning,
            Fault::Machine,
            &format!("the heap of programs built by {compiler} is not understood, so it is not told: self-test, {first}{more}"),
        )
    });
}

pub(super) fn remark(code: &str, severity: Severity, fault: Fault, message: &str) -> Remark {
    Remark {
        code: code.to_owned(),
        severity,
        fault,
        message: message.to_owned(),
        file: None,
        line: None,
        help: None,
    }
}

fn milliseconds(time: std::time::Duration) -> f64 {
    // Microseconds are as fine as anybody reads.
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn captured(stream: &Stream) -> Captured {
    Captured {
        text: String::from_utf8_lossy(&stream.kept).into_owned(),
        bytes: stream.seen,
        truncated: stream.seen > stream.kept.len() as u64,
    }
}
