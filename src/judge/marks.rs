//! Marks: from the lines that a spec names to points of the timeline.
//!
//! A mark is a line with its newline. The observer keeps at most some thousands of them, evenly thinned, so a line
//! that was printed may have no point; that is never the learner's fault.

use regex::Regex;

use crate::course::spec::{MarkRef, Phase};
use crate::diagnostic::{Finding, Place};
use crate::observe::{Observation, Point};

use super::gap;
use super::ruling::{Judged, Ruling};
use super::words::{brief, pattern, plural, quote};

/// Compiles a regular expression of the spec's.
pub(super) fn regex(pattern: &str) -> Judged<Regex> {
    Regex::new(pattern).or_else(|error| {
        Ruling::author(
            "spec/invalid-regex",
            format!("`{pattern}` is not a regular expression"),
        )
        .note(error.to_string())
        .stop()
    })
}

/// A mark: where it stands in the timeline and which line it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    /// Its point.
    pub(super) point: &'a Point,
    /// Index of the point in the timeline.
    pub(super) index: usize,
    /// Number of the line, from 1.
    pub(super) number: u64,
    /// The line, as much of it as is known.
    pub(super) line: &'a str,
}

/// A stretch of the run. Without `from` it begins with the run, without `to` it ends with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span<'a> {
    pub(super) from: Option<At<'a>>,
    pub(super) to: Option<At<'a>>,
}

impl Span<'_> {
    /// In words, for a finding: `between the lines …`.
    pub(super) fn words(&self) -> String {
        match (&self.from, &self.to) {
            (None, None) => "in the whole run".to_owned(),
            (Some(from), None) => format!("after the line {}", brief(from.line)),
            (None, Some(to)) => format!("before the line {}", brief(to.line)),
            (Some(from), Some(to)) => {
                format!(
                    "between the lines {} and {}",
                    brief(from.line),
                    brief(to.line)
                )
            }
        }
    }
}

/// The lines of a run and their points.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    run: &'a Observation,
    /// Complete lines of stdout, as much as was kept.
    lines: Vec<&'a str>,
    /// What stands after the last newline.
    tail: &'a str,
    points: Vec<At<'a>>,
}

impl<'a> Marks<'a> {
    pub(super) fn new(run: &'a Observation) -> Self {
        let mut lines: Vec<&str> = run.stdout.text.split('\n').collect();
        let tail = lines.pop().unwrap_or_default();
        let mut points: Vec<At<'a>> = Vec::new();
        for (index, point) in run.timeline.iter().enumerate() {
            let Some(text) = &point.mark else { continue };
            let next = points
                .last()
                .map_or(1, |last| last.number.saturating_add(1));
            let number = point.number.unwrap_or(next).max(1);
            // The captured line is whole, the mark's own text may be cut.
            let line = usize::try_from(number - 1)
                .ok()
                .and_then(|i| lines.get(i).copied())
                .filter(|line| line.starts_with(text.trim_end_matches('\u{fffd}')))
                .unwrap_or(text);
            points.push(At {
                point,
                index,
                number,
                line,
            });
        }
        Self {
            run,
            lines,
            tail,
            points,
        }
    }

    /// All marks that have a point.
    pub(super) fn all(&self) -> &[At<'a>] {
        &self.points
    }

