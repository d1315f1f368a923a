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

/// The most bytes that were alive at any line of a phase, or at any time where no moment of it was kept.
pub(super) fn held_within(site: &Site, span: &Span<'_>) -> u64 {
    let first = span.from.map_or(0, |at| at.number);
    let last = span.to.map_or(u64::MAX, |at| at.number);
    let within = site
        .moments
        .iter()
        .filter(|m| (first..=last).contains(&m.number));
    let most = within.map(|moment| moment.live.bytes).max();
    match most {
        Some(most) if span.from.is_some() || span.to.is_some() => most,
        _ => held(site).bytes,
    }
}

/// Between how many and how many bytes a site held from line `first` to line `last`, where moments were kept.
pub(super) fn range(site: &Site, first: u64, last: u64) -> Option<(u64, u64)> {
    let within = || {
        let moments = site.moments.iter();
        let moments = moments.filter(|moment| (first..=last).contains(&moment.number));
        moments.map(|moment| moment.live.bytes)
    };
    Some((within().min()?, within().max()?))
}

/// What a site allocated within a phase; `None` where its figures at the ends of the phase were not kept.
pub(super) fn allocated(site: &Site, span: &Span<'_>) -> Option<Amount> {
    let at = |number| {
        let moment = site.moments.iter().find(|moment| moment.number == number);
        moment.map(|moment| moment.total)
    };
    let first = match &span.from {
        None => Amount::default(),
        Some(from) => at(from.number)?,
    };
    let last = match &span.to {
        None => site.total,
        Some(to) => at(to.number)?,
    };
    Some(Amount {
        bytes: last.bytes.saturating_sub(first.bytes),
        blocks: last.blocks.saturating_sub(first.blocks),
    })
}

/// By how many bytes what a site holds grew from line `first` to line `last`, by the nearest moments within them;
/// what it held at most where no moments were kept.
pub(super) fn growth(site: &Site, first: u64, last: u64) -> u64 {
    let mut within = site
        .moments
        .iter()
        .filter(|moment| (first..=last).contains(&moment.number));
    match (within.next(), within.next_back()) {
        (Some(first), Some(last)) => last.live.bytes.saturating_sub(first.live.bytes),
        _ => held(site).bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::marks::Marks;
    use super::super::testing::{amount, line, run, site};
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

    #[test]
    fn a_site_that_grew_is_told_from_one_that_is_large() {
        use crate::observe::Moment;
        let moment = |number, live| Moment {
            number,
            total: amount(live, live),
            live: amount(live, live),
        };
        let mut large = site(3, 900, 900);
        large.moments = vec![moment(1, 900), moment(2, 900), moment(3, 900)];
        let mut grown = site(4, 300, 0);
        grown.moments = vec![moment(1, 100), moment(2, 200), moment(3, 300)];
        assert_eq!((growth(&large, 1, 3), growth(&grown, 1, 3)), (0, 200));
        assert_eq!(growth(&site(5, 70, 7), 1, 3), 7);
        assert_eq!(range(&grown, 2, 3), Some((200, 300)));
        assert_eq!(range(&grown, 4, 9), None);

        let run = run().mark("a", 0).mark("b", 0).mark("c", 0).build();
        let span = |from: &str, to: &str| {
            let phase = Phase {
                from: Some(line(from)),
                to: Some(line(to)),
            };
            Marks::new(&run).span(Some(&phase)).unwrap()
        };
        assert_eq!(allocated(&grown, &span("b", "c")), Some(amount(100, 100)));
        assert_eq!(allocated(&site(5, 70, 7), &span("b", "c")), None);
        assert_eq!(held_within(&grown, &span("a", "b")), 200);
        assert_eq!(held_within(&grown, &Span::default()), 0);
        assert_eq!(held_within(&site(5, 70, 7), &span("b", "c")), 7);
    }
}
