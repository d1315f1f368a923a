//! The x-ray of `run` for people: everything that was measured of one run, and plainly what was not.

use super::Sources;
use super::diagnostics;
use super::escape::{self, MESSAGE_CHARS, NAME_CHARS};
use super::finding::{self, Dress};
use super::layout::{Line, pad, row};
use super::style::{Ink, Style};
use super::words;
use crate::course::spec::OutcomeKind;
use crate::course::units::{human_count, human_size};
use crate::diagnostic::{Fault, Finding, Place};
use crate::observe::{Captured, Level, Observation, Remark, SourceLine};

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
/// Rows of the chart.
const ROWS: usize = 8;
/// What is said of a figure that is not there.
const UNMEASURED: &str = "not measured";

/// Draws an observation of the program called `name`, and what there is to say about it.
pub fn render(
    name: &str,
    run: &Observation,
    findings: &[Finding],
    sources: &Sources,
    style: &Style,
) -> String {
    let mut drawing = Drawing {
        out: String::new(),
        style,
    };
    drawing.headline(name, run);
    drawing.build(run);
    if run.outcome.kind != OutcomeKind::BuildFailed {
        drawing.heap(run.heap.as_ref());
        drawing.timeline(&run.timeline);
        drawing.shape(run.heap.as_ref().and_then(|heap| heap.shape.as_ref()));
        if let Some(heap) = &run.heap {
            drawing.sites(&heap.sites);
            drawing.held(&heap.sites);
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
    let remarks = run.findings.iter().map(from_remark);
    for finding in remarks.chain(findings.iter().cloned()) {
        let dress = Dress {
            help: if finding.fault == Fault::Learner {
                "look at"
            } else {
                "help"
            },
            explain: true,
            ..Dress::default()
        };
        drawing.gap();
        drawing
            .out
            .push_str(&finding::render(&finding, sources, style, dress));
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
            if let Some(bytes) = frame.bytes {
                let each = if frame.times > 1 { " each" } else { "" };
                text = format!("{text}, {}{each}", human_size(bytes));
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
            self.out
                .push_str(&diagnostics::compiler(&build.diagnostics, self.style));
        }
    }

    fn figures(&mut self, run: &Observation) {
        self.gap();
        let or = |text: Option<String>| text.unwrap_or_else(|| UNMEASURED.to_owned());
        let pages = &run.pages;
        let sampled = pages.sampled_resident_bytes;
        let sampled = sampled.map(|bytes| {
            format!(
                "{} resident or more (looked at every 10 ms)",
                human_size(bytes)
            )
        });
        let figures = [
            pages
                .peak_resident_bytes
                .map(|bytes| format!("{} resident at most", human_size(bytes)))
                .or(sampled),
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
        if let Some(bytes) = pages.foreign_bytes.filter(|bytes| *bytes > 0) {
            let text = format!(
                "{} at the end came from the system and not from the allocator (mmap, brk)",
                human_size(bytes)
            );
            self.said("other", Ink::Plain, &text);
        }
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
        let threads = run
            .stack
            .threads_peak_bytes
            .map(|bytes| format!("; spawned threads {} at most", human_size(bytes)));
        self.said(
            "stack",
            Ink::Plain,
            &format!("{}{}", or(stack), threads.unwrap_or_default()),
        );
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

mod held;
mod shape;
mod tables;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_leaking_program() {
        let text = render(
            "main.rs",
            &samples::leak_run(),
            &[],
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
            &[],
            &samples::sources(),
            &Style::plain(40),
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_there_is_to_say_at_every_width() {
        let place = |line| Place::line("memory_leak/main.rs", line);
        let findings = [
            Finding::learner(
                "leak/forgotten",
                "2 blocks (176 bytes) are never freed: `mem::forget` takes them from their owner",
            )
            .at(place(9), "what goes in here is never dropped")
            .also(place(14), "176 bytes allocated here are lost")
            .help("who should drop this value later, and does anybody still know where it is?"),
            Finding::learner(
                "leak/growing-global",
                "the static `SEEN` only grows: 96 MiB are still in it at the end",
            )
            .at(place(17), "allocated here, and kept by the static `SEEN`")
            .note("live heap  ▁▂▃▄▄▅▆▇▇█  9.6 -> 96 MiB over 10 lines")
            .note("an 8 GiB server is full after 85 million transactions"),
        ];
        for width in [40, 80, 200] {
            let run = samples::leak_run();
            let text = render(
                "main.rs",
                &run,
                &findings,
                &samples::sources(),
                &Style::plain(width),
            );
            insta::assert_snapshot!(format!("an_xray_at_{width}_columns"), text);
        }
    }

    #[test]
    fn what_was_not_measured_is_never_zero() {
        let mut run = samples::overflow_run();
        run.stack = crate::observe::Stack::default();
        let text = render("a.out", &run, &[], &samples::sources(), &Style::plain(80));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_program_that_frees_all_shows_what_it_held() {
        let mut run = samples::leak_run();
        for site in &mut run.heap.as_mut().unwrap().sites {
            site.at_exit = crate::observe::Amount::default();
        }
        let text = render("a", &run, &[], &samples::sources(), &Style::plain(80));
        assert!(
            text.contains("total   held most        lost  where\n              96 MiB      96 MiB"),
            "{text}"
        );
    }

    #[test]
    fn nothing_is_obeyed_by_a_terminal() {
        let mut value = serde_json::to_value(samples::leak_run()).unwrap();
        for (pointer, text) in [
            ("/timeline/0/mark", samples::HOSTILE),
            ("/heap/sites/0/function", samples::HOSTILE),
            ("/heap/sites/0/file", samples::HOSTILE),
            ("/heap/cycles/0/members/0/file", samples::HOSTILE),
            ("/heap/cycles/0/members/1/function", samples::HOSTILE),
            ("/heap/sites/0/holders/0/name", samples::HOSTILE),
            ("/heap/sites/0/paths/0/callers/0/function", samples::HOSTILE),
            ("/heap/shape/site/function", samples::HOSTILE),
            ("/heap/shape/projection/text", samples::HOSTILE),
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
            &[],
            &samples::sources(),
            &Style::plain(80),
        );
        assert!(!samples::has_controls(&text), "{text:?}");
        let ascii = Style {
            unicode: false,
            ..Style::plain(80)
        };
        let text = render(
            "main.rs",
            &samples::leak_run(),
            &[],
            &samples::sources(),
            &ascii,
        );
        assert!(text.is_ascii(), "{text}");
    }
}
