//! The tables of the x-ray: the heap, its curve and marks, the lines that allocate, the cycles.

use super::{CYCLES, Drawing, MARKS, ROWS, SITES, UNMEASURED};
use crate::course::units::{human_count, human_size};
use crate::observe::paths;
use crate::observe::{Amount, Cycle, Heap, Point, Site};
use crate::report::curve;
use crate::report::escape::{self, NAME_CHARS};
use crate::report::layout::{Line, pad, pad_left, row};
use crate::report::ring;
use crate::report::style::Ink;
use crate::report::words;

/// Call paths that are listed of one line, and callers of each.
const PATHS: usize = 3;
const CALLERS: usize = 2;
/// Columns before the drawing of a cycle.
const INDENT: usize = 8;

impl Drawing<'_> {
    pub(super) fn heap(&mut self, heap: Option<&Heap>) {
        self.gap();
        let Some(heap) = heap else {
            self.said("heap", Ink::Doubt, UNMEASURED);
            return;
        };
        let rows: [(&str, Option<Amount>, bool); 6] = [
            ("total", Some(heap.total), false),
            ("peak", Some(heap.peak), false),
            ("at exit", Some(heap.at_exit), false),
            ("  definitely lost", heap.definitely_lost, true),
            ("  indirectly lost", heap.indirectly_lost, true),
            ("  still reachable", heap.still_reachable, false),
        ];
        let head = Line::new().push(Ink::Strong, pad("heap", 20)).push(
            Ink::Faint,
            format!("{}{}", pad_left("size", 12), pad_left("blocks", 15)),
        );
        self.line(&head);
        for (label, amount, is_loss) in rows {
            let line = Line::new().push(Ink::Plain, format!("  {}", pad(label, 18)));
            let line = match amount {
                Some(amount) => {
                    let ink = if is_loss && amount.blocks > 0 {
                        Ink::Bad
                    } else {
                        Ink::Plain
                    };
                    line.push(
                        ink,
                        format!(
                            "{}{}",
                            pad_left(&human_size(amount.bytes), 12),
                            pad_left(&human_count(amount.blocks), 15)
                        ),
                    )
                }
                None => line.push(Ink::Doubt, format!("  {UNMEASURED}")),
            };
            self.line(&line);
        }
        if !heap.complete {
            self.said(
                "",
                Ink::Doubt,
                "The recording was cut short: these figures are what was seen until then.",
            );
        }
    }

    pub(super) fn timeline(&mut self, timeline: &[Point]) {
        let lines = timeline.iter().filter(|point| point.mark.is_some()).count();
        let live: Vec<u64> = timeline
            .iter()
            .filter_map(|point| point.live_bytes)
            .collect();
        if live.len() > 1 && live.iter().any(|bytes| *bytes > 0) {
            self.gap();
            self.line(&Line::new().push(Ink::Strong, "live heap").push(
                Ink::Faint,
                if lines > 1 {
                    "  from line to line"
                } else {
                    "  from block to block"
                },
            ));
            for line in curve::chart(&live, self.style, self.style.measure(), ROWS) {
                self.out.push_str(line.trim_end());
                self.out.push('\n');
            }
        }
        let marks: Vec<&Point> = timeline
            .iter()
            .filter(|point| point.mark.is_some())
            .collect();
        if !marks.is_empty() {
            self.gap();
            self.marks(&marks);
        }
    }

    fn marks(&mut self, marks: &[&Point]) {
        let wide = self.style.measure() >= 60;
        let mut head = Line::new()
            .push(Ink::Strong, pad("line", 6))
            .push(Ink::Faint, pad_left("live", 12));
        if wide {
            head = head.push(
                Ink::Faint,
                format!("{}{}", pad_left("blocks", 13), pad_left("resident", 12)),
            );
        }
        self.line(&head.push(Ink::Faint, "  printed"));
        let size = |bytes: Option<u64>| bytes.map_or_else(|| "unmeasured".to_owned(), human_size);
        let skipped = marks.len().saturating_sub(MARKS);
        for (i, point) in marks.iter().enumerate() {
            // The beginning and the end say most; the middle is in the chart.
            if skipped > 0 && (MARKS / 2..MARKS / 2 + skipped).contains(&i) {
                if i == MARKS / 2 {
                    let text = format!("      {} {skipped} more", self.style.glyph("…", "..."));
                    self.line(&Line::new().push(Ink::Faint, text));
                }
                continue;
            }
            let number = point.number.unwrap_or(i as u64 + 1);
            let shared = if point.coalesced { "*" } else { "" };
            let mut line = Line::new()
                .push(
                    Ink::Faint,
                    pad(&format!("{}{shared}", pad_left(&number.to_string(), 4)), 6),
                )
                .push(Ink::Plain, pad_left(&size(point.live_bytes), 12));
            if wide {
                let blocks = point
                    .live_blocks
                    .map_or_else(|| "unmeasured".to_owned(), human_count);
                line = line.push(
                    Ink::Plain,
                    format!(
                        "{}{}",
                        pad_left(&blocks, 13),
                        pad_left(&size(point.resident_bytes), 12)
                    ),
                );
            }
            let room = self.style.measure().saturating_sub(line.width() + 2).max(8);
            let text = point.mark.as_deref().unwrap_or_default();
            let text = self
                .style
                .cut(&self.style.clean(text, escape::LINE_CHARS), room);
            self.line(&line.push(Ink::Plain, format!("  {text}")));
            for address in point.addresses.iter().take(4) {
                let detail = match &address.detail {
                    Some(detail) => format!(", {}", self.style.clean(detail, NAME_CHARS)),
                    None => String::new(),
                };
                let region = format!("{:?}", address.region).to_lowercase();
                let text = format!("{:#x} lies in {region}{detail}", address.address);
                self.said("", Ink::Faint, &text);
            }
        }
        if marks.iter().any(|point| point.coalesced) {
            self.said(
                "",
                Ink::Faint,
                "* printed together with other lines; they share these figures",
            );
        }
    }

    pub(super) fn sites(&mut self, sites: &[Site]) {
        if sites.is_empty() {
            return;
        }
        self.gap();
        let narrow = self.style.measure() < 60;
        // Where all was freed in the end, what was held until then says more.
        let held = |site: &Site| site.at_highest_mark.filter(|amount| amount.bytes > 0);
        let freed = sites.iter().all(|site| site.at_exit.blocks == 0)
            && sites.iter().any(|site| held(site).is_some());
        let alive = if freed { "held most" } else { "at exit" };
        let mut head = Line::new().push(Ink::Strong, pad("allocated", 10)).push(
            Ink::Faint,
            format!("{}{}", pad_left("total", 10), pad_left(alive, 12)),
        );
        if !narrow {
            head = head.push(Ink::Faint, pad_left("lost", 12));
        }
        self.line(&head.push(Ink::Faint, "  where"));
        for site in sites.iter().take(SITES) {
            let lost = match (site.definitely_lost, site.indirectly_lost) {
                (None, None) => None,
                (a, b) => Some(
                    a.unwrap_or_default()
                        .bytes
                        .saturating_add(b.unwrap_or_default().bytes),
                ),
            };
            let alive = if freed {
                site.at_highest_mark
            } else {
                Some(site.at_exit)
            };
            let alive = alive.map_or_else(
                || "unmeasured".to_owned(),
                |amount| human_size(amount.bytes),
            );
            let mut line = Line::new()
                .push(Ink::Plain, pad_left(&human_size(site.total.bytes), 20))
                .push(Ink::Plain, pad_left(&alive, 12));
            if !narrow {
                let ink = if lost.is_some_and(|bytes| bytes > 0) {
                    Ink::Bad
                } else {
                    Ink::Plain
                };
                let text = lost.map_or_else(|| "unmeasured".to_owned(), human_size);
                line = line.push(ink, pad_left(&text, 12));
            }
            // Of a line with several requests each has its column.
            let beside = |other: &&Site| (&other.file, other.line) == (&site.file, site.line);
            let several = sites.iter().take(SITES).filter(beside).count() > 1;
            let column = site.column.filter(|_| several);
            let column = column.map_or_else(String::new, |column| format!(":{column}"));
            let place = match (&site.file, site.line) {
                (Some(file), Some(line)) => {
                    let place = format!("{file}:{line}{column}");
                    self.style.clean(&place, NAME_CHARS)
                }
                _ => "line unknown".to_owned(),
            };
            let function = site
                .function
                .as_deref()
                .map(|f| self.style.clean(f, NAME_CHARS));
            let blocks = words::counted(site.total.blocks, "block", "blocks");
            let text = match function {
                Some(function) => format!("{place} in {function}, {blocks}"),
                None => format!("{place}, {blocks}"),
            };
            let none = (Ink::Plain, String::new());
            self.out.push_str(&row(
                self.style,
                line.push(Ink::Plain, "  "),
                Ink::Plain,
                &text,
                &none,
            ));
            self.paths(site, freed);
        }
        if sites.len() > SITES {
            let left = sites.len() - SITES;
            let text = words::counted(left as u64, "further line", "further lines");
            self.line(&Line::new().push(Ink::Faint, format!("  {text}")));
        }
    }

    /// What a line allocated on behalf of its callers, where several lead to it.
    fn paths(&mut self, site: &Site, freed: bool) {
        let shared = paths::in_common(&site.paths);
        for path in site.paths.iter().take(PATHS) {
            // What all have in common tells nothing, and far callers little.
            let callers = path.callers.iter().skip(shared).take(CALLERS);
            let callers: Vec<String> = callers.map(|caller| self.place(caller)).collect();
            let text = match callers.as_slice() {
                [] => "of it by itself".to_owned(),
                _ => format!("of it by way of {}", callers.join(", ")),
            };
            let alive = if freed {
                String::new()
            } else {
                human_size(path.at_exit.bytes)
            };
            let mut head = Line::new().push(
                Ink::Faint,
                format!(
                    "{}{}",
                    pad_left(&human_size(path.total.bytes), 20),
                    pad_left(&alive, 12)
                ),
            );
            if self.style.measure() >= 60 {
                let lost = path.lost.map(|lost| human_size(lost.bytes));
                head = head.push(Ink::Faint, pad_left(&lost.unwrap_or_default(), 12));
            }
            let none = (Ink::Plain, String::new());
            let head = head.push(Ink::Plain, "    ");
            self.out
                .push_str(&row(self.style, head, Ink::Faint, &text, &none));
        }
        let left = site.paths.len().saturating_sub(PATHS) as u64 + site.more_paths;
        if left > 0 {
            let text = words::counted(left, "further way leads there", "further ways lead there");
            self.line(&Line::new().push(Ink::Faint, format!("  {text}")));
        }
    }

    pub(super) fn cycles(&mut self, cycles: &[Cycle]) {
        if cycles.is_empty() {
            return;
        }
        self.gap();
        for cycle in cycles.iter().take(CYCLES) {
            self.cycle(cycle);
        }
        if cycles.len() > CYCLES {
            let left = cycles.len() - CYCLES;
            self.said(
                "",
                Ink::Faint,
                &words::counted(left as u64, "further cycle", "further cycles"),
            );
        }
    }

    /// How many such rings there are, and who holds whom in one of them.
    fn cycle(&mut self, cycle: &Cycle) {
        let drawing = ring::draw(
            cycle,
            self.style,
            self.style.measure().saturating_sub(INDENT),
        );
        if drawing.is_empty() {
            // Who holds whom is not known: name the members.
            let members: Vec<String> = cycle
                .members
                .iter()
                .take(CYCLES)
                .map(|member| self.place(member))
                .collect();
            let text = format!("{}: {}", ring::caption(cycle), members.join(", "));
            self.said("cycle", Ink::Bad, &text);
            return;
        }
        self.said("cycle", Ink::Bad, &ring::caption(cycle));
        for line in drawing {
            let indent = " ".repeat(INDENT);
            self.line(&Line::new().push(Ink::Accent, indent + &line));
        }
    }
}
