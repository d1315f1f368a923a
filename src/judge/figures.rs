//! Figures of a run or of a phase of it.

use crate::course::spec::OutcomeKind;
use crate::observe::{Amount, Heap, Observation, Point, Site};

use super::bounds::{Bound, Fit, Known};
use super::marks::{self, Span};
use super::ruling::{Judged, Ruling};

/// A figure that the timeline has at every point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counter {
    TotalBytes,
    TotalBlocks,
    LiveBytes,
    LiveBlocks,
    Resident,
    Virtual,
    MinorFaults,
    MajorFaults,
}

impl Counter {
    pub(super) fn at(self, point: &Point) -> Option<u64> {
        match self {
            Self::TotalBytes => point.total_bytes,
            Self::TotalBlocks => point.total_blocks,
            Self::LiveBytes => point.live_bytes,
            Self::LiveBlocks => point.live_blocks,
            Self::Resident => point.resident_bytes,
            Self::Virtual => point.virtual_bytes,
            Self::MinorFaults => point.minor_faults,
            Self::MajorFaults => point.major_faults,
        }
    }

    /// At the end of the run; resident and virtual memory are not known there.
    fn at_end(self, run: &Observation) -> Option<u64> {
        let heap = run.heap.as_ref();
        match self {
            Self::TotalBytes => heap.map(|heap| heap.total.bytes),
            Self::TotalBlocks => heap.map(|heap| heap.total.blocks),
            Self::LiveBytes => heap.map(|heap| heap.at_exit.bytes),
            Self::LiveBlocks => heap.map(|heap| heap.at_exit.blocks),
            Self::Resident | Self::Virtual => None,
            Self::MinorFaults => run.pages.minor_faults,
            Self::MajorFaults => run.pages.major_faults,
        }
    }

    /// What it is, for a finding.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TotalBytes => "the bytes allocated",
            Self::TotalBlocks => "the blocks allocated",
            Self::LiveBytes => "the bytes alive",
            Self::LiveBlocks => "the blocks alive",
            Self::Resident => "resident memory",
            Self::Virtual => "virtual memory",
            Self::MinorFaults => "minor page faults",
            Self::MajorFaults => "major page faults",
        }
    }
}

/// By how much a counter rose within a phase; from the start it rose from 0.
pub(super) fn rise(run: &Observation, span: &Span<'_>, counter: Counter) -> Judged<i128> {
    let first = match &span.from {
        None => 0,
        Some(at) => known(run, counter.at(at.point), counter)?,
    };
    let last = level(run, span, counter)?;
    Ok(i128::from(last) - i128::from(first))
}

/// What a counter stood at at the end of a phase.
pub(super) fn level(run: &Observation, span: &Span<'_>, counter: Counter) -> Judged<u64> {
    let value = match &span.to {
        None => counter.at_end(run),
        Some(at) => counter.at(at.point),
    };
    known(run, value, counter)
}

fn known(run: &Observation, value: Option<u64>, counter: Counter) -> Judged<u64> {
    match value {
        Some(value) => Ok(value),
        None => marks::unmeasured(run, counter.name()).stop(),
    }
}

/// The most bytes alive at once within a phase, as far as that is known.
///
/// Between marks the timeline has its peaks; after the last mark only the peak of the whole run says something.
pub(super) fn peak(run: &Observation, span: &Span<'_>) -> Judged<Known> {
    let heap = heap(run)?;
    if span.from.is_none() && span.to.is_none() {
        return Ok(Known::exactly(i128::from(heap.peak.bytes)));
    }
    let start = span.from.map_or(0, |at| at.index + 1);
    let end = span.to.map_or(run.timeline.len(), |at| at.index + 1);
    let mut most = match span.from {
        None => 0,
        Some(at) => known(run, at.point.live_bytes, Counter::LiveBytes)?,
    };
    for point in run.timeline.get(start..end).unwrap_or_default() {
        if point.mark.is_some() && point.peak_bytes_since.is_none() {
            return marks::unmeasured(run, "the peak between lines").stop();
        }
        most = most
            .max(point.peak_bytes_since.unwrap_or(0))
            .max(point.live_bytes.unwrap_or(0));
    }
    if span.to.is_some() {
        return Ok(Known::exactly(i128::from(most)));
    }
    let low = most.max(heap.at_exit.bytes);
    let before_the_tail = run
        .timeline
        .iter()
        .filter_map(|point| point.peak_bytes_since)
        .max();
    let high = if heap.peak.bytes > before_the_tail.unwrap_or(0) {
        // The run's peak came after the last mark, and is this phase's.
        return Ok(Known::exactly(i128::from(heap.peak.bytes.max(low))));
    } else {
        heap.peak.bytes.max(low)
    };
    Ok(Known {
        low: i128::from(low),
        high: i128::from(high),
    })
}

