//! What is still reachable at the end: who holds it, and whether that is a global that only grows.

use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::judge::places::Sources;
use crate::judge::projection;
use crate::judge::sparkline;
use crate::judge::words::blocks;
use crate::observe::shape::{self, ShapeKind, Steps};
use crate::observe::{Amount, Holder, HolderKind, Observation, Site};

use super::sum;

/// A global that holds less is a table, not a leak.
const LEAST: u64 = 16 << 10;
/// Holders that are named.
const NAMED: usize = 3;

/// A static or a thread-local variable that holds most of what a growing heap grew by.
pub(super) fn growing(run: &Observation, sources: &Sources<'_>) -> Option<Finding> {
    let heap = run.heap.as_ref()?;
    let shape = heap.shape.as_ref()?;
    if shape.kind != ShapeKind::Growth {
        return None;
    }
    let globals = || {
        heap.sites
            .iter()
            .flat_map(|site| globals(site).map(move |held| (site, held)))
    };
    let kept_by = |holder: &Holder| {
        globals()
            .filter(|(_, other)| (other.kind, &other.name) == (holder.kind, &holder.name))
            .fold(Amount::default(), |sum_so_far, (_, held)| {
                sum(sum_so_far, held.amount)
            })
    };
    // Of equals the first in the observation's order.
    let (site, holder) = globals()
        .rev()
        .max_by_key(|(_, holder)| (kept_by(holder).bytes, holder.amount.bytes))?;
    let kept = kept_by(holder);
    let growth = shape.last_bytes.saturating_sub(shape.first_bytes);
    if kept.bytes < (growth / 2).max(LEAST) {
        return None;
    }
    let what = global(holder);
    let mut finding = Finding::learner(
        "leak/growing-global",
        format!(
            "{what} only grows: {} ({}) are still in it at the end",
            human_size(kept.bytes),
            blocks(kept.blocks)
        ),
    );
    finding = sources.at_site(finding, site, format!("allocated here, and kept by {what}"));
    if let Some(place) = holder
        .name
        .as_deref()
        .and_then(|name| sources.definition(name))
    {
        finding = finding.also(place, "this lives as long as the program");
    }
    finding = finding.note(curve(run, shape.over, shape.steps));
    finding = match projection::of_run(run) {
        Some(projection) => finding.note(projection.text),
        None => finding,
    };
    Some(
        finding
            .note("a global can still reach all of it, so no leak checker counts it as lost")
            .help(format!("what takes things out of {what} again, and when?")),
    )
}

/// `live heap  ▁▃▅▇█  9.6 -> 96 MiB over 10 lines`.
fn curve(run: &Observation, over: Steps, steps: u64) -> String {
    let live = |points: Vec<&crate::observe::Point>| -> Vec<u64> {
        points.iter().filter_map(|point| point.live_bytes).collect()
    };
    let (values, over) = match over {
        Steps::Lines => (live(shape::steps(&run.timeline)), "lines"),
        Steps::Allocations => (live(run.timeline.iter().collect()), "allocations"),
    };
    let steps = crate::course::units::human_count(steps + u64::from(over == "lines"));
    format!("{} over {steps} {over}", sparkline::line(&values))
}

/// Statics and thread-locals that hold blocks of a site.
fn globals(site: &Site) -> impl DoubleEndedIterator<Item = &Holder> {
    let global =
        |holder: &&Holder| matches!(holder.kind, HolderKind::Static | HolderKind::ThreadLocal);
    site.holders.iter().filter(global)
}

/// The global that holds most of a site's blocks at the end, in a sentence.
pub(in crate::judge) fn note(site: &Site) -> Option<String> {
    let holder = globals(site).next()?;
    Some(format!(
        "{} still holds {} of it at the end",
        global(holder),
        human_size(holder.amount.bytes)
    ))
}

fn global(holder: &Holder) -> String {
    let what = match holder.kind {
        HolderKind::ThreadLocal => "thread-local variable",
        _ => "static",
    };
    match &holder.name {
        Some(name) => format!("the {what} `{name}`"),
        None => format!("a {what}"),
    }
}

/// Who a holder is, in words.
pub fn holder(holder: &Holder) -> String {
    match holder.kind {
        HolderKind::Static | HolderKind::ThreadLocal => global(holder),
        HolderKind::MainStack => "the stack of main, which had not returned".to_owned(),
        HolderKind::ThreadStack => "the stack of a thread that was still there".to_owned(),
        HolderKind::Other => "std, libc or a mapping of the program's own".to_owned(),
    }
}

/// Says who holds what is still reachable of a site.
pub(super) fn notes(finding: Finding, site: &Site) -> Finding {
    site.holders
        .iter()
        .take(NAMED)
        .fold(finding, |finding, held| {
            finding.note(format!(
                "{} of it is held by {}",
                human_size(held.amount.bytes),
                holder(held)
            ))
        })
}
