//! What is still allocated at the end, and whether anything can still reach it.

use crate::course::spec::LeakExpectation;
use crate::course::units::{human_count, human_size};
use crate::diagnostic::Finding;
use crate::observe::{Amount, Cycle, Heap, Observation, Site};

use super::figures;
use super::marks;
use super::places::Sources;
use super::ruling::{Judged, Ruling, settle};
use super::words::{blocks, limit_size, plural};

/// Judges leaks.
pub(super) fn judge(
    expected: &LeakExpectation,
    run: &Observation,
    sources: &Sources<'_>,
) -> Ruling {
    settle(compare(expected, run, sources))
}

fn compare(expected: &LeakExpectation, run: &Observation, sources: &Sources<'_>) -> Judged<Ruling> {
    let heap = figures::heap(run)?;
    let (Some(definitely), Some(indirectly)) = (heap.definitely_lost, heap.indirectly_lost) else {
        return marks::unmeasured(run, "what is lost at the end").stop();
    };
    let lost = sum(definitely, indirectly);
    let reachable = match (expected.count_reachable, heap.still_reachable) {
        (false, _) => Amount::default(),
        (true, Some(reachable)) => reachable,
        (true, None) => return marks::unmeasured(run, "what is still reachable at the end").stop(),
    };
    let counted = sum(lost, reachable);
    if let Some(least) = expected.at_least {
        if counted.bytes >= least.0 {
            return Ok(Ruling::passed(format!(
                "leaks {} in {}, as it should",
                human_size(counted.bytes),
                blocks(counted.blocks)
            )));
        }
        if figures::cut_short(run) {
            return incomplete();
        }
        return Ok(Ruling::by_fault(none_found(
            least.0, counted, heap, sources, run,
        )));
    }
    if expected.none != Some(true) {
        return Ruling::author(
            "spec/empty-expectation",
            "a leak check asks for `none` or for `at_least`",
        )
        .stop();
    }
    if counted == Amount::default() {
        return if figures::cut_short(run) {
            incomplete()
        } else {
            Ok(Ruling::passed("nothing is lost"))
        };
    }
    let finding = if !heap.cycles.is_empty() {
        cycle(heap, lost, sources)
    } else if lost == Amount::default() {
        still_reachable(reachable, run, sources)
    } else {
        never_freed(definitely, indirectly, run, sources)
    };
    Ok(Ruling::by_fault(finding))
}

fn sum(a: Amount, b: Amount) -> Amount {
    Amount {
        bytes: a.bytes.saturating_add(b.bytes),
        blocks: a.blocks.saturating_add(b.blocks),
    }
}

fn incomplete() -> Judged<Ruling> {
    Ruling::inconclusive(
        "run/incomplete",
        "the recording was cut short, so what is lost at the end is not known",
    )
    .stop()
}

fn lost_at(site: &Site) -> u64 {
    let bytes = |amount: Option<Amount>| amount.unwrap_or_default().bytes;
    bytes(site.definitely_lost).saturating_add(bytes(site.indirectly_lost))
}

fn never_freed(
    definitely: Amount,
    indirectly: Amount,
    run: &Observation,
    sources: &Sources<'_>,
) -> Finding {
    let lost = sum(definitely, indirectly);
    let verb = if lost.blocks == 1 { "is" } else { "are" };
    let mut finding = Finding::learner(
        "leak/never-freed",
        format!(
            "{} ({}) {verb} never freed, and nothing points to them any more",
            blocks(lost.blocks),
            human_size(lost.bytes)
        ),
    );
    if lost.blocks == 1 {
        finding.message = finding.message.replace("points to them", "points to it");
    }
    if let Some((site, bytes)) = figures::biggest(run, lost_at) {
        finding = sources.at_site(
            finding,
            site,
            format!("{} allocated here are lost", human_size(bytes)),
        );
    }
    if indirectly.blocks > 0 {
        finding = finding.note(format!(
            "{} of them {} lost directly, {} through other lost blocks",
            human_count(definitely.blocks),
            if definitely.blocks == 1 { "is" } else { "are" },
            human_count(indirectly.blocks)
        ));
    }
    finding.help("who owned this memory last, and how did that owner go away without dropping it?")
}