/// The heap's figures, or the ruling that there are none.
pub(super) fn heap(run: &Observation) -> Judged<&Heap> {
    match &run.heap {
        Some(heap) => Ok(heap),
        None => marks::unmeasured(run, "the heap").stop(),
    }
}

/// Whether the recording stopped before the program did. One that was killed was recorded to its end.
pub(super) fn cut_short(run: &Observation) -> bool {
    run.heap.as_ref().is_some_and(|heap| !heap.complete)
        && matches!(
            run.outcome.kind,
            OutcomeKind::Exited | OutcomeKind::Vanished
        )
}

/// How a figure lies to its bound, or the ruling that it is not known well enough.
pub(super) fn fit(bound: &Bound, figure: Known, slack: u64, what: &str) -> Judged<Fit> {
    match bound.fit(figure, slack) {
        Fit::Unknown => Ruling::inconclusive(
            "run/incomplete",
            format!(
                "{what} is not known exactly enough to compare it with {}",
                bound.words()
            ),
        )
        .note(format!("what is known: {}", known_words(figure)))
        .stop(),
        fit => Ok(fit),
    }
}

fn known_words(figure: Known) -> String {
    if figure.high == i128::MAX {
        format!("{} or more", figure.low)
    } else {
        format!("between {} and {}", figure.low, figure.high)
    }
}

/// The site that has the most of something, if it has any. Of equals the first in the observation's order.
pub(super) fn biggest(run: &Observation, measure: impl Fn(&Site) -> u64) -> Option<(&Site, u64)> {
    let sites = run.heap.iter().flat_map(|heap| &heap.sites);
    sites
        .filter(|site| site.file.is_some() && site.line.is_some())
        .map(|site| (site, measure(site)))
        .rev()
        .max_by_key(|(_, amount)| *amount)
        .filter(|(_, amount)| *amount > 0)
}

/// The most that was alive at any mark or at the end, as far as that is known: freeing at the end hides nothing.
pub(super) fn held(site: &Site) -> Amount {
    let later = site.at_highest_mark.unwrap_or_default();
    if later.bytes > site.at_exit.bytes {
        later
    } else {
        site.at_exit
    }
}

#[cfg(test)]
mod tests {
    use super::super::marks::Marks;
    use super::super::testing::{amount, line, run};
    use super::*;
    use crate::course::spec::Phase;
    use crate::judge::Verdict;

    fn peak_of(run: &Observation, from: Option<&str>, to: Option<&str>) -> Known {
        let phase = Phase {
            from: from.map(line),
            to: to.map(line),
        };
        let span = Marks::new(run).span(Some(&phase)).unwrap();
        peak(run, &span).unwrap()
    }

    #[test]
    fn a_phase_has_its_own_peak() {
        let run = run()
            .mark("a", 100)
            .mark("b", 50)
            .mark("c", 10)
            .heap(amount(500, 5), amount(300, 3), amount(0, 0))
            .with(|run| run.timeline[0].peak_bytes_since = Some(300))
            .build();
        assert_eq!(peak_of(&run, None, Some("a")), Known::exactly(300));
        assert_eq!(peak_of(&run, Some("a"), Some("c")), Known::exactly(100));
        assert_eq!(peak_of(&run, Some("b"), Some("c")), Known::exactly(50));
        assert_eq!(peak_of(&run, Some("c"), None), Known { low: 10, high: 300 });
    }

    #[test]
    fn a_peak_after_the_last_mark_is_known_when_it_is_the_runs() {
        let run = run()
            .mark("a", 100)
            .heap(amount(500, 5), amount(400, 3), amount(0, 0))
            .build();
        assert_eq!(peak_of(&run, Some("a"), None), Known::exactly(400));
    }

    #[test]
    fn missing_figures_are_not_zero() {
        let run = run()
            .mark("a", 1)
            .last(|point| point.resident_bytes = None)
            .build();
        let span = Marks::new(&run)
            .span(Some(&Phase {
                from: None,
                to: Some(line("a")),
            }))
            .unwrap();
        assert_eq!(
            rise(&run, &span, Counter::Resident).unwrap_err().verdict,
            Verdict::Unmeasurable
        );
        assert_eq!(rise(&run, &span, Counter::LiveBytes), Ok(1));
        assert_eq!(
            rise(&run, &Span::default(), Counter::Virtual)
                .unwrap_err()
                .verdict,
            Verdict::Unmeasurable
        );
    }
}
