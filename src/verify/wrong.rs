//! Known-wrong submissions: what their authors say must be found in them.
//!
//! A file begins with header lines, and may mark the lines that are to blame:
//!
//! ```text
//! //@ about: drops the oldest entry only after the push that makes the queue too long
//! //@ finding: curve/grows in bounded/holds steady
//! //@ output: right
//! …
//!     self.recent.push_back(tx); //~ curve/grows
//! ```

use crate::course::spec::Exercise;
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::judge::{ExerciseReport, Verdict};

/// A finding that must come, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// The finding's code.
    pub code: String,
    /// The case; empty for checks that compare cases and for the submission as a whole.
    pub case: String,
    /// The check; empty for the submission as a whole.
    pub check: String,
}

impl Expected {
    /// Whether this is the finding that came at `at`. Of findings about the source, which stand in no case, the code
    /// says enough.
    fn names(&self, at: &Self) -> bool {
        let of_source = self.case.is_empty() && self.check.is_empty() && at.case.is_empty();
        self == at || (of_source && self.code == at.code)
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.case.as_str(), self.check.as_str()) {
            ("", "") => write!(f, "{}", self.code),
            (case, check) => write!(f, "{} in {case}/{check}", self.code),
        }
    }
}

/// What a known-wrong submission says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wrong {
    /// Path as findings name it.
    pub file: String,
    /// The misunderstanding, in one line.
    pub about: String,
    /// Every finding that must come, sorted; no other may.
    pub expected: Vec<Expected>,
    /// Whether it prints exactly what it should.
    pub right_output: bool,
    /// Lines to blame: line and code.
    pub marks: Vec<(u32, String)>,
}

fn author(code: &str, message: String) -> Finding {
    Finding::new(code, Severity::Error, Fault::Author, message)
}

/// Reads the header and the marks of `text`.
pub fn parse(file: &str, text: &str) -> (Wrong, Vec<Finding>) {
    let mut wrong = Wrong {
        file: file.to_owned(),
        ..Wrong::default()
    };
    let mut findings = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some(directive) = line.trim_start().strip_prefix("//@") {
            if let Err(message) = wrong.read_directive(directive.trim()) {
                let place = Place::line(file, number);
                findings.push(
                    author("verify/header", message)
                        .at(place, "not understood")
                        .help("headers are `about: …`, `finding: CODE in CASE/CHECK` and `output: right`"),
                );
            }
        } else if let Some((_, mark)) = line.rsplit_once("//~") {
            wrong.marks.push((number, mark.trim().to_owned()));
        }
    }
    wrong.expected.sort();
    if wrong.about.is_empty() {
        let message = format!("`{file}` does not say what the misunderstanding is");
        findings.push(author("verify/header", message).help("begin it with `//@ about: …`"));
    }
    if wrong.expected.is_empty() {
        let message = format!("`{file}` does not say what must be found in it");
        let help = "write one line for each finding: `//@ finding: CODE in CASE/CHECK`";
        findings.push(author("verify/header", message).help(help));
    }
    (wrong, findings)
}

impl Wrong {
    fn read_directive(&mut self, directive: &str) -> Result<(), String> {
        let (key, value) = directive
            .split_once(':')
            .map(|(key, value)| (key.trim(), value.trim()))
            .ok_or_else(|| format!("`{directive}` is no header: a colon is missing"))?;
        match (key, value) {
            ("about", about) => about.clone_into(&mut self.about),
            ("output", "right") => self.right_output = true,
            ("finding", finding) => {
                let (code, place) = finding.split_once(" in ").unwrap_or((finding, ""));
                let (case, check) = place.split_once('/').unwrap_or(("", place));
                self.expected.push(Expected {
                    code: code.trim().to_owned(),
                    case: case.trim().to_owned(),
                    check: check.trim().to_owned(),
                });
            }
            _ => return Err(format!("`{key}: {value}` is no header that is known")),
        }
        Ok(())
    }

    /// Whether one of its findings must come from this check.
    pub fn names_check(&self, case: &str, check: &str) -> bool {
        let mut expected = self.expected.iter();
        expected.any(|expected| expected.case == case && expected.check == check)
    }

