//! Numbers that a program prints, compared with what was measured when it printed them.
//!
//! A printed number is true if the measured figure lies within half a unit of its last digit and the spec's tolerance.

use regex::{Captures, Regex};

use crate::course::spec::{ClaimExpectation, ClaimOf, Quantity, Region};
use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::observe::Observation;

use super::bounds::{Bound, Fit, Known};
use super::figures::{self, Counter};
use super::marks::{self, At, Marks, Span};
use super::numbers::{self, Claimed, Tolerance, Unit};
use super::places::Sources;
use super::ratio;
use super::regions;
use super::ruling::{Judged, Ruling, settle};
use super::words::{limit_size, pattern, plural, quote};

/// Judges all claims of one kind.
pub(super) fn judge(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Ruling {
    settle(compare(expected, run, marks, sources))
}

/// What came of one claim.
pub(super) enum Claim {
    /// True.
    True,
    /// Not true, and what is: the finding without its place, and the same in a few words.
    Untrue(Box<Finding>, String),
}

impl Claim {
    pub(super) fn untrue(finding: Finding, short: String) -> Self {
        Self::Untrue(Box::new(finding), short)
    }
}

/// Waiting of less than this is within the doubt on the CPU times themselves.
const SHORTEST_WAIT_MS: f64 = 1.0;
/// Untrue lines that are named besides the first.
const NAMED: usize = 2;

fn compare(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Judged<Ruling> {
    let regex = marks::regex(&expected.line)?;
    if !regex.capture_names().flatten().any(|name| name == "claim") {
        return Ruling::author(
            "spec/no-claim-group",
            "the line of a claim has no group named `claim`",
        )
        .stop();
    }
    let lines = marks.matching(&regex);
    count(expected, marks, &regex, lines.len()).map_err(|mut ruling| {
        ruling.finding = ruling
            .finding
            .map(|finding| marks.with_nearest(finding, &regex));
        ruling
    })?;

    let mut untrue: Vec<(At<'_>, Box<Finding>, String)> = Vec::new();
    let mut undecided = None;
    let mut regions = regions::Seen::default();
    for at in &lines {
        let Some(captures) = regex.captures(at.line) else {
            continue;
        };
        let claim = if expected.of == ClaimOf::Region {
            regions::judge(expected, &captures, at, &mut regions)
        } else {
            judge_number(expected, run, marks, at, &captures)
        };
        match claim {
            Ok(Claim::True) => {}
            // The figures are those of the moment when the last of the lines was written.
            Ok(Claim::Untrue(..)) if at.point.coalesced => {
                undecided.get_or_insert_with(|| Box::new(at_once(at)));
            }
            Ok(Claim::Untrue(finding, short)) => untrue.push((*at, finding, short)),
            Err(ruling) => {
                undecided.get_or_insert(ruling);
            }
        }
    }
    let numbers: Vec<u64> = untrue.iter().map(|(at, ..)| at.number).collect();
    let mut untrue = untrue.into_iter();
    if let Some((at, finding, _)) = untrue.next() {
        let mut finding = *finding;
        finding
            .notes
            .insert(0, format!("the line is {}", quote(at.line)));
        let mut others: Vec<String> = untrue
            .take(NAMED)
            .map(|(at, _, short)| format!("line {}: {short}", at.number))
            .collect();
        if let Some(more) = numbers
            .len()
            .checked_sub(1 + NAMED)
            .filter(|more| *more > 0)
        {
            others.push(format!("and {more} more"));
        }
        if !others.is_empty() {
            finding = finding.note(format!("also untrue: {}", others.join("; ")));
        }
        let finding = sources.blame_print(finding, run, &numbers, at.line);
        return Ok(Ruling::by_fault(finding));
    }
    if let Some(ruling) = undecided {
        return Err(ruling);
    }
    if expected.of == ClaimOf::Region {
        if let Some(mut finding) = regions.missing(&expected.regions) {
            if let [at] = lines.as_slice() {
                finding = finding.note(format!("the line is {}", quote(at.line)));
                finding = sources.blame_print(finding, run, &[at.number], at.line);
            }
            return Ok(Ruling::by_fault(finding));
        }
        return Ok(Ruling::passed("the printed regions are true"));
    }
    Ok(Ruling::passed(if lines.len() == 1 {
        "the printed figure is true"
    } else {
        "the printed figures are true"
    }))
}

/// Whether the claim was made as often as it should be, and can be compared with something.
fn count(
    expected: &ClaimExpectation,
    marks: &Marks<'_>,
    regex: &Regex,
    with_point: usize,
) -> Judged<()> {
    let made = marks.count_matching(regex);
    let bound = match expected.times {
        Some(times) => Bound::from(times),
        None => Bound::from(crate::course::spec::CountBound {
            at_least: Some(1),
            ..crate::course::spec::CountBound::default()
        }),
    };
    let known = if marks.cut_off() {
        Known::at_least(i128::from(made))
    } else {
        Known::exactly(i128::from(made))
    };
    let wanted = pattern(regex.as_str());
    match bound.fit(known, 0) {
        Fit::Within => {}
        Fit::Unknown => {
            return Ruling::inconclusive(
                "marks/cut-off",
                "the program printed more than is kept; lines are missing",
            )
            .stop();
        }
        Fit::TooLittle => {
            let message = if made == 0 {
                format!("the program never prints the line that is asked for: {wanted}")
            } else {
                format!(
                    "{} {wanted}, where {} is asked for",
                    plural(made, "line matches", "lines match"),
                    bound.words()
                )
            };
            let mut finding = Finding::learner("claims/missing", message);
            if marks.unfinished_line(regex) {
                finding = finding.note(
                    "the last line matches, but has no newline after it, so it is not a line yet",
                );
            }
            return Ruling::by_fault(
                finding.help("print the figure in the form that the lesson shows"),
            )
            .stop();
        }
        Fit::TooMuch => {
            let finding = Finding::learner(
                "claims/too-often",
                format!(
                    "{} {wanted}, where {} is asked for",
                    plural(made, "line matches", "lines match"),
                    bound.words()
                ),
            );
            return Ruling::by_fault(
                finding.help("print the figure only where the lesson asks for it"),
            )
            .stop();
        }
    }
    if with_point == 0 && made > 0 {
        return if marks.all().is_empty() {
            Ruling::unmeasurable(
                "run/not-measured",
                "what memory did from line to line could not be measured in this run",
            )
            .stop()
        } else {
            Ruling::inconclusive(
                "marks/thinned",
                "so many lines were printed that the ones with the claim were not measured",
            )
            .stop()
        };
    }
    Ok(())
}

fn judge_number(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    at: &At<'_>,
    captures: &Captures<'_>,
) -> Judged<Claim> {
    let text = captures.name("claim");
    let after = text.and_then(|group| at.line.get(group.end()..));
    let text = text.map_or("", |group| group.as_str());
    let claimed = Claimed::read(text, after.unwrap_or_default(), expected.unit.as_deref());
    let Some(claimed) = claimed else {
        let short = format!("{} is no number", quote(text));
        return Ok(Claim::untrue(unreadable(text), short));
    };
    let tolerance = Tolerance {
        percent: expected.percent.unwrap_or(0.0),
        absolute: expected.absolute.map_or(0.0, |size| size.0 as f64),
    };
    if expected.of == ClaimOf::Ratio {
        let ratio = measured_ratio(expected, run, marks)?;
        return match ratio.holds(&claimed, tolerance) {
            Some(true) => Ok(Claim::True),
            Some(false) => {
                let (finding, short) = untrue(expected, at, text, &claimed, ratio.middle);
                Ok(Claim::untrue(finding, short))
            }
            None => ratio::too_close(ratio.range.0, ratio.range.1).stop(),
        };
    }
    let measured = measured(expected, run, marks, at)?;
    // What the program itself can read of its memory has the probe's part in it; that is no lie either.
    let seen = seen(expected, marks, at)?;
    let either = || [Some(measured), seen].into_iter().flatten();
    if either().any(|figure| claimed.is_true(figure, tolerance)) {
        return Ok(Claim::True);
    }
    let (mut finding, short) = untrue(expected, at, text, &claimed, seen.unwrap_or(measured));
    let twin = claimed.unit.twin().filter(|(unit, _)| {
        let read = claimed.read_as(*unit);
        either().any(|figure| read.is_true(figure, tolerance))
    });
    if let Some((_, words)) = twin {
        finding = finding.note(format!("it would be true in {words}"));
    }
    Ok(Claim::untrue(finding, short))
}

/// The finding that a printed figure is not what was measured.
fn untrue(
    expected: &ClaimExpectation,
    at: &At<'_>,
    text: &str,
    claimed: &Claimed,
    measured: f64,
) -> (Finding, String) {
    let words = claimed.like(measured, is_size(expected.of));
    let mut finding = Finding::learner(
        "claims/untrue",
        format!(
            "line {} of stdout says {} for {}, but {words} was measured",
            at.number,
            quote(text),
            name(expected),
        ),
    );
    if is_size(expected.of) && measured.abs() >= 1024.0 {
        let bytes = numbers::figure(measured, Unit::Each);
        finding = finding.note(format!("measured: {bytes} bytes"));
    }
    finding = finding.note(format!("allowed: {}", allowed(expected)));
    let short = format!("{}, measured {words}", quote(text));
    (
        finding.help(
            "where does the printed number come from, and is it taken at the moment that the line speaks of?",
        ),
        short,
    )
}

fn allowed(expected: &ClaimExpectation) -> String {
    let percent = expected.percent.filter(|percent| *percent > 0.0);
    let absolute = expected.absolute.filter(|size| size.0 > 0);
    let tolerance = match (percent, absolute.map(|size| limit_size(size.0))) {
        (None, None) => return "rounding to the last printed digit".to_owned(),
        (Some(percent), None) => format!("{percent} percent"),
        (None, Some(size)) => size,
        (Some(percent), Some(size)) => format!("{percent} percent or {size}, whichever is more"),
    };
    format!("{tolerance}, and rounding")
}

fn unreadable(text: &str) -> Finding {
    Finding::learner(
        "claims/unreadable",
        format!("{} cannot be read as a number with a unit", quote(text)),
    )
    .help("print digits, and after them a unit such as bytes, KiB or MB")
}

fn is_size(of: ClaimOf) -> bool {
    matches!(
        of,
        ClaimOf::LiveBytes
            | ClaimOf::PeakBytes
            | ClaimOf::TotalBytes
            | ClaimOf::Resident
            | ClaimOf::VirtualSize
    )
}

fn name(expected: &ClaimExpectation) -> &'static str {
    let since = expected.since.is_some();
    match (expected.of, since) {
        (ClaimOf::LiveBytes, false) => "the heap in use",
        (ClaimOf::LiveBytes, true) => "the growth of the heap",
        (ClaimOf::LiveBlocks, false) => "the heap blocks in use",
        (ClaimOf::LiveBlocks, true) => "the growth in heap blocks",
        (ClaimOf::PeakBytes, _) => "the heap's peak",
        (ClaimOf::TotalBytes, _) => "the bytes allocated",
        (ClaimOf::TotalBlocks, _) => "the blocks allocated",
        (ClaimOf::Resident, false) => "resident memory",
        (ClaimOf::Resident, true) => "the growth of resident memory",
        (ClaimOf::VirtualSize, false) => "virtual memory",
        (ClaimOf::VirtualSize, true) => "the growth of virtual memory",
        (ClaimOf::MinorFaults, _) => "the minor page faults",
        (ClaimOf::Region, _) => "the region",
        (ClaimOf::Ratio, _) => "the ratio",
    }
}

/// What the printed number should be: in bytes, or counted. Ratios have a function of their own.
fn measured(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    at: &At<'_>,
) -> Judged<f64> {
    let from = match &expected.since {
        None => None,
        Some(since) => {
            let from = marks.find(since)?;
            if from.number > at.number {
                marks.in_order(from, *at)?;
            }
            if from.number != at.number && marks.written_at_once(&from, at) {
                return marks::coalesced(&from, at).stop();
            }
            Some(from)
        }
    };
    let span = Span {
        from,
        to: Some(*at),
    };
    let counter = match expected.of {
        ClaimOf::LiveBytes => Counter::LiveBytes,
        ClaimOf::LiveBlocks => Counter::LiveBlocks,
        ClaimOf::TotalBytes => Counter::TotalBytes,
        ClaimOf::TotalBlocks => Counter::TotalBlocks,
        ClaimOf::Resident => Counter::Resident,
        ClaimOf::VirtualSize => Counter::Virtual,
        ClaimOf::MinorFaults => Counter::MinorFaults,
        ClaimOf::PeakBytes | ClaimOf::Region | ClaimOf::Ratio => {
            figures::heap(run)?;
            return Ok(float(figures::peak(run, &span)?.low));
        }
    };
    figures::rise(run, &span, counter).map(float)
}

/// The same figure as the program could find it itself: in /proc/self, or for a ratio of times with a clock on the wall.
fn seen(expected: &ClaimExpectation, marks: &Marks<'_>, at: &At<'_>) -> Judged<Option<f64>> {
    if let Some(claimed) = &expected.ratio {
        let wall = |phase| -> Judged<Option<f64>> { Ok(took(&marks.span(Some(phase))?)) };
        let (a, b) = (wall(&claimed.numerator)?, wall(&claimed.denominator)?);
        return Ok(a.zip(b).filter(|(_, b)| *b > 0.0).map(|(a, b)| a / b));
    }
    let pick = |at: &At<'_>| match expected.of {
        ClaimOf::Resident => at.point.resident_seen_bytes,
        ClaimOf::VirtualSize => at.point.virtual_seen_bytes,
        _ => None,
    };
    let first = match &expected.since {
        None => Some(0),
        Some(since) => pick(&marks.find(since)?),
    };
    Ok(match (first, pick(at)) {
        (Some(first), Some(last)) => Some(float(i128::from(last) - i128::from(first))),
        _ => None,
    })
}

/// How long a phase took by the clock on the wall, in milliseconds.
fn took(span: &Span<'_>) -> Option<f64> {
    let from = span.from.map_or(Some(0.0), |from| from.point.wall_ms);
    from.zip(span.to.and_then(|to| to.point.wall_ms))
        .map(|(from, to)| to - from)
}

fn float(value: i128) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "printed figures have fewer digits than that"
    )]
    let float = value as f64;
    float
}

