//! What a program printed, against what it should have printed.

use std::collections::BTreeMap;

use crate::course::spec::{NumbersExpectation, OutputExpectation, Stream};
use crate::diagnostic::Finding;
use crate::observe::{Captured, Observation};

use super::diff::{self, Lines};
use super::gap;
use super::marks;
use super::numbers;
use super::places::Sources;
use super::ruling::{Judged, Ruling, settle};
use super::words::{self, plural, quote};

/// Judges one stream.
pub(super) fn judge(
    expected: &OutputExpectation,
    run: &Observation,
    sources: &Sources<'_>,
) -> Ruling {
    let captured = match expected.stream {
        Stream::Stdout => &run.stdout,
        Stream::Stderr => &run.stderr,
    };
    let out = Out {
        stream: expected.stream,
        run,
        sources,
    };
    let ruling = settle(compare(expected, captured, &out));
    if ruling.finding.is_some() && captured.truncated && ruling.verdict == super::Verdict::Failed {
        return Ruling::inconclusive(
            "output/cut-off",
            format!(
                "the program printed more on {} than is kept",
                name(expected.stream)
            ),
        );
    }
    ruling
}

fn name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    }
}

/// Where something was printed.
struct Out<'a, 's> {
    stream: Stream,
    run: &'a Observation,
    sources: &'a Sources<'s>,
}

impl Out<'_, '_> {
    fn name(&self) -> &'static str {
        name(self.stream)
    }

    /// Points at what printed the wrong lines, by their numbers from 1; `line` is the first of them.
    fn blame(&self, finding: Finding, wrong: &[usize], line: &str) -> Finding {
        let numbers: Vec<u64> = match self.stream {
            Stream::Stdout => wrong
                .iter()
                .filter_map(|n| u64::try_from(*n).ok())
                .collect(),
            Stream::Stderr => Vec::new(),
        };
        let line = line.trim_end_matches('\n');
        self.sources.blame_print(finding, self.run, &numbers, line)
    }
}

fn compare(expected: &OutputExpectation, captured: &Captured, out: &Out<'_, '_>) -> Judged<Ruling> {
    if let Some(exact) = &expected.exact {
        return Ok(judge_exact(exact, captured, out));
    }
    if let Some(pattern) = &expected.regex {
        return judge_regex(pattern, captured, out);
    }
    let printed = trimmed_lines(&captured.text);
    if let Some(lines) = &expected.lines {
        let wanted: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        return Ok(judge_lines(&wanted, &printed, out, |a, b| a == b));
    }
    if let Some(lines) = &expected.unordered {
        return Ok(judge_unordered(lines, &printed, out));
    }
    if let Some(wanted) = &expected.numbers {
        return Ok(judge_numbers(wanted, &printed, out));
    }
    Ruling::author(
        "spec/empty-expectation",
        "the output that is expected is not said",
    )
    .stop()
}

/// Lines without white space at their ends, and without empty lines at the end of the stream.
fn trimmed_lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

fn judge_exact(exact: &str, captured: &Captured, out: &Out<'_, '_>) -> Ruling {
    let stream = out.name();
    if captured.text == exact {
        return Ruling::passed(format!("{stream} is right to the byte"));
    }
    let wanted: Vec<&str> = exact.split_inclusive('\n').collect();
    let printed: Vec<&str> = captured.text.split_inclusive('\n').collect();
    let ruling = judge_lines(&wanted, &printed, out, |a, b| a == b);
    let newline_only = captured.text.trim_end_matches('\n') == exact.trim_end_matches('\n');
    if newline_only {
        return ruling.note("only newlines at the end differ");
    }
    ruling
}

