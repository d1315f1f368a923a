//! GitHub Actions: annotations at the learner's lines, then the report for the log.
//!
//! Whatever a program printed could be a workflow command (`::add-mask::`, `::error::`). It stands between
//! `::stop-commands::TOKEN` and `::TOKEN::` only, with a token that the program cannot know.

use super::escape::{self, MESSAGE_CHARS, NAME_CHARS};
use super::shown::{self, Shown};
use super::style::Style;
use super::{Sources, terminal, words};
use crate::diagnostic::{Fault, Finding, Severity};
use crate::judge::{CaseReport, ExerciseReport, Report, Verdict};

/// Annotations of one severity; GitHub shows no more in one step.
const ANNOTATIONS: usize = 10;
/// Lines of a program's output that are shown, per stream.
const OUTPUT: usize = 40;
/// Columns of the report in the log.
const WIDTH: usize = 100;

/// What is known of the workflow.
#[derive(Debug, Clone, Copy)]
pub struct Workflow<'a> {
    /// The submission's folder, relative to the repository; empty if it is the repository.
    pub folder: &'a str,
    /// Bytes that nobody could guess; the token is made from them.
    pub random: &'a [u8],
}

/// Draws a report for the log of a workflow. Of hidden cases and checks only names and verdicts are shown.
pub fn render(report: &Report, sources: &Sources, workflow: Workflow<'_>) -> String {
    let mut out = String::new();
    let mut counts = [0; 3];
    let exercises = report.exercises.iter().flat_map(|exercise| {
        let shown = shown::findings(exercise).into_iter();
        shown.map(move |shown| (title(exercise, shown), shown.finding))
    });
    let answers = report.checklist.iter().flat_map(|checklist| {
        let findings = checklist.findings.iter();
        findings.map(|finding| ("checklist".to_owned(), finding))
    });
    for (title, finding) in exercises.chain(answers) {
        let count = &mut counts[finding.severity as usize];
        *count += 1;
        if *count <= ANNOTATIONS {
            out.push_str(&annotation(title, finding, workflow.folder));
        }
    }
    let points = words::score(report.score);
    out.push_str(&command(
        "notice",
        &[("title", "memgrade".to_owned())],
        &points,
    ));

    let text = terminal::render(report, sources, &Style::plain(WIDTH));
    guarded(&mut out, &text, workflow.random);
    for exercise in &report.exercises {
        for case in &exercise.cases {
            output(&mut out, exercise, case, workflow.random);
        }
    }
    out
}

fn title(exercise: &ExerciseReport, shown: Shown<'_>) -> String {
    let id = escape::terminal(&exercise.id, true, NAME_CHARS);
    match shown.from {
        Some((case, check)) => format!("{id}/{}: {}", shown::case_name(case), check.name),
        None => id,
    }
}

fn annotation(title: String, finding: &Finding, folder: &str) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = &finding.primary {
        let place = &label.place;
        // A path of the course's own is not in the submission's folder.
        let folder = if finding.fault == Fault::Learner {
            folder.trim_end_matches('/')
        } else {
            ""
        };
        let file = if folder.is_empty() || folder == "." {
            place.file.clone()
        } else {
            format!("{folder}/{}", place.file)
        };
        properties.push(("file", file));
        properties.push(("line", place.line.to_string()));
        if let Some(column) = place.column {
            properties.push(("col", column.to_string()));
        }
        if let Some(column) = place.end_column {
            properties.push(("endColumn", column.to_string()));
        }
    }
    properties.push(("title", title));

    let mut lines = vec![format!("{} [{}]", finding.message, finding.code)];
    lines.extend(
        finding
            .primary
            .iter()
            .map(|label| label.text.clone())
            .filter(|text| !text.is_empty()),
    );
    lines.extend(finding.notes.iter().take(8).cloned());
    if let Some(help) = &finding.help {
        lines.push(format!("Look at: {help}"));
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escape::terminal(line, true, MESSAGE_CHARS))
        .collect();
    command(word, &properties, &lines.join("\n"))
}

/// `::word name=value,…::data`.
fn command(word: &str, properties: &[(&str, String)], data: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| {
            let value = escape::terminal(value, true, MESSAGE_CHARS);
            format!("{name}={}", escape::github_property(&value))
        })
        .collect();
    format!(
        "::{word} {}::{}\n",
        properties.join(","),
        escape::github_data(data)
    )
}

