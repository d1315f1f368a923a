//! The x-ray of `run` for people: everything that was measured of one run, and plainly what was not.

use super::Sources;
use super::curve;
use super::escape::{self, MESSAGE_CHARS, NAME_CHARS};
use super::finding::{self, Dress};
use super::layout::{Line, pad, pad_left, row, width};
use super::style::{Ink, Style};
use super::words;
use crate::course::spec::OutcomeKind;
use crate::course::units::{human_count, human_size};
use crate::diagnostic::{Finding, Place};
use crate::observe::{
    Amount, Captured, Cycle, Heap, Level, Observation, Point, Remark, Site, SourceLine,
};

/// Sites that are listed.
const SITES: usize = 8;
/// Cycles that are listed, and members of each.
const CYCLES: usize = 4;
/// Marks that are listed.
const MARKS: usize = 12;
/// Functions on the stack that are listed.
const FRAMES: usize = 6;
/// Lines of output that are shown.
const OUTPUT: usize = 8;
/// Lines of compiler messages that are shown.
const DIAGNOSTICS: usize = 60;
/// Rows of the chart.
const ROWS: usize = 8;
/// What is said of a figure that is not there.
const UNMEASURED: &str = "not measured";

/// Draws an observation of the program called `name`.
pub fn render(name: &str, run: &Observation, sources: &Sources, style: &Style) -> String {
    let mut drawing = Drawing {
        out: String::new(),
        style,
    };
    drawing.headline(name, run);
    drawing.build(run);
    if run.outcome.kind != OutcomeKind::BuildFailed {
        drawing.heap(run.heap.as_ref());
        drawing.timeline(&run.timeline);
        if let Some(heap) = &run.heap {
            drawing.sites(&heap.sites);
            drawing.cycles(&heap.cycles);
        }
        drawing.figures(run);
        drawing.output(
            "stdout",
            &run.stdout,
            run.timeline.iter().all(|point| point.mark.is_none()),
        );
        drawing.output("stderr", &run.stderr, true);
    }
    for remark in &run.findings {
        let dress = Dress {
            explain: true,
            ..Dress::default()
        };
        drawing.gap();
        drawing.out.push_str(&finding::render(
            &from_remark(remark),
            sources,
            style,
            dress,
        ));
    }
    drawing.out
}

/// A remark in the form that findings are drawn from.
pub fn from_remark(remark: &Remark) -> Finding {
    let mut finding = Finding::new(
        &remark.code,
        remark.severity,
        remark.fault,
        remark.message.clone(),
    );
    if let (Some(file), Some(line)) = (&remark.file, remark.line) {
        finding = finding.at(Place::line(file.clone(), line), "");
    }
    finding.help.clone_from(&remark.help);
    finding
}

struct Drawing<'a> {
    out: String,
    style: &'a Style,
}

