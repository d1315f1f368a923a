//! A learner's drawing of memory, judged, and beside it the memory of their own program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::course::checklist::{Layout, Place};
use crate::course::spec::Region;
use crate::judge::ExerciseReport;
use crate::observe::Observation;

/// Most things that are drawn into one region.
const MOST_THINGS: usize = 12;

/// Longest text of a thing, in characters.
const MOST_CHARS: usize = 60;

/// Two drawings of memory, both from low addresses to high ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Drawing {
    /// What the learner drew.
    pub answered: Vec<DrawnRegion>,
    /// What was measured in their own program, by the addresses that it printed; `None` if it was not run or printed none.
    pub measured: Option<Vec<DrawnRegion>>,
}

/// One region of a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DrawnRegion {
    /// `text`, `rodata`, `data`, `bss`, `heap`, `stack` or `mapping`.
    pub region: String,
    /// The lowest of the measured addresses in it.
    #[serde(default)]
    pub lowest: Option<u64>,
    /// What is in it, in words.
    pub holds: Vec<String>,
}

/// What is wrong with a drawing; `None` if nothing is.
pub(super) fn fault(layout: &Layout, drawn: &[Place]) -> Option<String> {
    let order = |places: &[Place]| {
        let regions = places.iter().map(|place| {
            let mut groups = layout.any_order.iter();
            let group = groups.find(|group| group.contains(&place.region));
            group
                .and_then(|group| group.first())
                .unwrap_or(&place.region)
                .clone()
        });
        regions.collect::<Vec<_>>()
    };
    let homes = |places: &[Place]| {
        let pairs = places.iter().flat_map(|place| {
            let region = &place.region;
            place
                .holds
                .iter()
                .map(move |thing| (thing.clone(), region.clone()))
        });
        pairs.collect::<BTreeMap<_, _>>()
    };
    let in_order = order(drawn) == order(&layout.right);
    let (right, given) = (homes(&layout.right), homes(drawn));
    let wrong = right
        .iter()
        .filter(|(thing, region)| given.get(*thing) != Some(region))
        .count();
    match (in_order, wrong) {
        (true, 0) => None,
        (false, 0) => Some(
            "each thing is in its region, but the order of the regions is not right".to_owned(),
        ),
        (true, _) => Some(format!(
            "the regions are in order, but {wrong} of {} things are elsewhere",
            right.len()
        )),
        (false, _) => Some(format!(
            "the order of the regions is not right, and {wrong} of {} things are elsewhere",
            right.len()
        )),
    }
}

/// The learner's drawing beside the measured one.
pub(super) fn drawing(layout: &Layout, drawn: &[Place], exercises: &[ExerciseReport]) -> Drawing {
    let answered = drawn.iter().map(|place| DrawnRegion {
        region: place.region.clone(),
        lowest: None,
        holds: place
            .holds
            .iter()
            .map(|thing| bounded(layout.things.get(thing).unwrap_or(thing)))
            .collect(),
    });
    Drawing {
        answered: answered.collect(),
        measured: layout
            .measured
            .as_deref()
            .and_then(|case| observation(case, exercises))
            .and_then(measured),
    }
}

/// The run of `exercise/case`. That of a hidden case is nothing to show.
fn observation<'a>(case: &str, exercises: &'a [ExerciseReport]) -> Option<&'a Observation> {
    let (exercise, case) = case.split_once('/')?;
    let exercise = exercises.iter().find(|report| report.id == exercise)?;
    let case = exercise.cases.iter().find(|report| report.name == case)?;
    case.run.as_ref().filter(|_| !case.hidden)
}

/// The regions of the addresses that a program printed, each with what it printed them for.
fn measured(run: &Observation) -> Option<Vec<DrawnRegion>> {
    let mut regions: BTreeMap<Region, DrawnRegion> = BTreeMap::new();
    for point in &run.timeline {
        for address in &point.addresses {
            let drawn = regions
                .entry(address.region)
                .or_insert_with(|| DrawnRegion {
                    region: word(address.region).to_owned(),
                    lowest: None,
                    holds: Vec::new(),
                });
            drawn.lowest = Some(
                drawn
                    .lowest
                    .map_or(address.address, |low| low.min(address.address)),
            );
            let thing = thing(point.mark.as_deref().unwrap_or_default());
            if !drawn.holds.contains(&thing) && drawn.holds.len() < MOST_THINGS {
                drawn.holds.push(thing);
            }
        }
    }
    let mut drawn: Vec<DrawnRegion> = regions.into_values().collect();
    drawn.sort_by_key(|region| region.lowest);
    (!drawn.is_empty()).then_some(drawn)
}

/// What a line prints an address for: the line without the address itself.
fn thing(line: &str) -> String {
    let words: Vec<&str> = line
        .split_whitespace()
        .filter(|word| {
            !word
                .trim_start_matches(|c: char| !c.is_ascii_alphanumeric())
                .starts_with("0x")
        })
        .collect();
    bounded(
        words
            .join(" ")
            .trim_end_matches([':', '=', ',', '-'])
            .trim(),
    )
}

fn bounded(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

fn word(region: Region) -> &'static str {
    match region {
        Region::Text => "text",
        Region::Rodata => "rodata",
        Region::Data => "data",
        Region::Bss => "bss",
        Region::Heap => "heap",
        Region::Stack => "stack",
        Region::Mapping => "mapping",
        Region::Unmapped => "unmapped",
    }
}
