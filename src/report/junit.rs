//! `JUnit` XML: an exercise is a suite, a check of a case a test case.

use quick_junit::{
    NonSuccessKind, Report as Junit, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::escape::{self, MESSAGE_CHARS};
use super::shown;
use crate::diagnostic::{Finding, Severity};
use crate::judge::{CaseReport, CheckReport, ChecklistReport, ExerciseReport, Report, Verdict};

/// Writes a report as `JUnit` XML. Of hidden cases and checks only names and verdicts are shown.
///
/// Undecided verdicts are skipped ones here, with their reason: the format has no word for them.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut junit = Junit::new("memgrade");
    for exercise in &report.exercises {
        junit.add_test_suite(suite(exercise));
    }
    if let Some(checklist) = &report.checklist {
        junit.add_test_suite(items(checklist));
    }
    junit.to_string()
}

fn suite(exercise: &ExerciseReport) -> TestSuite {
    let mut suite = TestSuite::new(escape::xml(&exercise.id));
    let walls: Vec<f64> = exercise
        .cases
        .iter()
        .filter_map(|case| case.run.as_ref())
        .map(|run| run.time.wall_ms)
        .collect();
    // Nothing was run: no time, rather than none.
    if !walls.is_empty()
        && let Ok(wall) = std::time::Duration::try_from_secs_f64(walls.iter().sum::<f64>() / 1000.0)
    {
        suite.set_time(wall);
    }
    for (number, finding) in exercise.findings.iter().enumerate() {
        let verdict = match finding.severity {
            Severity::Error => Verdict::Failed,
            Severity::Warning | Severity::Note => Verdict::Passed,
        };
        let mut case = test_case(
            &format!("submission/{}", number + 1),
            verdict,
            Some(finding),
        );
        case.set_classname(escape::xml(&exercise.id));
        suite.add_test_case(case);
    }
    for case in &exercise.cases {
        for check in &case.checks {
            suite.add_test_case(check_case(exercise, case, check));
        }
    }
    suite
}

fn check_case(exercise: &ExerciseReport, case: &CaseReport, check: &CheckReport) -> TestCase {
    let name = format!("{}/{}", shown::case_name(case), check.name);
    let finding = check
        .finding
        .as_ref()
        .filter(|_| !case.hidden && !check.hidden);
    let mut test = test_case(&name, check.verdict, finding);
    test.set_classname(escape::xml(&exercise.id));
    test.add_property(("points", check.points.to_string().as_str()));
    test.add_property(("earned", check.earned.to_string().as_str()));
    // Undecided and skipped are one word in this format; the property keeps them apart.
    test.add_property(("verdict", super::words::verdict(check.verdict)));
    test
}

fn items(checklist: &ChecklistReport) -> TestSuite {
    let mut suite = TestSuite::new("checklist");
    for item in &checklist.items {
        let mut status = status(item.verdict);
        if item.verdict != Verdict::Passed {
            let message = item.message.as_deref().map_or_else(
                || super::words::verdict(item.verdict).to_owned(),
                |message| reason(item.verdict, message),
            );
            status.set_message(message);
            let mut lines = vec![bounded(&item.question)];
            for evidence in &item.evidence {
                let verdict = super::words::verdict(evidence.verdict);
                lines.push(bounded(&format!("  {}: {verdict}", evidence.check)));
            }
            status.set_description(lines.join("\n"));
        }
        let mut test = TestCase::new(bounded(&item.id), status);
        test.set_classname("checklist");
        test.add_property(("points", item.score.possible.to_string().as_str()));
        test.add_property(("earned", item.score.earned.to_string().as_str()));
        test.add_property(("verdict", super::words::verdict(item.verdict)));
        suite.add_test_case(test);
    }
    suite
}

fn test_case(name: &str, verdict: Verdict, finding: Option<&Finding>) -> TestCase {
    let mut status = status(verdict);
    match finding {
        _ if verdict == Verdict::Passed => {}
        Some(finding) => {
            status.set_message(reason(verdict, &finding.message));
            status.set_type(bounded(&finding.code));
            status.set_description(details(finding));
        }
        None => {
            status.set_message(super::words::verdict(verdict));
        }
    }
    TestCase::new(bounded(name), status)
}

fn status(verdict: Verdict) -> TestCaseStatus {
    match verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Skipped | Verdict::Inconclusive | Verdict::Unmeasurable => {
            TestCaseStatus::skipped()
        }
    }
}

/// The message, with the verdict in front where the format has no word for it.
fn reason(verdict: Verdict, message: &str) -> String {
    let message = bounded(message);
    match verdict {
        Verdict::Inconclusive | Verdict::Unmeasurable => {
            format!("{}: {message}", super::words::verdict(verdict))
        }
        _ => message,
    }
}

/// The finding's places, evidence and help, one line each.
fn details(finding: &Finding) -> String {
    let mut lines = vec![bounded(&finding.message)];
    for label in finding
        .primary
        .iter()
        .chain(finding.secondary.iter().take(4))
    {
        let place = &label.place;
        lines.push(bounded(&format!(
            "  at {}:{}  {}",
            place.file, place.line, label.text
        )));
    }
    lines.extend(
        finding
            .notes
            .iter()
            .take(24)
            .map(|note| bounded(&format!("  {note}"))),
    );
    lines.extend(
        finding
            .help
            .iter()
            .map(|help| bounded(&format!("  look at: {help}"))),
    );
    lines.push(bounded(&format!(
        "  more: memgrade explain {}",
        finding.code
    )));
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines.join("\n")
}

fn bounded(text: &str) -> String {
    escape::xml(&escape::terminal(text, true, MESSAGE_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn every_verdict_has_its_place() {
        let text = render(&samples::report()).unwrap();
        assert!(!text.contains("SECRET"), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_written_is_xml_and_can_be_read_back() {
        let text = render(&samples::hostile()).unwrap();
        let back = Junit::deserialize_from_str(&text).unwrap();
        assert_eq!(back.test_suites.len(), 4);
        assert_eq!(back.tests, 19);
        let first = &back.test_suites[0].test_cases[0];
        assert!(
            first.name.as_str().contains("<script>&'\"%"),
            "{}",
            first.name.as_str()
        );
        assert!(!samples::has_controls(&text), "{text:?}");
    }

    #[test]
    fn undecided_is_skipped_with_its_reason() {
        let text = render(&samples::report()).unwrap();
        let back = Junit::deserialize_from_str(&text).unwrap();
        let touch = &back.test_suites[2];
        assert_eq!((touch.tests, touch.skipped, touch.failures), (4, 3, 1));
        assert!(
            text.contains("message=\"inconclusive: five runs gave"),
            "{text}"
        );
        assert_eq!((back.errors, back.failures), (1, 8));
    }
}