fn still_reachable(reachable: Amount, run: &Observation, sources: &Sources<'_>) -> Finding {
    let verb = if reachable.blocks == 1 { "is" } else { "are" };
    let mut finding = Finding::learner(
        "leak/still-reachable",
        format!(
            "{} ({}) {verb} still allocated at the end; something still points there",
            blocks(reachable.blocks),
            human_size(reachable.bytes)
        ),
    );
    let at_exit = |site: &Site| site.still_reachable.unwrap_or_default().bytes;
    if let Some((site, bytes)) = figures::biggest(run, at_exit) {
        let text = format!("{} allocated here are still reachable", human_size(bytes));
        finding = sources.at_site(finding, site, text);
    }
    finding.help("which static, thread or forgotten owner still holds this memory at the end?")
}

fn cycle(heap: &Heap, lost: Amount, sources: &Sources<'_>) -> Finding {
    let total = |cycle: &Cycle| cycle.count.saturating_mul(cycle.bytes);
    let count = heap
        .cycles
        .iter()
        .fold(0_u64, |n, cycle| n.saturating_add(cycle.count));
    let bytes = heap
        .cycles
        .iter()
        .fold(0_u64, |n, cycle| n.saturating_add(total(cycle)));
    let what = plural(
        count,
        "reference cycle keeps itself",
        "reference cycles keep themselves",
    );
    let mut finding = Finding::learner(
        "leak/cycle",
        format!("{what} alive: {} are never freed", human_size(bytes)),
    );
    let Some(biggest) = heap.cycles.iter().rev().max_by_key(|cycle| total(cycle)) else {
        return finding;
    };
    let mut members = biggest.members.clone();
    members.dedup();
    for (i, member) in members.iter().take(4).enumerate() {
        let place = sources.source_line(member);
        let text = match &member.function {
            Some(function) => format!("a member of the ring is made here, in `{function}`"),
            None => "a member of the ring is made here".to_owned(),
        };
        finding = if i == 0 {
            finding.at(place, text)
        } else {
            finding.also(place, text)
        };
    }
    finding = finding.note(format!(
        "each ring has {} ({}); each member's count stays above 0 because of the member before it",
        blocks(biggest.blocks),
        human_size(biggest.bytes)
    ));
    if lost.bytes > bytes {
        let more = lost.bytes - bytes;
        finding = finding.note(format!(
            "{} more are lost, in part through the rings",
            human_size(more)
        ));
    }
    finding.help("which of these references need to own what they point to, and which only need to look at it?")
}

