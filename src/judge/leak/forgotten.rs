//! Blocks that are lost because the source says so: `mem::forget`, `Box::leak`, `into_raw` and their like.
//!
//! A call explains a lost block if the block was allocated on behalf of the function that the call stands in, or of one that
//! calls that function. What `std::alloc` gave has no owner that could be forgotten.

use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::intake::syntax::Deliberate;
use crate::judge::places::Sources;
use crate::judge::words::blocks;
use crate::observe::{Amount, Observation, Site};

use super::{LOST_FOR_GOOD, lost_at, sum};

/// Places shown besides the first call and its allocation.
const MORE: usize = 3;

/// A call and the lost blocks that it explains.
pub(super) struct Explained<'a> {
    by: &'a Deliberate,
    /// Most lost bytes first.
    sites: Vec<&'a Site>,
    lost: Amount,
}

/// The calls that explain what is lost at the sites that count, the one that explains most first.
pub(super) fn calls<'a>(
    run: &'a Observation,
    sources: &'a Sources<'_>,
    counts: impl Fn(&Site) -> bool,
) -> Vec<Explained<'a>> {
    let mut calls: Vec<Explained<'a>> = Vec::new();
    let sites = run.heap.iter().flat_map(|heap| &heap.sites);
    for site in sites.filter(|site| lost_at(site) > 0 && counts(site)) {
        let Some(call) = fitting(site, sources) else {
            continue;
        };
        let lost = sum(
            site.definitely_lost.unwrap_or_default(),
            site.indirectly_lost.unwrap_or_default(),
        );
        match calls.iter_mut().find(|known| known.by.place == call.place) {
            Some(known) => {
                known.sites.push(site);
                known.lost = sum(known.lost, lost);
            }
            None => calls.push(Explained {
                by: call,
                sites: vec![site],
                lost,
            }),
        }
    }
    // Stable: of equals the first in the source comes first.
    calls.sort_by(|a, b| {
        let by_size = b.lost.bytes.cmp(&a.lost.bytes);
        by_size.then_with(|| a.by.place.cmp(&b.by.place))
    });
    for call in &mut calls {
        call.sites
            .sort_by_key(|site| std::cmp::Reverse(lost_at(site)));
    }
    calls
}

/// The call that stands nearest to where a site's blocks were made: in the innermost function on their path, and of
/// several there the one on the nearest line.
fn fitting<'a>(site: &Site, sources: &'a Sources<'_>) -> Option<&'a Deliberate> {
    let purpose = sources.purpose()?;
    let own = site.file.as_deref().zip(site.line);
    let is_raw = purpose
        .raw
        .iter()
        .any(|place| own == Some((place.file.as_str(), place.line)));
    if is_raw {
        return None;
    }
    let deeper = site
        .path
        .iter()
        .skip(1)
        .map(|line| (line.file.as_str(), line.line));
    let path: Vec<(&str, u32)> = own.into_iter().chain(deeper).collect();
    let nearness = |call: &Deliberate| {
        path.iter().enumerate().find_map(|(depth, (file, line))| {
            let around = call
                .within
                .iter()
                .position(|lines| lines.hold(file, *line))?;
            let distance = match around {
                0 => call.place.line.abs_diff(*line),
                _ => 0,
            };
            Some((depth, around, distance))
        })
    };
    let fitting = purpose
        .calls
        .iter()
        .filter_map(|call| Some((nearness(call)?, call)));
    fitting
        .min_by_key(|(nearness, _)| *nearness)
        .map(|(_, call)| call)
}

/// All that the calls explain.
pub(super) fn lost(calls: &[Explained<'_>]) -> Amount {
    calls
        .iter()
        .map(|call| call.lost)
        .fold(Amount::default(), sum)
}

/// Whether one of the calls explains what is lost at a site.
pub(super) fn explain(calls: &[Explained<'_>], site: &Site) -> bool {
    let mut sites = calls.iter().flat_map(|call| &call.sites);
    sites.any(|known| std::ptr::eq(*known, site))
}

/// The finding, if there is a call. `all` is everything that is lost.
pub(super) fn finding(
    calls: &[Explained<'_>],
    all: Amount,
    sources: &Sources<'_>,
) -> Option<Finding> {
    let (first, others) = calls.split_first()?;
    let lost = lost(calls);
    let (are, them, their) = match lost.blocks {
        1 => ("is", "it", "its"),
        _ => ("are", "them", "their"),
    };
    let (who, takes) = match others.len() {
        0 => (format!("`{}`", first.by.call), "takes"),
        1 => (format!("`{}` and another call", first.by.call), "take"),
        n => (format!("`{}` and {n} other calls", first.by.call), "take"),
    };
    let mut finding = Finding::learner(
        "leak/forgotten",
        format!(
            "{} ({}) {are} never freed: {who} {takes} {them} from {their} owner, and nothing points to {them} any more",
            blocks(lost.blocks),
            human_size(lost.bytes)
        ),
    )
    .at(first.by.place.clone(), words(&first.by.call));
    for site in first.sites.iter().take(1) {
        if let Some(place) = sources.site(site) {
            let text = super::lost_here(lost_at(site));
            finding = finding.also(place, text);
        }
    }
    for call in others.iter().take(MORE) {
        let size = human_size(call.lost.bytes);
        finding = finding.also(call.by.place.clone(), format!("and {size} here"));
    }
    let rest = all.bytes.saturating_sub(lost.bytes);
    if rest > 0 {
        finding = finding.note(format!("{} more are lost in other ways", human_size(rest)));
    }
    Some(
        finding
            .note(LOST_FOR_GOOD)
            .help("who should drop this value later, and does anybody still know where it is?"),
    )
}

/// What a call does.
fn words(call: &str) -> &'static str {
    match call.rsplit("::").next().unwrap_or(call) {
        "into_raw" | "into_raw_parts" | "into_raw_with_allocator" | "into_non_null" => {
            "the owner ends here, and a raw pointer drops nothing"
        }
        "leak" => "the owner ends here, and a reference drops nothing",
        "increment_strong_count" => "one owner more is counted here than there is",
        _ => "what goes in here is never dropped",
    }
}