    /// Marks whose line matches.
    pub(super) fn matching(&self, regex: &Regex) -> Vec<At<'a>> {
        self.points
            .iter()
            .filter(|at| regex.is_match(at.line))
            .copied()
            .collect()
    }

    /// How many lines matched: by what was printed, where all of that is known, else by the marks.
    pub(super) fn count_matching(&self, regex: &Regex) -> u64 {
        let printed = self
            .lines
            .iter()
            .filter(|line| regex.is_match(line))
            .count();
        let marked = self
            .points
            .iter()
            .filter(|at| regex.is_match(at.line))
            .count();
        u64::try_from(printed.max(marked)).unwrap_or(u64::MAX)
    }

    /// How many of the matching lines come before line `number`; `None` where not all of them are known.
    pub(super) fn matching_before(&self, regex: Option<&Regex>, number: u64) -> Option<u64> {
        let before = usize::try_from(number - 1).ok()?;
        match regex {
            None => Some(number - 1),
            Some(regex) => {
                let known = self.lines.get(..before)?;
                let count = known.iter().filter(|line| regex.is_match(line)).count();
                u64::try_from(count).ok()
            }
        }
    }

    /// Whether what stands after the last newline matches: printed, but not as a line.
    pub(super) fn unfinished_line(&self, regex: &Regex) -> bool {
        !self.tail.is_empty() && regex.is_match(self.tail)
    }

    /// Whether lines were printed that have no point.
    pub(super) fn thinned(&self) -> bool {
        let last = self.points.last().map_or(0, |at| at.number);
        let kept = u64::try_from(self.points.len()).unwrap_or(u64::MAX);
        last > kept || u64::try_from(self.lines.len()).unwrap_or(u64::MAX) > kept
    }

    /// Whether output was cut off, so that a line may have been printed and not be known.
    pub(super) fn cut_off(&self) -> bool {
        self.run.stdout.truncated
    }

    /// The point that a spec names.
    pub(super) fn find(&self, mark: &MarkRef) -> Judged<At<'a>> {
        match (&mark.line, mark.number) {
            (Some(pattern), _) => self.find_line(pattern),
            (None, Some(number)) => self.find_number(number),
            (None, None) => Ruling::author(
                "spec/empty-mark",
                "a mark names neither a line nor a number",
            )
            .stop(),
        }
    }

    fn find_line(&self, pattern: &str) -> Judged<At<'a>> {
        let regex = regex(pattern)?;
        let printed = self
            .lines
            .iter()
            .position(|line| regex.is_match(line))
            .and_then(|i| u64::try_from(i + 1).ok());
        let marked = self.points.iter().find(|at| regex.is_match(at.line));
        match (marked, printed) {
            (Some(at), None) => Ok(*at),
            (Some(at), Some(number)) if at.number <= number => Ok(*at),
            (_, Some(number)) => self.no_point(number),
            (None, None) => self.never_came(&regex),
        }
    }

    fn find_number(&self, number: i64) -> Judged<At<'a>> {
        let last = self.last_number();
        let wanted = if number < 0 {
            i128::from(last) + 1 + i128::from(number)
        } else {
            i128::from(number)
        };
        if wanted >= 1 && wanted <= i128::from(last) {
            let found = self
                .points
                .iter()
                .find(|at| i128::from(at.number) == wanted);
            return match found {
                Some(at) => Ok(*at),
                None => self.no_point(u64::try_from(wanted).unwrap_or(u64::MAX)),
            };
        }
        if number == 0 {
            return Ruling::author(
                "spec/empty-mark",
                "lines are numbered from 1; there is no line 0",
            )
            .stop();
        }
        if self.cut_off() {
            return Self::cut();
        }
        let printed = plural(last, "line", "lines");
        let finding = Finding::learner(
            "marks/missing",
            format!("the program printed {printed}, so it has no line number {number}"),
        );
        Ruling::by_fault(finding.help("compare the lines that it prints with those in the lesson"))
            .stop()
    }

    fn last_number(&self) -> u64 {
        let marked = self.points.last().map_or(0, |at| at.number);
        marked.max(u64::try_from(self.lines.len()).unwrap_or(u64::MAX))
    }

    /// The line was printed, but nothing was measured at it.
    fn no_point<T>(&self, number: u64) -> Judged<T> {
        if self.points.is_empty() {
            return not_recorded(self.run).stop();
        }
        Ruling::inconclusive(
            "marks/thinned",
            format!("line {number} was printed, but so many lines were printed that it was not measured"),
        )
        .note("at most some thousands of lines are measured, evenly chosen; the first and the last always are")
        .stop()
    }

    fn cut<T>() -> Judged<T> {
        Ruling::inconclusive(
            "marks/cut-off",
            "the program printed more than is kept, so a line that is needed may be in the part that was cut off",
        )
        .stop()
    }

    /// Nothing that was printed matches.
    pub(super) fn never_came<T>(&self, regex: &Regex) -> Judged<T> {
        if self.cut_off() {
            return Self::cut();
        }
        let wanted = pattern(regex.as_str());
        let mut finding = Finding::learner("marks/missing", format!("no line matches {wanted}"));
        if self.unfinished_line(regex) {
            finding = Finding::learner(
                "marks/missing",
                format!("the text that matches {wanted} has no newline after it, so it is not a line yet"),
            )
            .help("end the line with a newline: measurements are taken when a line is complete");
        } else {
            finding = match self.lines.last().or(Some(&self.tail)) {
                Some(last) if !last.is_empty() => {
                    finding.note(format!("the last line was {}", quote(last)))
                }
                _ => finding.note("nothing was printed on stdout"),
            };
            finding = self.with_nearest(finding, regex);
            finding = finding.help("compare the lines that it prints with those in the lesson");
        }
        Ruling::by_fault(finding).stop()
    }

    /// Shows the line that looks most like the one that is missing, and where it is printed.
    pub(super) fn with_nearest(&self, finding: Finding, regex: &Regex) -> Finding {
        if self.count_matching(regex) > 0 {
            return finding;
        }
        let Some((number, near)) = self.nearest(regex) else {
            return finding;
        };
        let finding = finding.note(format!("line {number} comes nearest: {}", quote(near)));
        let point = self.points.iter().find(|at| at.number == number);
        match point.and_then(|at| at.point.path.first()) {
            Some(line) if finding.primary.is_none() => {
                finding.at(Place::line(&*line.file, line.line), "printed here")
            }
            _ => finding,
        }
    }

    /// The line that begins like the text of a regular expression, or else looks most like it, if one does.
    fn nearest(&self, regex: &Regex) -> Option<(u64, &'a str)> {
        if let Some(gap::Fault::Missing { gap, .. }) =
            gap::find(regex.as_str(), &self.run.stdout.text)
            && let Some((number, line)) = gap.near
        {
            return Some((u64::try_from(number).ok()?, line));
        }
        let plain: String = regex
            .as_str()
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ')
            .take(80)
            .collect();
        let plain = plain.to_lowercase();
        (1..)
            .zip(self.lines.iter().take(500))
            .map(|(number, line)| {
                let start: String = line.chars().take(80).collect();
                let likeness = strsim::jaro_winkler(&plain, &start.to_lowercase());
                (likeness, number, *line)
            })
            .filter(|(likeness, ..)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, number, line)| (number, line))
    }

    /// The stretch that a spec names; without a phase the whole run.
    pub(super) fn span(&self, phase: Option<&Phase>) -> Judged<Span<'a>> {
        let Some(phase) = phase else {
            return Ok(Span::default());
        };
        let from = phase
            .from
            .as_ref()
            .map(|mark| self.find(mark))
            .transpose()?;
        let to = phase.to.as_ref().map(|mark| self.find(mark)).transpose()?;
        if let (Some(from), Some(to)) = (from, to) {
            self.in_order(from, to)?;
        }
        Ok(Span { from, to })
    }

    /// Makes sure that something can be said of the stretch between two marks.
    pub(super) fn in_order(&self, from: At<'a>, to: At<'a>) -> Judged<()> {
        if from.number >= to.number {
            let finding = Finding::learner(
                "marks/out-of-order",
                format!(
                    "line {} ({}) should come after line {} ({})",
                    to.number,
                    quote(to.line),
                    from.number,
                    quote(from.line)
                ),
            )
            .help("print each line when its step begins or ends, in the order of the lesson");
            let finding = match to.point.path.first() {
                Some(line) => finding.at(
                    Place::line(&*line.file, line.line),
                    "printed here, too early",
                ),
                None => finding,
            };
            return Ruling::by_fault(finding).stop();
        }
        if self.written_at_once(&from, &to) {
            return coalesced(&from, &to).stop();
        }
        Ok(())
    }

    /// Whether two marks came in one write, and so share one measurement.
    pub(super) fn written_at_once(&self, a: &At<'_>, b: &At<'_>) -> bool {
        let (first, last) = (a.index.min(b.index), a.index.max(b.index));
        let Some(between) = self.run.timeline.get(first..=last) else {
            return false;
        };
        between.iter().all(|point| point.coalesced)
            && between.windows(2).all(|pair| match pair {
                [a, b] => same_figures(a, b),
                _ => true,
            })
    }
}