    /// Compares what was found with what must be found.
    pub fn compare(&self, exercise: &Exercise, report: &ExerciseReport) -> Vec<Finding> {
        let found = found(report);
        let mut problems = Vec::new();
        problems.extend(self.compare_codes(&found));
        self.compare_marks(&found, &mut problems);
        if self.right_output {
            for failed in failed_output_checks(exercise, report) {
                let message = format!(
                    "`{}` says that its output is right, but the output check `{failed}` does not pass",
                    self.file
                );
                problems.push(author("verify/output-not-right", message));
            }
        }
        problems
    }

    /// One problem for all that is missing and all that is not named: they mostly belong together.
    fn compare_codes(&self, found: &[(Expected, Finding)]) -> Option<Finding> {
        let missing: Vec<&Expected> = self
            .expected
            .iter()
            .filter(|expected| !found.iter().any(|(at, _)| expected.names(at)))
            .collect();
        let unnamed: Vec<&(Expected, Finding)> = found
            .iter()
            .filter(|(at, _)| !self.expected.iter().any(|expected| expected.names(at)))
            .collect();
        let file = &self.file;
        let mut problem = if !missing.is_empty() {
            let message = format!("`{file}` does not get what it names");
            author("verify/wrong-not-caught", message)
        } else if !unnamed.is_empty() {
            let message = format!("`{file}` gets more than it names");
            author("verify/unexpected-finding", message)
        } else {
            return None;
        };
        for expected in missing {
            problem = problem.note(format!("missing: {expected}"));
        }
        for (at, finding) in unnamed {
            problem = problem.note(format!("not named: {at}: {}", finding.message));
        }
        Some(problem)
    }

    /// A marked code must point at its marked lines, all of them, and nowhere else.
    fn compare_marks(&self, found: &[(Expected, Finding)], problems: &mut Vec<Finding>) {
        let pointed: Vec<(u32, &str)> = found
            .iter()
            .filter_map(|(_, finding)| {
                let place = &finding.primary.as_ref()?.place;
                (place.file == self.file).then_some((place.line, finding.code.as_str()))
            })
            .collect();
        for (line, code) in &self.marks {
            if !pointed.contains(&(*line, code)) {
                let lines: Vec<String> = pointed
                    .iter()
                    .filter(|(_, pointed)| pointed == code)
                    .map(|(line, _)| line.to_string())
                    .collect();
                let says = match lines.as_slice() {
                    [] => "no finding with this code points at any line".to_owned(),
                    lines => format!("it points at line {}", lines.join(", ")),
                };
                problems.push(
                    author(
                        "verify/wrong-line",
                        format!("`{code}` does not point at its line"),
                    )
                    .at(Place::line(&*self.file, *line), "marked here")
                    .note(says),
                );
            }
        }
        for (line, code) in pointed {
            let marked = self.marks.iter().any(|(_, mark)| mark == code);
            let here = self
                .marks
                .iter()
                .any(|mark| mark.0 == line && mark.1 == code);
            if marked && !here {
                problems.push(
                    author(
                        "verify/wrong-line",
                        format!("`{code}` points at a line that is not marked"),
                    )
                    .at(Place::line(&*self.file, line), "points here"),
                );
            }
        }
    }
}

/// Every finding that says that something did not pass, with where it stands. A skipped check says only that
/// another one did not pass.
pub fn found(report: &ExerciseReport) -> Vec<(Expected, Finding)> {
    let whole = report.findings.iter().map(|finding| {
        let at = Expected {
            code: finding.code.clone(),
            case: String::new(),
            check: String::new(),
        };
        (finding, at)
    });
    let checks = report.cases.iter().flat_map(|case| {
        case.checks.iter().filter_map(|check| {
            let failed = !matches!(check.verdict, Verdict::Passed | Verdict::Skipped);
            let finding = check.finding.as_ref().filter(|_| failed)?;
            let at = Expected {
                code: finding.code.clone(),
                case: case.name.clone(),
                check: check.name.clone(),
            };
            Some((finding, at))
        })
    });
    whole
        .filter(|(finding, _)| finding.severity == Severity::Error)
        .chain(checks)
        .map(|(finding, at)| (at, finding.clone()))
        .collect()
}

