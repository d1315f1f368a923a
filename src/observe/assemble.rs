//! Putting an observation together from what the kernel, the recording and the scan say.

use super::cross_check;
use super::heap::{Sources, heap, pages, stack};
use super::{
    BuildFacts, Captured, Confinement, Level, Observation, Outcome, Pages, Remark, SCHEMA,
    SourceLine, Stack, Times, outcome, shape, timeline,
};
use crate::build::Failure;
use crate::course::spec::OutcomeKind;
use crate::diagnostic::{Fault, Severity};
use crate::probe::{CodeMap, Recording, ScanEnd, Symbols};
use crate::sandbox::{End, Limits, RawRun, Stream};

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
    let trusted = recording.filter(|_| contradictions.is_empty());
    let replaced = recording.is_some()
        && cross_check::mapping(raw.at_exit.as_ref()) == cross_check::Mapping::Replaced;
    let finished = matches!(raw.end, End::Exited(_)) && raw.limit.is_none() && !replaced;
    let outcome = outcome::outcome(raw, limits, recording, symbols);
    let sources = Sources {
        raw,
        recording: trusted,
        end: end.done(),
        finished,
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
        None => findings.push(remark(
            "run/heap-not-measured",
            Severity::Warning,
            Fault::Machine,
            "the heap was not measured: the probe could not be loaded into this program (a static executable, perhaps)",
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
                    "the program did not come to its end; the figures say what happened until then",
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
    Observation {
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
            cpu_ms: Some(milliseconds(raw.cpu)),
        },
        analysis: None,
        memory_errors: None,
        stdout: captured(&raw.stdout),
        stderr: captured(&raw.stderr),
        aslr_off: raw.aslr_off,
        findings,
    }
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