/// A measured ratio, as far as it is known.
struct Ratio {
    middle: f64,
    /// From the smallest to the largest that it may be.
    range: (f64, f64),
    /// The same by the wall clock, which a program reads: it runs on while the program waits for a busy machine. Where it is not known
    /// in which phase the program waited, it may have been in the one or in the other.
    by_wall: Option<(f64, f64)>,
}

impl Ratio {
    /// Whether a claim is true, if that is certain. What the program's own clock may have shown is no lie, so that an
    /// honest program never suffers from a busy machine.
    fn holds(&self, claimed: &Claimed, tolerance: Tolerance) -> Option<bool> {
        let within = |(low, high)| claimed.is_true_between(low, high, tolerance);
        match self.by_wall.map(within) {
            None | Some(Some(false)) => within(self.range),
            Some(_) => Some(true),
        }
    }
}

fn measured_ratio(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
) -> Judged<Ratio> {
    let Some(claimed) = &expected.ratio else {
        return Ruling::author(
            "spec/empty-expectation",
            "a claimed ratio needs the two phases of `ratio`",
        )
        .stop();
    };
    let side = |phase| {
        let span = marks.span(Some(phase))?;
        ratio::quantity(run, &span, claimed.of)
    };
    let (above, below) = (side(&claimed.numerator)?, side(&claimed.denominator)?);
    let Some(range) = ratio::between(above, below, claimed.of) else {
        return Ruling::inconclusive(
            "ratio/nothing-to-compare",
            "neither phase of the ratio has anything to compare",
        )
        .stop();
    };
    let waited = match (claimed.of, run.time.cpu_ms) {
        (Quantity::CpuTime, Some(cpu)) => run.time.wall_ms - cpu,
        _ => 0.0,
    };
    // Where it waited is known if the clock on the wall was read at both ends of a phase; else it may have been there all the time.
    let waited_in = |phase, computed: f64| -> Judged<f64> {
        let took = took(&marks.span(Some(phase))?);
        Ok(took.map_or(waited, |took| (took - computed).clamp(0.0, waited.max(0.0))))
    };
    let by_wall = if waited > SHORTEST_WAIT_MS && below > 0.0 {
        let (over, under) = (
            waited_in(&claimed.numerator, above)?,
            waited_in(&claimed.denominator, below)?,
        );
        Some((above / (below + under), (above + over) / below))
    } else {
        None
    };
    Ok(Ratio {
        middle: above / below,
        range,
        by_wall,
    })
}

fn at_once(at: &At<'_>) -> Ruling {
    Ruling::inconclusive(
        "marks/coalesced",
        format!(
            "line {} was written together with others, so its figure cannot be compared exactly",
            at.number
        ),
    )
    .note("each line is measured when it is written; a buffer around stdout holds lines back")
    .note(format!("the line is {}", quote(at.line)))
}

/// A region in words for people.
pub(super) fn region_words(region: Region) -> &'static str {
    match region {
        Region::Text => "text (machine code)",
        Region::Rodata => "rodata (constants)",
        Region::Data => "data (initialized statics)",
        Region::Bss => "bss (zeroed statics)",
        Region::Heap => "the heap",
        Region::Stack => "the stack",
        Region::Mapping => "other memory, in no live heap block",
        Region::Unmapped => "no mapping at all",
    }
}

/// The size of a block, for evidence.
pub(super) fn block_words(bytes: u64) -> String {
    format!("in a block of {}", human_size(bytes))
}

#[cfg(test)]
mod tests;