/// Names of the checks of the output that did not pass.
fn failed_output_checks(exercise: &Exercise, report: &ExerciseReport) -> Vec<String> {
    let mut failed = Vec::new();
    for case in &exercise.cases {
        for check in case.checks.iter().filter(|check| check.output.is_some()) {
            let passed = report
                .cases
                .iter()
                .filter(|reported| reported.name == case.name)
                .flat_map(|reported| &reported.checks)
                .any(|reported| reported.name == check.name && reported.verdict == Verdict::Passed);
            if !passed {
                failed.push(format!("{}/{}", case.name, check.name));
            }
        }
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{CaseReport, CheckReport, Score};

    const TEXT: &str = "//@ about: keeps everything\n//@ finding: curve/grows in bounded/holds steady\n\
        //@ output: right\nfn main() {\n    keep(); //~ curve/grows\n}\n";

    fn exercise() -> Exercise {
        toml::from_str(
            "format_version = 1\ntitle = \"t\"\n[[case]]\nname = \"bounded\"\n\
            [[case.check]]\nname = \"holds steady\"\ncurve = { holds_steady = { within = \"1 KiB\" } }\n\
            [[case.check]]\nname = \"lines\"\noutput = { lines = [\"a\"] }\n",
        )
        .unwrap()
    }

    fn report(line: u32, output: Verdict, code: &str) -> ExerciseReport {
        let check = |name: &str, verdict, finding| CheckReport {
            name: name.to_owned(),
            points: 1,
            earned: 0,
            verdict,
            hidden: false,
            finding,
            summary: None,
        };
        let finding = Finding::learner(code, "it grows").at(Place::line("wrong.rs", line), "here");
        ExerciseReport {
            id: "e".to_owned(),
            title: "t".to_owned(),
            verdict: Verdict::Failed,
            score: Score::default(),
            cases: vec![CaseReport {
                name: "bounded".to_owned(),
                hidden: false,
                verdict: Verdict::Failed,
                run: None,
                checks: vec![
                    check("holds steady", Verdict::Failed, Some(finding)),
                    check("lines", output, None),
                ],
            }],
            findings: Vec::new(),
            withheld: None,
        }
    }

    fn problems(line: u32, output: Verdict, code: &str) -> Vec<String> {
        let (wrong, findings) = parse("wrong.rs", TEXT);
        assert!(findings.is_empty());
        let problems = wrong.compare(&exercise(), &report(line, output, code));
        problems.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_is_named_and_marked_and_found_is_in_order() {
        assert_eq!(problems(5, Verdict::Passed, "curve/grows"), [""; 0]);
    }

    #[test]
    fn every_difference_is_a_problem() {
        assert_eq!(
            problems(5, Verdict::Passed, "curve/falls"),
            ["verify/wrong-not-caught", "verify/wrong-line"]
        );
        assert_eq!(
            problems(4, Verdict::Passed, "curve/grows"),
            ["verify/wrong-line", "verify/wrong-line"]
        );
        assert_eq!(
            problems(5, Verdict::Failed, "curve/grows"),
            ["verify/output-not-right"]
        );
    }

    #[test]
    fn headers_that_are_not_understood_are_told() {
        let codes = |text| {
            let findings = parse("wrong.rs", text).1;
            findings
                .into_iter()
                .map(|finding| finding.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("//@ about: x\n//@ finding: a/b\n"), [""; 0]);
        assert_eq!(codes("fn main() {}\n"), ["verify/header"; 2]);
        assert_eq!(
            codes("//@ about: x\n//@ finding: a/b\n//@ output: wrong\n//@ hm\n"),
            ["verify/header"; 2]
        );
    }

    #[test]
    fn of_a_finding_about_the_source_the_code_is_enough() {
        let at = |code: &str, case: &str, check: &str| Expected {
            code: code.to_owned(),
            case: case.to_owned(),
            check: check.to_owned(),
        };
        let plain = at("source/forbidden-item", "", "");
        assert!(plain.names(&at(
            "source/forbidden-item",
            "",
            "uses nothing that is forbidden"
        )));
        assert!(!plain.names(&at("source/missing-item", "", "")));
        assert!(!plain.names(&at("source/forbidden-item", "a", "b")));
        assert!(!at("x/y", "", "one").names(&at("x/y", "", "two")));
    }

    #[test]
    fn a_finding_about_the_whole_needs_no_place() {
        let (wrong, _) = parse(
            "w",
            "//@ about: x\n//@ finding: build/does-not-compile\n//@ finding: a/b in slower\n",
        );
        assert_eq!(wrong.expected[1].to_string(), "build/does-not-compile");
        assert_eq!(
            (
                wrong.expected[0].case.as_str(),
                wrong.expected[0].check.as_str()
            ),
            ("", "slower")
        );
    }
}
