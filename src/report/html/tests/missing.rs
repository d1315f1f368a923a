//! Exercises for which nothing was handed in.

use super::*;
use crate::diagnostic::Finding;
use crate::judge::ExerciseReport;

/// Makes it an exercise for which nothing was handed in.
fn go_missing(exercise: &mut ExerciseReport) {
    exercise.verdict = Verdict::Failed;
    exercise.score.earned = 0;
    let message = format!("nothing was handed in for {}", exercise.id);
    exercise.findings = vec![Finding::learner("source/missing", message)];
    for case in &mut exercise.cases {
        case.run = None;
        for check in &mut case.checks {
            check.verdict = Verdict::Skipped;
            check.finding = None;
            check.earned = 0;
        }
    }
}

/// Of the three exercises only those of `handed_in`, by their place.
fn only(id: &str, handed_in: &[usize]) -> Record {
    let mut report = samples::report();
    for (at, exercise) in report.exercises.iter_mut().enumerate() {
        if !handed_in.contains(&at) {
            go_missing(exercise);
        }
    }
    let mut record = record(id, report);
    for (at, exercise) in record.report.exercises.iter().enumerate() {
        if !handed_in.contains(&at) {
            let below = format!("{}/", exercise.id);
            record.sources.retain(|file, _| !file.starts_with(&below));
        }
    }
    record
}

fn class(info: ClassInfo, records: &[Record]) -> String {
    let templates = Templates::default();
    let pages = Pages::new(info, &templates, &[]).unwrap();
    for record in records {
        drawn(&pages, record);
    }
    let html = pages.class().unwrap();
    is_well_formed(&html);
    ids(&html);
    html
}

fn headline(record: &Record) -> String {
    let html = student(record);
    let text = words(&html);
    let mut lines = text.lines();
    lines
        .find(|line| line.contains("passed") || line.contains("handed in."))
        .unwrap()
        .to_owned()
}

#[test]
fn who_handed_in_nothing_has_neither_passed_nor_failed() {
    let mut passed = only("ann", &[0]);
    passed.report.exercises[0].verdict = Verdict::Passed;
    let records = [
        passed,
        only("bob", &[0]),
        only("eve", &[2]),
        only("zoe", &[2]),
    ];
    let html = class(info(), &records);
    let text = words(&html);
    assert!(
        text.contains("1 of 2 passed (50 %), 2 handed in nothing"),
        "{text}"
    );
    assert!(text.contains("nobody handed it in"), "{text}");
    assert!(html.contains(
        "<i class=\"passed\" style=\"width:25%\"></i><i class=\"failed\" style=\"width:25%\"></i><i class=\"missing\" style=\"width:50%\"></i>"
    ));
    // Of a check too.
    assert!(
        text.contains("leak: grows2 of 2100 %2 handed in nothing"),
        "{text}"
    );
}

#[test]
fn what_is_not_there_is_not_what_goes_wrong_most() {
    let html = class(info(), &[only("ann", &[0]), only("bob", &[0])]);
    assert!(html.contains("What goes wrong most") && html.contains("curve/grows"));
    assert!(!html.contains("source/missing"), "{html}");
}

#[test]
fn a_headline_counts_what_was_handed_in() {
    let says = |record: &Record, start: &str| {
        let line = headline(record);
        assert!(line.starts_with(start), "{line}");
    };
    let all = "0 of 3 exercises passed. Look first at memory_leak";
    says(&only("ann", &[0, 1, 2]), all);
    let two = "0 of 2 exercises that were handed in passed. Look first at memory_leak";
    says(&only("ann", &[0, 1]), two);
    let one = "The exercise that was handed in has not passed. Look first at memory_leak";
    says(&only("ann", &[0]), one);
    let mut passed = only("ann", &[0]);
    passed.report.exercises[0].verdict = Verdict::Passed;
    says(&passed, "The exercise that was handed in passed.");
    says(&only("ann", &[]), "No exercise was handed in.");
}

#[test]
fn the_first_look_is_at_what_was_handed_in() {
    // It did not fail and has a finding, and the others are not there.
    let mut record = only("ann", &[2]);
    let exercise = &mut record.report.exercises[2];
    exercise.verdict = Verdict::Inconclusive;
    exercise.findings = vec![Finding::learner("source/unused", "`touch` is never called")];
    let line = headline(&record);
    assert!(line.contains("Look first at virtual_memory"), "{line}");
    // A file under a wrong name is a hand-in, whose name is to be mended first.
    let mut record = only("ann", &[]);
    let wrong = "stack_overflow/mian.rs".to_owned();
    record.sources.insert(wrong, "fn main() {}\n".to_owned());
    let line = headline(&record);
    assert!(line.contains("Look first at stack_overflow"), "{line}");
}

#[test]
fn a_long_list_to_look_at_is_folded() {
    let records = |count: usize| -> Vec<Record> {
        let number = |number| record(&format!("s{number:02}"), samples::report());
        (0..count).map(number).collect()
    };
    let html = class(info(), &records(8));
    assert!(!html.contains("<details class=\"more-first\">"));
    let html = class(info(), &records(11));
    let fold = html.find("<details class=\"more-first\">").unwrap();
    let (open, folded) = html.split_at(fold);
    assert_eq!(open.matches("<li><a href=\"students/").count(), 8);
    let folded = &folded[..folded.find("</details>").unwrap()];
    assert!(folded.contains("Show 3 more"), "{folded}");
    assert_eq!(folded.matches("<li><a href=\"students/").count(), 3);
}

#[test]
fn a_title_that_is_the_courses_is_there_once() {
    let same = || ClassInfo {
        course: "Memory, autumn".to_owned(),
        ..info()
    };
    let templates = Templates::default();
    let pairs = [pair()];
    let pages = Pages::new(same(), &templates, &pairs).unwrap();
    let drawn = [
        drawn(&pages, &ann()),
        pages.pair(0).unwrap(),
        pages.class().unwrap(),
    ];
    for html in &drawn {
        is_well_formed(html);
        let text = words(html);
        assert_eq!(text.matches("Memory, autumn").count(), 1, "{text}");
    }
    assert!(!drawn[2].contains("class=\"over\""));
}