fn none_found(
    least: u64,
    counted: Amount,
    heap: &Heap,
    sources: &Sources<'_>,
    run: &Observation,
) -> Finding {
    let mut finding = Finding::learner(
        "leak/none-found",
        if counted.bytes == 0 {
            format!(
                "nothing is lost at the end, where at least {} should be",
                limit_size(least)
            )
        } else {
            format!(
                "only {} are lost at the end, where at least {} should be",
                human_size(counted.bytes),
                limit_size(least)
            )
        },
    );
    let reachable = heap.still_reachable.unwrap_or_default();
    if reachable.bytes > 0 {
        finding = finding.note(format!(
            "{} are still allocated at the end but reachable: that is not lost",
            human_size(reachable.bytes)
        ));
    }
    if let Some((site, bytes)) = figures::biggest(run, |site| site.total.bytes) {
        let text = format!(
            "{} were allocated here, and freed or still reachable",
            human_size(bytes)
        );
        if let Some(place) = sources.site(site) {
            finding = finding.at(place, text);
        }
    }
    finding.help("memory is lost only when it is still allocated and nothing points to it; what still owns it here?")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::{amount, run, site};
    use super::*;
    use crate::course::units::Size;
    use crate::judge::Verdict;
    use crate::observe::SourceLine;

    fn ruling(expected: LeakExpectation, run: &Observation) -> Ruling {
        judge(&expected, run, &Sources::new(&BTreeMap::new()))
    }

    fn none() -> LeakExpectation {
        LeakExpectation {
            none: Some(true),
            ..LeakExpectation::default()
        }
    }

    fn at_least(bytes: u64) -> LeakExpectation {
        LeakExpectation {
            at_least: Some(Size(bytes)),
            ..LeakExpectation::default()
        }
    }

    fn losing(definitely: Amount, indirectly: Amount, reachable: Amount) -> Observation {
        run()
            .site(site(14, 1000, 0))
            .with(|run| {
                let heap = run.heap.as_mut().unwrap();
                heap.definitely_lost = Some(definitely);
                heap.indirectly_lost = Some(indirectly);
                heap.still_reachable = Some(reachable);
                heap.sites[0].definitely_lost = Some(definitely);
            })
            .build()
    }

    #[test]
    fn lost_blocks_are_leaks_and_reachable_ones_are_not() {
        let zero = Amount::default();
        let code =
            |expected, run: &Observation| ruling(expected, run).finding.map(|finding| finding.code);
        assert_eq!(code(none(), &losing(zero, zero, zero)), None);
        assert_eq!(code(none(), &losing(zero, zero, amount(8, 1))), None);
        assert_eq!(
            code(none(), &losing(amount(8, 1), zero, zero)),
            Some("leak/never-freed".into())
        );
        assert_eq!(
            code(none(), &losing(zero, amount(8, 1), zero)),
            Some("leak/never-freed".into())
        );
        let strict = LeakExpectation {
            count_reachable: true,
            ..none()
        };
        assert_eq!(
            code(strict, &losing(zero, zero, amount(8, 1))),
            Some("leak/still-reachable".into())
        );
    }

    #[test]
    fn at_least_counts_bytes_that_are_lost() {
        let run = losing(amount(60, 1), amount(40, 2), amount(500, 1));
        assert_eq!(ruling(at_least(100), &run).verdict, Verdict::Passed);
        let finding = ruling(at_least(101), &run).finding.unwrap();
        assert_eq!(finding.code, "leak/none-found");
        assert!(finding.notes[0].contains("reachable: that is not lost"));
    }

    #[test]
    fn a_cycle_is_named_with_its_members() {
        let member = |line| SourceLine {
            file: "main.rs".to_owned(),
            line,
            column: None,
            function: Some("make".to_owned()),
        };
        let mut run = losing(amount(1760, 20), Amount::default(), Amount::default());
        run.heap.as_mut().unwrap().cycles = vec![Cycle {
            count: 10,
            blocks: 2,
            bytes: 176,
            members: vec![member(6), member(7)],
            edges: Vec::new(),
        }];
        let finding = ruling(none(), &run).finding.unwrap();
        assert_eq!(finding.code, "leak/cycle");
        assert_eq!(
            finding.message,
            "10 reference cycles keep themselves alive: 1.7 KiB are never freed"
        );
        assert_eq!(finding.primary.unwrap().place.line, 6);
        assert_eq!(finding.secondary[0].place.line, 7);
    }

    #[test]
    fn an_end_that_could_not_be_scanned_decides_nothing() {
        let run = run()
            .with(|run| run.heap.as_mut().unwrap().definitely_lost = None)
            .build();
        assert_eq!(ruling(none(), &run).verdict, Verdict::Unmeasurable);
        assert_eq!(ruling(at_least(1), &run).verdict, Verdict::Unmeasurable);
    }

    #[test]
    fn the_line_that_lost_most_is_shown() {
        let finding = ruling(
            none(),
            &losing(amount(64, 1), Amount::default(), Amount::default()),
        )
        .finding
        .unwrap();
        assert_eq!(
            finding.message,
            "1 block (64 bytes) is never freed, and nothing points to it any more"
        );
        assert_eq!(
            finding.primary.unwrap().text,
            "64 bytes allocated here are lost"
        );
    }
}