fn judge_regex(pattern: &str, captured: &Captured, out: &Out<'_, '_>) -> Judged<Ruling> {
    let stream = out.name();
    if marks::regex(pattern)?.is_match(&captured.text) {
        return Ok(Ruling::passed("the output is right"));
    }
    let code = "output/no-match";
    let whole = || {
        let wanted = words::pattern(pattern);
        Finding::learner(code, format!("nothing on {stream} matches {wanted}"))
    };
    let mut near = None;
    let mut finding = match gap::find(pattern, &captured.text) {
        Some(gap::Fault::Order) => Finding::learner(
            code,
            format!(
                "{stream} has each line that is asked for, but they do not follow each other as they should"
            ),
        ),
        Some(gap::Fault::Missing { gap, whole: false }) => {
            near = gap.near;
            match near {
                Some((number, line)) => Finding::learner(
                    code,
                    format!(
                        "line {number} of {stream} is not as it is asked for: {}",
                        quote(line)
                    ),
                ),
                None if gap.beginning.is_empty() => whole(),
                None => Finding::learner(
                    code,
                    format!("no line of {stream} begins with {}", quote(&gap.beginning)),
                ),
            }
        }
        Some(gap::Fault::Missing { gap, whole: true }) => {
            near = gap.near;
            match near {
                Some((number, line)) => {
                    whole().note(format!("line {number} comes nearest: {}", quote(line)))
                }
                None => whole(),
            }
        }
        None => whole(),
    };
    if let Some((number, line)) = near {
        finding = out.blame(finding, &[number], line);
    } else {
        let printed = trimmed_lines(&captured.text);
        finding = finding.note(match printed.as_slice() {
            [] => format!("nothing was printed on {stream}"),
            [only] => format!("the only line on {stream} is {}", quote(only)),
            [.., last] => format!(
                "{} printed on {stream}; the last is {}",
                plural(
                    u64::try_from(printed.len()).unwrap_or(u64::MAX),
                    "line was",
                    "lines were"
                ),
                quote(last)
            ),
        });
    }
    Ok(Ruling::by_fault(
        finding.help("compare what it prints with the lesson"),
    ))
}

/// Compares line by line; `same` says when two lines count as equal.
fn judge_lines(
    wanted: &[&str],
    printed: &[&str],
    out: &Out<'_, '_>,
    same: impl Fn(&str, &str) -> bool,
) -> Ruling {
    let lines = diff::compare(wanted, printed, same);
    if lines.is_equal() {
        let count = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
        return Ruling::passed(format!("{} right", plural(count, "line is", "lines are")));
    }
    Ruling::by_fault(differs(&lines, out))
}

fn differs(lines: &Lines<'_>, out: &Out<'_, '_>) -> Finding {
    let stream = out.name();
    let (missing, extra) = (lines.missing(), lines.extra());
    let mut finding = match (lines.first_missing(), lines.first_extra()) {
        (Some((number, line)), None) => Finding::learner(
            "output/missing-line",
            if missing == 1 {
                format!(
                    "line {number} is missing on {stream}: {}",
                    quote(line.trim_end_matches('\n'))
                )
            } else {
                format!(
                    "{missing} lines are missing on {stream}, the first of them {}",
                    quote(line.trim_end_matches('\n'))
                )
            },
        ),
        (None, Some((number, line))) => Finding::learner(
            "output/extra-line",
            if extra == 1 {
                format!(
                    "line {number} of {stream} is one too many: {}",
                    quote(line.trim_end_matches('\n'))
                )
            } else {
                format!(
                    "{stream} has {extra} lines too many, the first of them {}",
                    quote(line.trim_end_matches('\n'))
                )
            },
        ),
        (wanted, printed) => {
            let number = printed.or(wanted).map_or(1, |(number, _)| number);
            Finding::learner(
                "output/differs",
                format!("line {number} of {stream} is not as it should be"),
            )
        }
    };
    if let Some((_, line)) = lines.first_extra() {
        finding = out.blame(finding, &lines.extra_numbers(), line);
    } else if let Some((before, line)) = lines.before_first_missing() {
        finding = out.blame(finding, &[before], line);
        if let Some(label) = &mut finding.primary {
            "the line before it is printed here".clone_into(&mut label.text);
        }
    }
    for note in lines.shown() {
        finding = finding.note(note);
    }
    finding.help(
        "compare the marked lines letter by letter; a space is shown as · where it is easy to miss",
    )
}

