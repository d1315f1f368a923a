//! Heap blocks and bytes, for a run or a phase of it.

use crate::course::spec::HeapExpectation;
use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::observe::{Amount, Observation, Site};

use super::bounds::{Bound, Fit, Known};
use super::figures::{self, Counter};
use super::marks::{Marks, Span};
use super::moments::Moments;
use super::places::Sources;
use super::ruling::{Judged, Ruling, settle};
use super::words::{blocks, exact_size, signed_count, signed_size};

/// Judges all bounds; the first that does not hold is the finding, the others its notes.
pub(super) fn judge(
    expected: &HeapExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Ruling {
    settle(judge_bounds(expected, run, marks, sources))
}

#[derive(Debug, Clone, Copy)]
enum Figure {
    TotalBytes,
    TotalBlocks,
    PeakBytes,
    AtExitBytes,
    AtExitBlocks,
}

fn judge_bounds(
    expected: &HeapExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Judged<Ruling> {
    let bounds: Vec<(Figure, Bound)> = [
        (Figure::TotalBlocks, expected.total_blocks.map(Bound::from)),
        (Figure::TotalBytes, expected.total_bytes.map(Bound::from)),
        (Figure::PeakBytes, expected.peak_bytes.map(Bound::from)),
        (Figure::AtExitBytes, expected.at_exit_bytes.map(Bound::from)),
        (
            Figure::AtExitBlocks,
            expected.at_exit_blocks.map(Bound::from),
        ),
    ]
    .into_iter()
    .filter_map(|(figure, bound)| Some((figure, bound?)))
    .filter(|(_, bound)| !bound.is_empty())
    .collect();
    if bounds.is_empty() {
        return Ruling::author("spec/empty-expectation", "no bound on the heap is given").stop();
    }
    figures::heap(run)?;
    let span = marks.span(expected.between.as_ref())?;
    let mut finding: Option<Finding> = None;
    let mut undecided = None;
    let mut summary = Vec::new();
    for (figure, bound) in bounds {
        let known = match measure(figure, run, &span) {
            Ok(known) => known,
            Err(ruling) => {
                undecided.get_or_insert(ruling);
                continue;
            }
        };
        match figures::fit(&bound, known, 0, figure.name()) {
            Ok(Fit::TooMuch) => {
                finding = Some(also(
                    finding, figure, &bound, known, true, run, &span, sources,
                ));
            }
            Ok(Fit::TooLittle) => {
                finding = Some(also(
                    finding, figure, &bound, known, false, run, &span, sources,
                ));
            }
            Ok(Fit::Within | Fit::Unknown) => summary.push(figure.words(known)),
            Err(ruling) => {
                undecided.get_or_insert(ruling);
            }
        }
    }
    match (finding, undecided) {
        (Some(finding), _) => Ok(Ruling::by_fault(finding)),
        (None, Some(ruling)) => Err(ruling),
        (None, None) => Ok(Ruling::passed(summary.join(", "))),
    }
}

fn measure(figure: Figure, run: &Observation, span: &Span<'_>) -> Judged<Known> {
    let partial = span.to.is_none() && figures::cut_short(run);
    let rise = |counter| {
        let value = figures::rise(run, span, counter)?;
        Ok(if partial {
            Known::at_least(value)
        } else {
            Known::exactly(value)
        })
    };
    let level = |counter| {
        let value = i128::from(figures::level(run, span, counter)?);
        Ok(if partial {
            // What was freed after the recording ended is not known, nor what was allocated.
            Known {
                low: 0,
                high: i128::MAX,
            }
        } else {
            Known::exactly(value)
        })
    };
    match figure {
        Figure::TotalBytes => rise(Counter::TotalBytes),
        Figure::TotalBlocks => rise(Counter::TotalBlocks),
        Figure::AtExitBytes => level(Counter::LiveBytes),
        Figure::AtExitBlocks => level(Counter::LiveBlocks),
        Figure::PeakBytes => {
            let known = figures::peak(run, span)?;
            Ok(if partial {
                Known::at_least(known.low)
            } else {
                known
            })
        }
    }
}

impl Figure {
    fn name(self) -> &'static str {
        match self {
            Self::TotalBytes => "the number of bytes allocated",
            Self::TotalBlocks => "the number of blocks allocated",
            Self::PeakBytes => "the heap's peak",
            Self::AtExitBytes => "the number of bytes alive at the end",
            Self::AtExitBlocks => "the number of blocks alive at the end",
        }
    }

    /// For a pass: `3,000,000 blocks allocated`.
    fn words(self, known: Known) -> String {
        match self {
            Self::TotalBytes => format!("{} allocated", signed_size(known.low)),
            Self::TotalBlocks => format!("{} allocated", count(known.low)),
            Self::PeakBytes => format!("peak of {}", signed_size(known.low)),
            Self::AtExitBytes => format!("{} alive at the end", signed_size(known.low)),
            Self::AtExitBlocks => format!("{} alive at the end", count(known.low)),
        }
    }

    fn code_and_help(self, too_much: bool) -> (&'static str, &'static str) {
        match (self, too_much) {
            (Self::TotalBytes, true) => (
                "heap/too-many-bytes",
                "which of these allocations could be smaller, or happen once instead of every time?",
            ),
            (Self::TotalBytes, false) => (
                "heap/too-few-bytes",
                "is the work that needs this memory really done here?",
            ),
            (Self::TotalBlocks, true) => (
                "heap/too-many-blocks",
                "what on this line needs a block of its own on the heap, and does it each time around?",
            ),
            (Self::TotalBlocks, false) => (
                "heap/too-few-blocks",
                "is the work that should allocate really done, each time around?",
            ),
            (Self::PeakBytes, true) => (
                "heap/peak-over-limit",
                "what is alive at the same time here that is not needed at the same time?",
            ),
            (Self::PeakBytes, false) => (
                "heap/peak-too-low",
                "is everything that the lesson asks for alive at the same time?",
            ),
            (Self::AtExitBytes | Self::AtExitBlocks, true) => (
                "heap/still-allocated",
                "who owns this memory, and when does that owner go away?",
            ),
            (Self::AtExitBytes | Self::AtExitBlocks, false) => (
                "heap/freed-early",
                "what should still be alive at this point, and who has dropped it?",
            ),
        }
    }
}

fn count(value: i128) -> String {
    u64::try_from(value).map_or_else(|_| format!("{} blocks", signed_count(value)), blocks)
}

/// A second broken bound becomes a note of the first.
#[expect(
    clippy::too_many_arguments,
    reason = "one call, and a struct would only rename them"
)]
fn also(
    so_far: Option<Finding>,
    figure: Figure,
    bound: &Bound,
    known: Known,
    too_much: bool,
    run: &Observation,
    span: &Span<'_>,
    sources: &Sources<'_>,
) -> Finding {
    let (code, help) = figure.code_and_help(too_much);
    let message = message(figure, bound, known, span);
    if let Some(finding) = so_far {
        return finding.note(format!("also: {message}"));
    }
    let mut finding = Finding::learner(code, message);
    if let Some((site, text)) = culprit(figure, too_much, run, span) {
        finding = sources.at_site(finding, site, text);
    }
    if let Some(to) = &span.to {
        finding = sources.printer(finding, to.point, "measured up to this line");
    }
    if matches!(
        figure,
        Figure::TotalBytes | Figure::PeakBytes | Figure::AtExitBytes
    ) && let Ok(bytes) = u64::try_from(known.low)
    {
        finding = finding.note(format!("measured: {}", exact_size(bytes)));
    }
    finding.help(help)
}

