//! A program's memory as a picture: which region each address lies in that the program printed, and a learner's own drawing.

use serde::Serialize;

use super::text;
use crate::course::spec::Region;
use crate::judge::{Drawing, DrawnRegion};
use crate::observe::Observation;
use crate::report::escape::NAME_CHARS;

/// Addresses of one region that are shown.
const ITEMS: usize = 8;
/// Regions of a learner's drawing that are shown.
const BANDS: usize = 16;

/// Every region with the name that specs and drawings give it, and what it holds. From high addresses to low ones, as they
/// usually lie.
const REGIONS: [(Region, &str, &str); 8] = [
    (Region::Stack, "stack", "local variables and calls"),
    (
        Region::Mapping,
        "mapping",
        "other mapped memory: libraries, threads, big blocks",
    ),
    (
        Region::Heap,
        "heap",
        "blocks that live until they are freed",
    ),
    (Region::Bss, "bss", "statics that begin as zeros"),
    (Region::Data, "data", "statics that can change"),
    (Region::Rodata, "rodata", "constants and string literals"),
    (Region::Text, "text", "the program's instructions"),
    (Region::Unmapped, "unmapped", "nothing lies there"),
];

/// A picture, for a template: high addresses first.
#[derive(Debug, Default, Serialize)]
pub(super) struct MapView {
    title: String,
    bands: Vec<Band>,
    /// Regions of which nothing is known.
    absent: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Band {
    name: String,
    /// One of the known names, for its color; else `other`.
    kind: &'static str,
    holds: &'static str,
    lowest: Option<String>,
    items: Vec<Item>,
    /// How many more addresses there are.
    more: usize,
}

#[derive(Debug, Serialize)]
struct Item {
    address: Option<String>,
    text: String,
}

/// The addresses that a run printed. `None` where it printed none.
pub(super) fn of_run(run: &Observation, case: &str) -> Option<MapView> {
    let mut printed: Vec<(u64, Region, String)> = Vec::new();
    for point in &run.timeline {
        for address in &point.addresses {
            let known = printed
                .iter()
                .any(|(at, region, _)| *at == address.address && *region == address.region);
            if !known && printed.len() < ITEMS * REGIONS.len() * 4 {
                let mark = text::line(point.mark.as_deref().unwrap_or_default().trim(), 60);
                let said = match &address.detail {
                    Some(detail) => {
                        format!("{}, printed in “{mark}”", text::line(detail, NAME_CHARS))
                    }
                    None => format!("printed in “{mark}”"),
                };
                printed.push((address.address, address.region, said));
            }
        }
    }
    if printed.is_empty() {
        return None;
    }
    printed.sort_by_key(|(address, ..)| std::cmp::Reverse(*address));
    let mut bands: Vec<(u64, Band)> = Vec::new();
    let mut absent = Vec::new();
    for (region, name, holds) in REGIONS {
        let here: Vec<_> = printed.iter().filter(|(_, of, _)| *of == region).collect();
        let Some((lowest, ..)) = here.last() else {
            if region != Region::Unmapped {
                absent.push(name);
            }
            continue;
        };
        let band = Band {
            name: name.to_owned(),
            kind: name,
            holds,
            lowest: Some(format!("{lowest:#x}")),
            more: here.len().saturating_sub(ITEMS),
            items: here
                .iter()
                .take(ITEMS)
                .map(|(address, _, said)| Item {
                    address: Some(format!("{address:#x}")),
                    text: said.clone(),
                })
                .collect(),
        };
        bands.push((*lowest, band));
    }
    bands.sort_by_key(|(lowest, _)| std::cmp::Reverse(*lowest));
    Some(MapView {
        title: if case.is_empty() {
            "Where the printed addresses lie".to_owned()
        } else {
            format!(
                "Where the addresses of “{}” lie",
                text::line(case, NAME_CHARS)
            )
        },
        bands: bands.into_iter().map(|(_, band)| band).collect(),
        absent,
    })
}

/// A learner's drawing, and beside it what was measured in their program.
pub(super) fn of_drawing(drawing: &Drawing) -> (MapView, Option<MapView>) {
    let picture = |title: &str, regions: &[DrawnRegion]| MapView {
        title: title.to_owned(),
        bands: regions.iter().rev().take(BANDS).map(band).collect(),
        absent: Vec::new(),
    };
    let measured = drawing
        .measured
        .as_deref()
        .map(|regions| picture("Your program, measured", regions));
    (picture("Your drawing", &drawing.answered), measured)
}

fn band(region: &DrawnRegion) -> Band {
    let known = REGIONS.iter().find(|(_, name, _)| *name == region.region);
    Band {
        name: text::line(&region.region, NAME_CHARS),
        kind: known.map_or("other", |(_, name, _)| name),
        holds: known.map_or("", |(.., holds)| holds),
        lowest: region.lowest.map(|lowest| format!("{lowest:#x}")),
        more: region.holds.len().saturating_sub(ITEMS),
        items: region
            .holds
            .iter()
            .take(ITEMS)
            .map(|thing| Item {
                address: None,
                text: text::line(thing, NAME_CHARS),
            })
            .collect(),
    }
}

impl MapView {
    /// Bytes that it takes on the page.
    pub(super) fn weight(&self) -> usize {
        let bands = self.bands.iter().map(|band| {
            let items = band.items.iter().map(|item| text::weight(&item.text) + 90);
            text::weight(&band.name) + items.sum::<usize>() + 260
        });
        400 + bands.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Address;
    use crate::report::samples;

    #[test]
    fn regions_stand_as_their_addresses_lie() {
        let mut run = samples::leak_run();
        let address = |address, region| Address {
            address,
            region,
            detail: None,
            block_bytes: None,
        };
        run.timeline[1].addresses = vec![
            address(0x7fff_ffff_e000, Region::Stack),
            address(0x5555_5555_0000, Region::Text),
            address(0x5555_5555_0000, Region::Text),
        ];
        let map = of_run(&run, "a").unwrap();
        let names: Vec<&str> = map.bands.iter().map(|band| band.kind).collect();
        assert_eq!(names, ["stack", "heap", "text"]);
        assert_eq!(map.bands[2].items.len(), 1);
        assert_eq!(map.absent, ["mapping", "bss", "data", "rodata"]);
        assert!(of_run(&samples::overflow_run(), "a").is_none());
    }

    #[test]
    fn a_region_that_nobody_knows_is_drawn_all_the_same() {
        let region = |region: &str| DrawnRegion {
            region: region.to_owned(),
            lowest: None,
            holds: vec!["<x>".to_owned()],
        };
        let (answered, measured) = of_drawing(&Drawing {
            answered: vec![region("text"), region("\" onload=x")],
            measured: None,
        });
        let kinds: Vec<&str> = answered.bands.iter().map(|band| band.kind).collect();
        assert_eq!(kinds, ["other", "text"]);
        assert!(measured.is_none());
    }
}