fn judge_unordered(wanted: &[String], printed: &[&str], out: &Out<'_, '_>) -> Ruling {
    let stream = out.name();
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    for line in wanted {
        *balance.entry(line.trim_end()).or_default() += 1;
    }
    for line in printed {
        *balance.entry(line).or_default() -= 1;
    }
    let missing: Vec<&str> = balance
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(line, _)| *line)
        .collect();
    let extra: Vec<&str> = balance
        .iter()
        .filter(|(_, n)| **n < 0)
        .map(|(line, _)| *line)
        .collect();
    let (code, message) = match (missing.first(), extra.first()) {
        (None, None) => return Ruling::passed("all lines are there"),
        (Some(line), None) => (
            "output/missing-line",
            format!("{stream} does not have the line {}", quote(line)),
        ),
        (None, Some(line)) => (
            "output/extra-line",
            format!("{stream} has the line {} too often", quote(line)),
        ),
        (Some(wanted), Some(_)) => (
            "output/differs",
            format!(
                "{stream} does not have the line {}, but has others",
                quote(wanted)
            ),
        ),
    };
    let mut finding = Finding::learner(code, message);
    if let Some(line) = extra.first() {
        let numbers: Vec<usize> = (1..)
            .zip(printed)
            .filter(|(_, printed)| *printed == line)
            .map(|(number, _)| number)
            .collect();
        finding = out.blame(finding, &numbers, line);
    }
    for line in missing.iter().take(5) {
        finding = finding.note(format!("- {}", diff::shown(line)));
    }
    for line in extra.iter().take(5) {
        finding = finding.note(format!("+ {}", diff::shown(line)));
    }
    let hidden = missing.len().saturating_sub(5) + extra.len().saturating_sub(5);
    if hidden > 0 {
        finding = finding.note(format!("… and {hidden} more lines"));
    }
    Ruling::by_fault(finding.help("the order does not matter here; the lines marked - are missing, those marked + are too many"))
}

fn judge_numbers(wanted: &NumbersExpectation, printed: &[&str], out: &Out<'_, '_>) -> Ruling {
    let stream = out.name();
    let lines: Vec<&str> = wanted.lines.iter().map(|line| line.trim_end()).collect();
    let tolerance = numbers::Tolerance {
        percent: wanted.percent.unwrap_or(0.0),
        absolute: wanted.absolute.unwrap_or(0.0),
    };
    let ruling = judge_lines(&lines, printed, out, |a, b| {
        numbers::lines_agree(a, b, tolerance)
    });
    if ruling.finding.is_none() || lines.len() != printed.len() {
        return ruling;
    }
    // The words are right and a number is not: that is worth saying by itself.
    let pairs = || lines.iter().zip(printed).enumerate();
    if !pairs().all(|(_, (a, b))| numbers::same_words(a, b)) {
        return ruling;
    }
    let off: Vec<usize> = pairs()
        .filter(|(_, (a, b))| !numbers::lines_agree(a, b, tolerance))
        .map(|(i, _)| i + 1)
        .collect();
    let first = off.first().and_then(|number| {
        let i = number.checked_sub(1)?;
        Some((number, lines.get(i)?, printed.get(i)?))
    });
    let Some((number, wanted, got)) = first else {
        return ruling;
    };
    let mut finding = Finding::learner(
        "output/number-off",
        format!(
            "a number in line {number} of {stream} is off: {}",
            quote(got)
        ),
    )
    .note(format!("expected about {}", quote(wanted)))
    .note(format!("allowed: {}", tolerance.words()));
    finding = out.blame(finding, &off, got);
    Ruling::by_fault(finding.help("how is this number computed, and from what?"))
}

#[cfg(test)]
mod tests;
