//! Numbers that a program prints, compared with what was measured when it printed them.
//!
//! A printed number is true if the measured figure lies within half a unit of its last digit and the spec's tolerance.

use regex::{Captures, Regex};

use crate::course::spec::{ClaimExpectation, ClaimOf, Region};
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
    /// Not true, and what is: the finding without its place.
    Untrue(Finding),
}

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
    count(expected, marks, &regex, lines.len())?;

    let mut untrue: Vec<(At<'_>, Finding)> = Vec::new();
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
            Ok(Claim::Untrue(_)) if at.point.coalesced => {
                undecided.get_or_insert_with(|| Box::new(at_once(at)));
            }
            Ok(Claim::Untrue(finding)) => untrue.push((*at, finding)),
            Err(ruling) => {
                undecided.get_or_insert(ruling);
            }
        }
    }
    let count = untrue.len();
    let mut untrue = untrue.into_iter();
    if let Some((at, mut finding)) = untrue.next() {
        finding
            .notes
            .insert(0, format!("line {} is {}", at.number, quote(at.line)));
        for (_, other) in untrue.take(2) {
            finding = finding.note(format!("also: {}", other.message));
        }
        if count > 3 {
            finding = finding.note(format!("{count} such lines are untrue in all"));
        }
        let finding = sources.blame_print(finding, Some(at.point), at.line);
        return Ok(Ruling::by_fault(finding));
    }
    if let Some(ruling) = undecided {
        return Err(ruling);
    }
    if expected.of == ClaimOf::Region {
        regions.need(&expected.regions)?;
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
    let Some(group) = captures.name("claim") else {
        return Ok(Claim::Untrue(unreadable("")));
    };
    let after = at.line.get(group.end()..).unwrap_or_default();
    let Some(claimed) = Claimed::read(group.as_str(), after, expected.unit.as_deref()) else {
        return Ok(Claim::Untrue(unreadable(group.as_str())));
    };
    let measured = measured(expected, run, marks, at)?;
    let bytes = is_size(expected.of);
    let tolerance = Tolerance {
        percent: expected.percent.unwrap_or(0.0),
        absolute: expected.absolute.map_or(0.0, |size| size.0 as f64),
    };
    if claimed.is_true(measured, tolerance) {
        return Ok(Claim::True);
    }
    // What the program itself can read of its memory has the probe's part in it; that is no lie either.
    if let Some(seen) = seen(expected, marks, at)?
        && claimed.is_true(seen, tolerance)
    {
        return Ok(Claim::True);
    }
    let unit = if bytes { Unit::Bytes(1) } else { Unit::Each };
    let is = if expected.since.is_some() {
        "it was"
    } else {
        "it is"
    };
    let mut finding = Finding::learner(
        "claims/untrue",
        format!(
            "line {} says {} for {}, but {is} {}",
            at.number,
            quote(group.as_str()),
            name(expected),
            numbers::figure(measured, unit)
        ),
    );
    if bytes && claimed.value().abs() >= 1024.0 {
        finding = finding.note(format!(
            "printed {} bytes, measured {} bytes",
            numbers::figure(claimed.value().round(), Unit::Each),
            numbers::figure(measured, Unit::Each)
        ));
    }
    if let Some((unit, name)) = claimed.unit.binary_twin()
        && claimed.read_as(unit).is_true(measured, tolerance)
    {
        finding = finding.note(format!(
            "it would be true in {name}: a kB has 1000 bytes, a KiB 1024"
        ));
    }
    finding = finding.note(format!("allowed: {}", allowed(expected)));
    Ok(Claim::Untrue(finding.help(
        "where does the printed number come from, and is it taken at the moment that the line speaks of?",
    )))
}

fn allowed(expected: &ClaimExpectation) -> String {
    let mut parts = Vec::new();
    if let Some(percent) = expected.percent.filter(|percent| *percent > 0.0) {
        parts.push(format!("{percent} percent"));
    }
    if let Some(absolute) = expected.absolute.filter(|size| size.0 > 0) {
        parts.push(limit_size(absolute.0));
    }
    parts.push("rounding to the last printed digit".to_owned());
    parts.join(", ")
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
        (ClaimOf::LiveBytes, false) => "the heap bytes in use",
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

/// What the printed number should be: in bytes, or counted.
fn measured(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    at: &At<'_>,
) -> Judged<f64> {
    if expected.of == ClaimOf::Ratio {
        return measured_ratio(expected, run, marks);
    }
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
        let wall = |phase| -> Judged<Option<f64>> {
            let span = marks.span(Some(phase))?;
            let from = span.from.map_or(Some(0.0), |from| from.point.wall_ms);
            Ok(from
                .zip(span.to.and_then(|to| to.point.wall_ms))
                .map(|(from, to)| to - from))
        };
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

fn float(value: i128) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "printed figures have fewer digits than that"
    )]
    let float = value as f64;
    float
}

fn measured_ratio(
    expected: &ClaimExpectation,
    run: &Observation,
    marks: &Marks<'_>,
) -> Judged<f64> {
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
    let (a, b) = (side(&claimed.numerator)?, side(&claimed.denominator)?);
    if claimed.of == crate::course::spec::Quantity::CpuTime && a.min(b) < ratio::SHORTEST_MS {
        return ratio::too_short(a.min(b)).stop();
    }
    if b == 0.0 {
        return Ruling::inconclusive(
            "ratio/nothing-to-compare",
            "the second phase of the ratio has nothing to divide by",
        )
        .stop();
    }
    Ok(a / b)
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
        Region::Stack => "a stack",
        Region::Mapping => "another mapping",
        Region::Unmapped => "no mapping at all",
    }
}

/// The size of a block, for evidence.
pub(super) fn block_words(bytes: u64) -> String {
    format!("in a block of {}", human_size(bytes))
}

#[cfg(test)]
mod tests;
