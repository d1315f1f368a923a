//! What stands below a lesson: where its figures come from.

use std::time::Duration;

use super::figures::Measured;
use super::{MACHINE, Page, Slot};
use crate::report::escape;

/// Where the figures of a lesson come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// From this computer.
    Here {
        /// What was measured.
        measured: Measured,
        /// How long ago.
        age: Duration,
    },
    /// From the author, and why: a sentence without a full stop, untrusted.
    Author(String),
}

impl Source {
    /// The text of a figure for a page, with its mark; `None` where the author's text stands.
    pub fn text(&self, slot: &Slot, mark: &str) -> Option<String> {
        match self {
            Self::Here { .. } if slot.name == MACHINE => Some("this computer".to_owned()),
            Self::Here { measured, .. } => {
                let figure = measured.figure(&slot.name, slot.optimization)?;
                figure.text().map(|text| text + mark)
            }
            Self::Author(_) => None,
        }
    }
}

/// Paragraphs of Markdown about a page's figures; none for a page without figures. `mark` stands beside those that were measured.
pub fn notes(page: &Page<'_>, source: &Source, mark: &str) -> Vec<String> {
    if page.figures().next().is_none() {
        return Vec::new();
    }
    match source {
        Source::Author(reason) => vec![format!(
            "No figure was measured here: {}. The figures are those of the computer on which this was written.",
            escape::markdown(reason, MOST_CHARS)
        )],
        Source::Here { measured, age } => here(page, measured, *age, mark),
    }
}

/// Longest text of others that is shown.
const MOST_CHARS: usize = 300;

fn here(page: &Page<'_>, measured: &Measured, age: Duration, mark: &str) -> Vec<String> {
    let figure = |slot: &Slot| measured.figure(&slot.name, slot.optimization);
    let mut notes = Vec::new();
    let shown = page
        .figures()
        .filter(|slot| figure(slot).is_some_and(|figure| figure.value.is_some()))
        .count();
    if shown > 0 {
        let runs = match measured.runs {
            1 => "from one run".to_owned(),
            runs => format!("medians of {runs} runs"),
        };
        notes.push(format!(
            "{mark} Measured on this computer {}: {}, {}; {runs}, optimized where nothing else is said. `--measure-again` measures anew.",
            ago(age),
            escape::markdown(&measured.machine, MOST_CHARS),
            escape::markdown(&measured.compiler, MOST_CHARS),
        ));
    }
    let uncertain = page
        .figures()
        .filter(|slot| figure(slot).is_some_and(super::figures::Figure::is_uncertain))
        .count();
    if uncertain > 0 {
        let figures = if uncertain == 1 { "figure" } else { "figures" };
        notes.push(format!(
            "{uncertain} of {shown} {figures} differed by more than half from run to run, so the computer was busy: close other \
             programs, and use `--measure-again`."
        ));
    }
    let mut reasons: Vec<String> = page
        .figures()
        .filter_map(|slot| match figure(slot) {
            None => Some(format!("nothing measures `{}`", slot.name)),
            Some(figure) => {
                let reason = figure.reason.as_deref()?;
                Some(escape::markdown(reason, MOST_CHARS))
            }
        })
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    if !reasons.is_empty() {
        notes.push(format!(
            "Not measured here, so the author's figures stand: {}.",
            reasons.join("; ")
        ));
    }
    notes
}

/// How long ago, in words.
fn ago(age: Duration) -> String {
    let words = |number: u64, unit: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {unit}{plural} ago")
    };
    match age.as_secs() {
        0..60 => "just now".to_owned(),
        seconds @ 60..3600 => words(seconds / 60, "minute"),
        seconds @ 3600..86_400 => words(seconds / 3600, "hour"),
        seconds => words(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Reading, medians};
    use super::*;

    const PAGE: &str = "On <!-- here: machine -->mine<!-- / --> a <!-- here: x -->1 ns<!-- / --> b <!-- here: y -->2<!-- / --> c <!-- here: z unoptimized -->3<!-- / -->\n";

    fn source(runs: &[&str]) -> Source {
        let readings: Vec<Reading> = runs.iter().map(|r| Reading::of(r.as_bytes())).collect();
        Source::Here {
            measured: Measured {
                optimized: medians(&readings),
                unoptimized: medians(&[]),
                runs: 5,
                when: 0,
                machine: "A [processor](x) <b>".to_owned(),
                compiler: "rustc 1.95.0".to_owned(),
            },
            age: Duration::from_hours(2),
        }
    }

    #[test]
    fn the_page_says_where_its_figures_come_from() {
        let page = Page::read(PAGE);
        let source = source(&["x = 5 ns\ny = ? no *disk*", "x = 500 ns\ny = ? no *disk*"]);
        let filled = page.fill(false, |slot| source.text(slot, "†"));
        assert_eq!(filled, "On this computer a 250 ns† b 2 c 3\n");
        assert_eq!(
            notes(&page, &source, "†"),
            [
                "† Measured on this computer 2 hours ago: A \\[processor\\](x) \\<b\\>, rustc 1.95.0; medians of 5 runs, optimized where \
                 nothing else is said. `--measure-again` measures anew.",
                "1 of 1 figure differed by more than half from run to run, so the computer was busy: close other programs, and use \
                 `--measure-again`.",
                "Not measured here, so the author's figures stand: no \\*disk\\*; nothing measures `z`.",
            ]
        );
    }

    #[test]
    fn without_a_measurement_the_authors_text_stands() {
        let page = Page::read(PAGE);
        let source = Source::Author("there is no compiler".to_owned());
        assert_eq!(
            page.fill(false, |slot| source.text(slot, "†")),
            "On mine a 1 ns b 2 c 3\n"
        );
        assert_eq!(
            notes(&page, &source, "†"),
            [
                "No figure was measured here: there is no compiler. The figures are those of the computer on which this was written."
            ]
        );
        assert_eq!(notes(&Page::read("# A\n"), &source, "†"), [""; 0]);
    }

    #[test]
    fn ages_are_told_in_words() {
        for (seconds, words) in [
            (0, "just now"),
            (61, "1 minute ago"),
            (7199, "1 hour ago"),
            (86_400, "1 day ago"),
            (8_640_000, "100 days ago"),
        ] {
            assert_eq!(ago(Duration::from_secs(seconds)), words);
        }
    }
}