impl Drawing<'_> {
    /// An empty line, unless there is one.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn line(&mut self, line: &Line) {
        self.out.push_str(&line.draw(self.style));
        self.out.push('\n');
    }

    /// A labelled sentence, wrapped beside its label.
    fn said(&mut self, label: &str, ink: Ink, text: &str) {
        let head = Line::new().push(Ink::Strong, pad(label, 8));
        let none = (Ink::Plain, String::new());
        self.out.push_str(&row(self.style, head, ink, text, &none));
    }

    fn place(&self, at: &SourceLine) -> String {
        let place = self
            .style
            .clean(&format!("{}:{}", at.file, at.line), NAME_CHARS);
        match &at.function {
            Some(function) => format!("{place} in {}", self.style.clean(function, NAME_CHARS)),
            None => place,
        }
    }

    fn headline(&mut self, name: &str, run: &Observation) {
        let outcome = &run.outcome;
        let ink = match outcome.kind {
            OutcomeKind::Exited if outcome.exit_code == Some(0) => Ink::Good,
            _ => Ink::Bad,
        };
        let name = self.style.clean(name, NAME_CHARS);
        let mut text = words::outcome(outcome, self.style);
        if let Some(message) = &outcome.message {
            text = format!("{text}: {}", self.style.clean(message, MESSAGE_CHARS));
        }
        let head = Line::new().push(Ink::Strong, name).push(Ink::Plain, "  ");
        let time = match outcome.kind {
            OutcomeKind::BuildFailed => String::new(),
            _ => words::milliseconds(run.time.wall_ms),
        };
        self.out
            .push_str(&row(self.style, head, ink, &text, &(Ink::Faint, time)));
        if let Some(place) = &outcome.place {
            let place = self.place(place);
            self.said("  at", Ink::Plain, &place);
        }
        for evidence in &outcome.evidence {
            let evidence = self.style.clean(evidence, MESSAGE_CHARS);
            self.said("  as", Ink::Plain, &evidence);
        }
        for (i, frame) in outcome.frames.iter().take(FRAMES).enumerate() {
            let mut text = self.place(&frame.at);
            if frame.times > 1 {
                text = format!("{text}, {} times", human_count(frame.times));
            }
            self.said(if i == 0 { "  stack" } else { "" }, Ink::Plain, &text);
        }
        if outcome.frames.len() > FRAMES {
            let left = outcome.frames.len() - FRAMES;
            self.said(
                "",
                Ink::Faint,
                &words::counted(left as u64, "further function", "further functions"),
            );
        }
    }

    fn build(&mut self, run: &Observation) {
        if let Some(build) = &run.build
            && !build.diagnostics.trim().is_empty()
        {
            self.gap();
            let text = build.diagnostics.trim_end();
            for line in escape::terminal_lines(text, self.style.unicode, DIAGNOSTICS) {
                self.out.push_str(line.trim_end());
                self.out.push('\n');
            }
        }
    }

    fn heap(&mut self, heap: Option<&Heap>) {
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

    fn timeline(&mut self, timeline: &[Point]) {
        let live: Vec<u64> = timeline
            .iter()
            .filter_map(|point| point.live_bytes)
            .collect();
        if live.len() > 1 && live.iter().any(|bytes| *bytes > 0) {
            self.gap();
            self.line(&Line::new().push(Ink::Strong, "live heap").push(Ink::Faint, "  from line to line"));
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
            let text = self.fit(&self.style.clean(text, escape::LINE_CHARS), room);
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

    /// `text` cut to `columns`.
    fn fit(&self, text: &str, columns: usize) -> String {
        if width(text) <= columns {
            return text.to_owned();
        }
        let dots = self.style.glyph("…", "...");
        let mut out = String::new();
        for c in text.chars() {
            out.push(c);
            if width(&out) + width(dots) > columns {
                out.pop();
                break;
            }
        }
        out + dots
    }

    fn sites(&mut self, sites: &[Site]) {
        if sites.is_empty() {
            return;
        }
        self.gap();
        let narrow = self.style.measure() < 60;
        let mut head = Line::new()
            .push(Ink::Strong, "allocated".to_owned() + " ")
            .push(
                Ink::Faint,
                format!("{}{}", pad_left("total", 2 + 8), pad_left("at exit", 12)),
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
            let mut line = Line::new()
                .push(Ink::Plain, pad_left(&human_size(site.total.bytes), 20))
                .push(Ink::Plain, pad_left(&human_size(site.at_exit.bytes), 12));
            if !narrow {
                let ink = if lost.is_some_and(|bytes| bytes > 0) {
                    Ink::Bad
                } else {
                    Ink::Plain
                };
                let text = lost.map_or_else(|| "unmeasured".to_owned(), human_size);
                line = line.push(ink, pad_left(&text, 12));
            }
            let place = match (&site.file, site.line) {
                (Some(file), Some(line)) => self.style.clean(&format!("{file}:{line}"), NAME_CHARS),
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
        }
        if sites.len() > SITES {
            let left = sites.len() - SITES;
            let text = words::counted(left as u64, "further line", "further lines");
            self.line(&Line::new().push(Ink::Faint, format!("  {text}")));
        }
    }

    fn cycles(&mut self, cycles: &[Cycle]) {
        if cycles.is_empty() {
            return;
        }
        self.gap();
        for cycle in cycles.iter().take(CYCLES) {
            let arrow = self.style.glyph(" → ", " -> ");
            let mut members: Vec<String> = cycle
                .members
                .iter()
                .take(CYCLES)
                .map(|member| self.place(member))
                .collect();
            // A ring comes back to where it began.
            if cycle.members.len() > CYCLES {
                members.push(self.style.glyph("…", "...").to_owned());
            }
            members.extend(members.first().cloned());
            let text = format!(
                "{} of {} ({} each): {}",
                words::counted(cycle.count, "ring", "rings"),
                words::counted(cycle.blocks, "block", "blocks"),
                human_size(cycle.bytes),
                members.join(arrow)
            );
            self.said("cycle", Ink::Bad, &text);
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

    fn figures(&mut self, run: &Observation) {
        self.gap();
        let or = |text: Option<String>| text.unwrap_or_else(|| UNMEASURED.to_owned());
        let pages = &run.pages;
        let figures = [
            pages
                .peak_resident_bytes
                .map(|bytes| format!("{} resident at most", human_size(bytes))),
            pages
                .peak_virtual_bytes
                .map(|bytes| format!("{} virtual", human_size(bytes))),
            pages
                .minor_faults
                .map(|count| words::counted(count, "minor fault", "minor faults")),
            pages
                .major_faults
                .map(|count| words::counted(count, "major fault", "major faults")),
        ];
        let names = ["resident", "virtual", "minor faults", "major faults"];
        let missing: Vec<&str> = figures
            .iter()
            .zip(names)
            .filter(|(figure, _)| figure.is_none())
            .map(|(_, name)| name)
            .collect();
        let known: Vec<String> = figures.iter().flatten().cloned().collect();
        let text = match (known.is_empty(), missing.is_empty()) {
            (true, _) => UNMEASURED.to_owned(),
            (false, true) => known.join(", "),
            (false, false) => format!("{}; {UNMEASURED}: {}", known.join(", "), missing.join(", ")),
        };
        self.said("pages", Ink::Plain, &text);
        let stack = run
            .stack
            .peak_bytes
            .map(|peak| match run.stack.limit_bytes {
                Some(limit) => format!(
                    "{} deep at most, of {}",
                    human_size(peak),
                    human_size(limit)
                ),
                None => format!("{} deep at most", human_size(peak)),
            });
        self.said("stack", Ink::Plain, &or(stack));
        let cpu = or(run.time.cpu_ms.map(words::milliseconds));
        let wall = words::milliseconds(run.time.wall_ms);
        self.said(
            "time",
            Ink::Plain,
            &format!("{wall} by the clock, CPU {cpu}"),
        );
        if run.sandbox.level != Level::Full {
            let level = match run.sandbox.level {
                Level::Full => "full",
                Level::Landlock => "landlock",
                Level::Limits => "limits",
                Level::None => "none",
            };
            let missing: Vec<String> = run
                .sandbox
                .missing
                .iter()
                .map(|text| self.style.clean(text, MESSAGE_CHARS))
                .collect();
            let text = if missing.is_empty() {
                level.to_owned()
            } else {
                format!("{level}: {}", missing.join("; "))
            };
            self.said("sandbox", Ink::Faint, &text);
        }
    }

    fn output(&mut self, name: &str, captured: &Captured, show: bool) {
        if captured.bytes == 0 {
            return;
        }
        let cut = if captured.truncated {
            ", cut at the limit"
        } else {
            ""
        };
        self.said(
            name,
            Ink::Plain,
            &format!("{}{cut}", human_size(captured.bytes)),
        );
        if show {
            let text = captured.text.trim_end_matches('\n');
            for line in escape::terminal_lines(text, self.style.unicode, OUTPUT) {
                let bar = self.style.glyph("│ ", "| ");
                self.line(
                    &Line::new()
                        .push(Ink::Faint, format!("  {bar}"))
                        .push(Ink::Plain, line),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_leaking_program() {
        let text = render(
            "main.rs",
            &samples::leak_run(),
            &samples::sources(),
            &Style::plain(80),
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_leaking_program_on_a_narrow_terminal() {
        let text = render(
            "main.rs",
            &samples::leak_run(),
            &samples::sources(),
            &Style::plain(40),
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_was_not_measured_is_never_zero() {
        let mut run = samples::overflow_run();
        run.stack = crate::observe::Stack::default();
        let text = render("a.out", &run, &samples::sources(), &Style::plain(80));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn nothing_is_obeyed_by_a_terminal() {
        let mut value = serde_json::to_value(samples::leak_run()).unwrap();
        for (pointer, text) in [
            ("/timeline/0/mark", samples::HOSTILE),
            ("/heap/sites/0/function", samples::HOSTILE),
            ("/heap/sites/0/file", samples::HOSTILE),
            ("/heap/cycles/0/members/0/file", samples::HOSTILE),
            ("/sandbox/missing/0", samples::HOSTILE),
            ("/outcome/message", samples::HOSTILE),
            ("/outcome/signal", samples::HOSTILE),
            ("/build/diagnostics", samples::HOSTILE),
            ("/findings/0/message", samples::HOSTILE),
            ("/findings/0/file", samples::HOSTILE),
            ("/findings/0/help", samples::HOSTILE),
            ("/stderr/text", samples::HOSTILE),
            ("/timeline/0/addresses/0/detail", samples::HOSTILE),
        ] {
            *value.pointer_mut(pointer).unwrap() = text.into();
        }
        value["stderr"]["bytes"] = 100.into();
        let run: Observation = serde_json::from_value(value).unwrap();
        let text = render(
            samples::HOSTILE,
            &run,
            &samples::sources(),
            &Style::plain(80),
        );
        assert!(!samples::has_controls(&text), "{text:?}");
        let ascii = Style {
            unicode: false,
            ..Style::plain(80)
        };
        let text = render("main.rs", &samples::leak_run(), &samples::sources(), &ascii);
        assert!(text.is_ascii(), "{text}");
    }
}
