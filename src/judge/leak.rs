//! What is still allocated at the end, and whether anything can still reach it. The ways to leak are told apart: a reference
//! cycle, a call that keeps values from being dropped, a global that only grows, and lost in any other way.

mod forgotten;
pub(super) mod held;

use std::collections::BTreeMap;

use crate::course::spec::LeakExpectation;
use crate::course::units::{human_count, human_size};
use crate::diagnostic::{Finding, Severity};
use crate::intake::syntax::Purpose;
use crate::observe::{Amount, Cycle, Heap, Observation, Site, SourceLine};

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
        cycle(heap, lost.bytes, sources)
    } else if lost == Amount::default() {
        held::growing(run, sources).unwrap_or_else(|| still_reachable(reachable, run, sources))
    } else {
        let calls = forgotten::calls(run, sources, |_| true);
        // One that explains little of it would lead astray.
        forgotten::finding(&calls, lost, sources)
            .filter(|_| forgotten::lost(&calls).bytes >= lost.bytes / 2)
            .unwrap_or_else(|| never_freed(definitely, indirectly, run, lost_at, sources))
    };
    Ok(Ruling::by_fault(finding))
}

/// What a run lost, without an exercise that asks: one warning for each way to leak. `files` are the program's, by path.
pub fn explain(
    run: &Observation,
    files: &BTreeMap<String, String>,
    purpose: &Purpose,
) -> Vec<Finding> {
    let sources = Sources::new(files).with_purpose(purpose);
    let Some(heap) = &run.heap else {
        return Vec::new();
    };
    let (Some(definitely), Some(indirectly)) = (heap.definitely_lost, heap.indirectly_lost) else {
        return Vec::new();
    };
    let in_a_cycle = |site: &Site| {
        let cycles = heap.cycles.iter();
        let mut lines = cycles.flat_map(|cycle| cycle.members.iter().chain(&cycle.through));
        lines.any(|member| {
            (Some(member.file.as_str()), Some(member.line)) == (site.file.as_deref(), site.line)
        })
    };
    let calls = forgotten::calls(run, &sources, |site| !in_a_cycle(site));
    // What only hangs on something lost is explained with it.
    let in_another_way = |site: &Site| {
        site.definitely_lost.unwrap_or_default().blocks > 0
            && !in_a_cycle(site)
            && !forgotten::explain(&calls, site)
    };
    let others = || heap.sites.iter().filter(|site| in_another_way(site));
    let of = |amount: fn(&Site) -> Option<Amount>| {
        others().filter_map(amount).fold(Amount::default(), sum)
    };
    let directly = of(|site| site.definitely_lost);
    let through_others = of(|site| site.indirectly_lost);
    let mut findings = Vec::new();
    if !heap.cycles.is_empty() {
        let rest = sum(sum(forgotten::lost(&calls), directly), through_others);
        let lost = definitely.bytes.saturating_add(indirectly.bytes);
        findings.push(cycle(heap, lost.saturating_sub(rest.bytes), &sources));
    }
    findings.extend(forgotten::finding(
        &calls,
        forgotten::lost(&calls),
        &sources,
    ));
    if directly.blocks > 0 {
        let bytes = |site: &Site| {
            if in_another_way(site) {
                lost_at(site)
            } else {
                0
            }
        };
        findings.push(never_freed(directly, through_others, run, bytes, &sources));
    }
    findings.extend(held::growing(run, &sources));
    for finding in &mut findings {
        // No exercise says that it must not be.
        finding.severity = Severity::Warning;
    }
    findings
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

/// `24 bytes allocated here are lost`.
fn lost_here(bytes: u64) -> String {
    let verb = if bytes == 1 { "is" } else { "are" };
    format!("{} allocated here {verb} lost", human_size(bytes))
}

/// Lines of a ring that are shown: of its members, and of what lies between them.
const MEMBERS: usize = 4;
const THROUGH: usize = 2;

/// Why a loss matters.
const LOST_FOR_GOOD: &str =
    "what is lost can never be used again; a program that goes on loses more each time it comes by";

fn lost_at(site: &Site) -> u64 {
    let bytes = |amount: Option<Amount>| amount.unwrap_or_default().bytes;
    bytes(site.definitely_lost).saturating_add(bytes(site.indirectly_lost))
}

fn never_freed(
    definitely: Amount,
    indirectly: Amount,
    run: &Observation,
    lost_at: impl Fn(&Site) -> u64,
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
        finding = sources.at_site(finding, site, lost_here(bytes));
    }
    if indirectly.blocks > 0 {
        finding = finding.note(format!(
            "{} of them {} lost directly, {} through other lost blocks",
            human_count(definitely.blocks),
            if definitely.blocks == 1 { "is" } else { "are" },
            human_count(indirectly.blocks)
        ));
    }
    finding = finding.note(LOST_FOR_GOOD);
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
        finding = held::notes(sources.at_site(finding, site, text), site);
    }
    finding.help("which static, thread or forgotten owner still holds this memory at the end?")
}

/// `lost` is everything that the rings may explain, in bytes.
fn cycle(heap: &Heap, lost: u64, sources: &Sources<'_>) -> Finding {
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
    finding = members(finding, biggest, sources);
    let of_one = format!("{} ({})", blocks(biggest.blocks), human_size(biggest.bytes));
    let which = if heap.cycles.len() > 1 {
        format!(
            "{} of the rings {} {of_one}{}",
            human_count(biggest.count),
            if biggest.count == 1 { "has" } else { "have" },
            if biggest.count == 1 { "" } else { " each" }
        )
    } else {
        format!("each ring has {of_one}")
    };
    finding = finding.note(format!(
        "{which}; each member's count stays above 0 because of the member before it"
    ));
    if lost > bytes {
        let more = lost - bytes;
        finding = finding.note(format!(
            "{} more are lost, in part through the rings",
            human_size(more)
        ));
    }
    finding = finding.note(LOST_FOR_GOOD);
    finding.help("which of these references need to own what they point to, and which only need to look at it?")
}

/// The lines that make a ring's members, and those that make what lies between them.
fn members(mut finding: Finding, cycle: &Cycle, sources: &Sources<'_>) -> Finding {
    let different = |lines: &mut Vec<SourceLine>, line: &SourceLine| {
        let same = |known: &SourceLine| (&known.file, known.line) == (&line.file, line.line);
        let new = !lines.iter().any(same);
        if new {
            lines.push(line.clone());
        }
        new
    };
    let mut lines = Vec::new();
    let makers: Vec<&SourceLine> = cycle
        .members
        .iter()
        .filter(|line| different(&mut lines, line))
        .collect();
    let all_here = makers.len() == 1 && (cycle.members.len() > 1 || cycle.through.is_empty());
    for (i, line) in makers.iter().take(MEMBERS).enumerate() {
        let place = sources.source_line(line);
        finding = match i {
            0 if all_here && cycle.blocks > 1 => {
                finding.at(place, "the members of the ring are made here")
            }
            0 => finding.at(place, "a member of the ring is made here"),
            _ => finding.also(place, "another member is made here"),
        };
    }
    let between = cycle.through.iter();
    let between = between.filter(|line| different(&mut lines, line));
    for line in between.take(THROUGH) {
        let place = sources.source_line(line);
        finding = finding.also(place, "the ring goes through what is allocated here");
    }
    finding
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
mod tests;