fn same_figures(a: &Point, b: &Point) -> bool {
    a.total_bytes == b.total_bytes
        && a.total_blocks == b.total_blocks
        && a.live_bytes == b.live_bytes
        && a.live_blocks == b.live_blocks
        && a.resident_bytes == b.resident_bytes
        && a.minor_faults == b.minor_faults
        && a.cpu_ms == b.cpu_ms
}

/// Two lines that would have to be measured apart came in one write.
pub(super) fn coalesced(from: &At<'_>, to: &At<'_>) -> Ruling {
    Ruling::inconclusive(
        "marks/coalesced",
        format!(
            "lines {} and {} were written at once, so nothing was measured between them",
            from.number, to.number
        ),
    )
    .note("each line is measured when it is written; a buffer around stdout holds lines back")
}

/// No line has a point.
pub(super) fn not_recorded(run: &Observation) -> Ruling {
    unmeasured(run, "what memory did from line to line")
}

/// A figure is missing. Says why, where the measuring itself said so.
pub(super) fn unmeasured(run: &Observation, what: &str) -> Ruling {
    let ruling = Ruling::unmeasurable(
        "run/not-measured",
        format!("{what} could not be measured in this run"),
    );
    let reasons = run
        .findings
        .iter()
        .filter(|remark| remark.fault == crate::diagnostic::Fault::Machine);
    reasons
        .take(3)
        .fold(ruling, |ruling, remark| ruling.note(remark.message.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, number, run};
    use super::*;
    use crate::judge::Verdict;

    fn found(run: &Observation, mark: &MarkRef) -> Result<u64, String> {
        match Marks::new(run).find(mark) {
            Ok(at) => Ok(at.number),
            Err(ruling) => Err(format!(
                "{:?} {}",
                ruling.verdict,
                ruling.finding.map(|f| f.code).unwrap_or_default()
            )),
        }
    }

    #[test]
    fn a_line_is_found_by_text_and_by_number() {
        let run = run()
            .mark("start", 0)
            .mark("round 1", 10)
            .mark("round 2", 20)
            .build();
        assert_eq!(found(&run, &line("^round")), Ok(2));
        assert_eq!(found(&run, &number(1)), Ok(1));
        assert_eq!(found(&run, &number(-1)), Ok(3));
        assert_eq!(found(&run, &number(-3)), Ok(1));
    }

    #[test]
    fn a_line_that_never_came_is_the_learners() {
        let run = run().mark("start", 0).build();
        assert_eq!(
            found(&run, &line("^end")),
            Err("Failed marks/missing".into())
        );
        assert_eq!(found(&run, &number(2)), Err("Failed marks/missing".into()));
        assert_eq!(found(&run, &number(-2)), Err("Failed marks/missing".into()));
        assert_eq!(
            found(&run, &line("(")),
            Err("Error spec/invalid-regex".into())
        );
        assert_eq!(found(&run, &number(0)), Err("Error spec/empty-mark".into()));
    }

    #[test]
    fn a_line_without_newline_is_told_as_such() {
        let mut run = run().mark("start", 0).build();
        run.stdout.text.push_str("end");
        let ruling = Marks::new(&run).find(&line("^end")).unwrap_err();
        assert!(ruling.finding.unwrap().message.contains("no newline"));
    }

    #[test]
    fn output_that_was_cut_off_decides_nothing() {
        let mut run = run().mark("start", 0).build();
        run.stdout.truncated = true;
        assert_eq!(
            found(&run, &line("^end")),
            Err("Inconclusive marks/cut-off".into())
        );
    }

    #[test]
    fn a_thinned_line_is_not_the_learners_fault() {
        let mut run = run().mark("a", 0).mark("b", 1).mark("c", 2).build();
        run.timeline.remove(1);
        assert_eq!(
            found(&run, &line("^b$")),
            Err("Inconclusive marks/thinned".into())
        );
        assert_eq!(
            found(&run, &number(2)),
            Err("Inconclusive marks/thinned".into())
        );
        assert_eq!(found(&run, &number(3)), Ok(3));
        run.timeline.clear();
        assert_eq!(
            found(&run, &line("^b$")),
            Err("Unmeasurable run/not-measured".into())
        );
    }

    #[test]
    fn the_whole_line_counts_where_the_mark_is_cut() {
        let mut run = run().mark("start", 0).mark(&"x".repeat(300), 1).build();
        run.stdout.text.truncate(run.stdout.text.len() - 1);
        run.stdout.text.push_str("end\n");
        run.timeline[1].mark = Some("x".repeat(200));
        assert_eq!(found(&run, &line("end$")), Ok(2));
    }

    #[test]
    fn phases_need_their_ends_apart_and_in_order() {
        let phase = |from: &str, to: &str| Phase {
            from: Some(line(from)),
            to: Some(line(to)),
        };
        let apart = run().mark("a", 0).mark("b", 5).build();
        let marks = Marks::new(&apart);
        assert!(marks.span(Some(&phase("a", "b"))).is_ok());
        let ruling = marks.span(Some(&phase("b", "a"))).unwrap_err();
        assert_eq!(ruling.finding.unwrap().code, "marks/out-of-order");

        let at_once = run().mark("a", 5).mark("b", 5).at_once().build();
        let ruling = Marks::new(&at_once)
            .span(Some(&phase("a", "b")))
            .unwrap_err();
        assert_eq!(ruling.verdict, Verdict::Inconclusive);
    }
}