fn message(figure: Figure, bound: &Bound, known: Known, span: &Span<'_>) -> String {
    let wanted = bound.words();
    let (where_, end) = (span.words(), end_words(span));
    match figure {
        Figure::TotalBytes => format!(
            "{} are allocated {where_}, where {wanted} is asked for",
            signed_size(known.low)
        ),
        Figure::TotalBlocks => {
            let verb = if known.low == 1 { "is" } else { "are" };
            format!(
                "{} {verb} allocated {where_}, where {wanted} is asked for",
                count(known.low)
            )
        }
        Figure::PeakBytes => format!(
            "the heap peaks at {} {where_}, where {wanted} is asked for",
            signed_size(known.low)
        ),
        Figure::AtExitBytes => format!(
            "{} are alive {end}, where {wanted} is asked for",
            signed_size(known.low)
        ),
        Figure::AtExitBlocks => {
            let verb = if known.low == 1 { "is" } else { "are" };
            format!(
                "{} {verb} alive {end}, where {wanted} is asked for",
                count(known.low)
            )
        }
    }
}

fn end_words(span: &Span<'_>) -> String {
    match &span.to {
        None => "at the end".to_owned(),
        Some(to) => format!("when the line {} is printed", super::words::brief(to.line)),
    }
}

/// The line that has most to do with it. Where too little happened, no line has.
fn culprit<'a>(
    figure: Figure,
    too_much: bool,
    run: &'a Observation,
    span: &Span<'_>,
) -> Option<(&'a Site, String)> {
    if !too_much {
        return None;
    }
    let whole = span.from.is_none() && span.to.is_none();
    let moments = Moments::of(run);
    match figure {
        Figure::TotalBlocks | Figure::TotalBytes => {
            let measure = |amount: Amount| match figure {
                Figure::TotalBlocks => amount.blocks,
                _ => amount.bytes,
            };
            let words = |n| match figure {
                Figure::TotalBlocks => were(n),
                _ => format!("{} were", human_size(n)),
            };
            let within = |site: &Site| measure(moments.allocated(site, span).unwrap_or_default());
            if let Some((site, n)) = figures::biggest(run, within).filter(|_| !whole) {
                return Some((
                    site,
                    format!("{} allocated here {}", words(n), span.words()),
                ));
            }
            let end = if whole { "" } else { " in the whole run" };
            figures::biggest(run, |site| measure(site.total))
                .map(|(site, n)| (site, format!("{} allocated here{end}", words(n))))
        }
        Figure::PeakBytes => figures::biggest(run, |site| moments.held_within(site, span))
            .filter(|_| peak_is_seen(run))
            .map(|(site, n)| {
                (
                    site,
                    format!("{} allocated here were alive at once", human_size(n)),
                )
            })
            .or_else(|| {
                figures::biggest(run, |site| site.total.bytes).map(|(site, n)| {
                    (
                        site,
                        format!("{} were allocated here in all", human_size(n)),
                    )
                })
            }),
        Figure::AtExitBytes | Figure::AtExitBlocks => {
            let alive = |site: &Site| match &span.to {
                None => site.at_exit.bytes,
                Some(to) => match moments.range(site, to.number, to.number) {
                    Some((_, live)) => live,
                    None => figures::held(site).bytes,
                },
            };
            figures::biggest(run, alive).map(|(site, n)| {
                (
                    site,
                    format!("{} allocated here were still alive", human_size(n)),
                )
            })
        }
    }
}

/// Whether what was alive at some mark, or at the end, is most of the peak; otherwise the peak lies between marks, and
/// what sites held at marks says nothing about it.
fn peak_is_seen(run: &Observation) -> bool {
    let Some(heap) = &run.heap else { return false };
    let marks = run.timeline.iter().filter(|point| point.mark.is_some());
    let live = marks.filter_map(|point| point.live_bytes);
    let seen = live.chain([heap.at_exit.bytes]).max().unwrap_or(0);
    seen / 3 >= heap.peak.bytes / 4
}

fn were(n: u64) -> String {
    format!("{} {}", blocks(n), if n == 1 { "was" } else { "were" })
}

#[cfg(test)]
mod tests;