/// The output of a case that did not pass, folded.
fn output(out: &mut String, exercise: &ExerciseReport, case: &CaseReport, random: &[u8]) {
    let Some(run) = case
        .run
        .as_ref()
        .filter(|_| !case.hidden && case.verdict != Verdict::Passed)
    else {
        return;
    };
    for (stream, captured) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        if captured.text.is_empty() {
            continue;
        }
        let title = format!("{stream} of {}/{}", exercise.id, shown::case_name(case));
        let title = escape::github_data(&escape::terminal(&title, true, NAME_CHARS));
        out.push_str("::group::");
        out.push_str(&title);
        out.push('\n');
        let lines = escape::terminal_lines(captured.text.trim_end_matches('\n'), true, OUTPUT);
        guarded(out, &(lines.join("\n") + "\n"), random);
        out.push_str("::endgroup::\n");
    }
}

/// Untrusted text, which ends with a line break, in a bracket in which GitHub obeys no command.
fn guarded(out: &mut String, text: &str, random: &[u8]) {
    let token = token(text, random);
    out.push_str("::stop-commands::");
    out.push_str(&token);
    out.push('\n');
    out.push_str(text);
    out.push_str("::");
    out.push_str(&token);
    out.push_str("::\n");
}

/// A token that does not stand in `text`, and that nobody without `random` could have put there.
fn token(text: &str, random: &[u8]) -> String {
    let mut turn: u64 = 0;
    loop {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(random.len() as u64).to_le_bytes());
        hasher.update(random);
        hasher.update(&turn.to_le_bytes());
        hasher.update(text.as_bytes());
        let token = hasher.finalize().to_hex()[..32].to_owned();
        if !text.contains(&token) {
            return token;
        }
        turn += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    const WORKFLOW: Workflow<'_> = Workflow {
        folder: "work/me/",
        random: b"unguessable",
    };

    /// The lines that GitHub would obey: those outside of every bracket that begin with `::`.
    fn obeyed(text: &str) -> Vec<&str> {
        let mut stopped: Option<String> = None;
        let mut commands = Vec::new();
        for line in text.lines() {
            match &stopped {
                Some(token) if *line == format!("::{token}::") => stopped = None,
                Some(_) => {}
                None => {
                    if let Some(token) = line.strip_prefix("::stop-commands::") {
                        stopped = Some(token.to_owned());
                    } else {
                        assert!(line.starts_with("::"), "outside of a bracket: {line}");
                        commands.push(line);
                    }
                }
            }
        }
        assert_eq!(stopped, None);
        commands
    }

    #[test]
    fn annotations_stand_at_the_learners_lines() {
        let text = render(&samples::report(), &samples::sources(), WORKFLOW);
        insta::assert_snapshot!(obeyed(&text).join("\n"));
        assert!(!text.contains("SECRET"), "{text}");
    }

    #[test]
    fn output_is_shown_and_obeyed_by_nobody() {
        let mut report = samples::report();
        let run = report.exercises[1].cases[0].run.as_mut().unwrap();
        run.stdout.text = "::add-mask::passed\n::stop-commands::x\n::error::owned\n".to_owned();
        let text = render(&report, &samples::sources(), WORKFLOW);
        assert!(text.contains("\n::add-mask::passed\n"), "{text}");
        let commands = obeyed(&text).join("\n");
        assert!(
            commands.contains("::group::stdout of stack_overflow/guarded"),
            "{commands}"
        );
        assert!(
            !commands.contains("mask") && !commands.contains("owned"),
            "{commands}"
        );
    }

    #[test]
    fn hostile_names_stay_in_their_fields() {
        let text = render(&samples::hostile(), &samples::sources(), WORKFLOW);
        assert!(!samples::has_controls(&text), "{text:?}");
        for line in obeyed(&text) {
            let word = line
                .trim_start_matches(':')
                .split([' ', ':'])
                .next()
                .unwrap();
            assert!(
                ["error", "warning", "notice", "group", "endgroup"].contains(&word),
                "{line}"
            );
            if let Some((properties, _)) = line[2..].split_once("::") {
                assert!(!properties.contains(':'), "{line}");
            }
        }
    }

    #[test]
    fn a_token_is_never_in_what_it_brackets() {
        let first = token("text", b"r");
        assert_ne!(first, token("text", b"s"));
        assert_ne!(first, token("other text", b"r"));
        assert_eq!(first.len(), 32);
        assert!(!first.contains("text"));
    }

    #[test]
    fn no_more_annotations_than_github_shows() {
        let mut report = samples::report();
        report.exercises = (0..30)
            .map(|n| {
                let mut exercise = report.exercises[0].clone();
                exercise.id = format!("e{n}");
                exercise
            })
            .collect();
        let text = render(&report, &samples::sources(), WORKFLOW);
        assert_eq!(text.matches("::error file=").count(), ANNOTATIONS);
    }
}
