use super::super::testing::{case, check, exercise, facts, line, run, site};
use super::*;
use crate::build::Failure;
use crate::course::spec::{
    CountBound, CurveExpectation, HeapExpectation, HoldsSteady, OutcomeExpectation, OutcomeKind,
    OutputExpectation, Phase, Quantity, RatioExpectation, Side,
};
use crate::course::units::Size;
use crate::diagnostic::Place;

fn prints(name: &str, points: u32, text: &str) -> Check {
    check(name, points, |check| {
        check.output = Some(OutputExpectation {
            regex: Some(text.to_owned()),
            ..OutputExpectation::default()
        });
    })
}

fn ends(name: &str, points: u32, kind: OutcomeKind) -> Check {
    check(name, points, |check| {
        check.outcome = Some(OutcomeExpectation {
            kind: Some(kind),
            ..OutcomeExpectation::default()
        });
    })
}

fn verdicts(report: &ExerciseReport) -> Vec<(String, Verdict)> {
    report
        .cases
        .iter()
        .flat_map(|case| {
            case.checks
                .iter()
                .map(|check| (format!("{}/{}", case.name, check.name), check.verdict))
        })
        .collect()
}

fn codes(report: &ExerciseReport) -> Vec<&str> {
    let own = report.findings.iter();
    let checks = report.cases.iter().flat_map(|case| &case.checks);
    own.chain(checks.filter_map(|check| check.finding.as_ref()))
        .filter(|finding| finding.severity != Severity::Note)
        .map(|finding| finding.code.as_str())
        .collect()
}

fn of(verdicts: &[(&str, Verdict)]) -> Vec<(String, Verdict)> {
    verdicts
        .iter()
        .map(|(name, verdict)| ((*name).to_owned(), *verdict))
        .collect()
}

fn failure(finding: Finding) -> Failure {
    Failure {
        diagnostics: String::new(),
        diagnostics_ansi: String::new(),
        finding,
        for_author: None,
        wall: None,
    }
}

#[test]
fn a_good_program_earns_everything() {
    let exercise = exercise(vec![case("main", vec![prints("says hello", 3, "hello")])]);
    let report = judge(
        "hello",
        &exercise,
        &facts([("main", run().mark("hello", 0).build())]),
    );
    assert_eq!(
        verdicts(&report),
        of(&[
            ("main/ends normally", Verdict::Passed),
            ("main/says hello", Verdict::Passed)
        ])
    );
    assert_eq!(
        (report.verdict, report.score.earned, report.score.possible),
        (Verdict::Passed, 3, 3)
    );
    assert!(codes(&report).is_empty());
}

#[test]
fn one_finding_explains_a_death_and_the_rest_is_skipped() {
    let exercise = exercise(vec![case(
        "main",
        vec![prints("a", 1, "x"), prints("b", 2, "y")],
    )]);
    let run = run()
        .mark("x", 0)
        .ends(OutcomeKind::Panicked, Some(101))
        .build();
    let report = judge("e", &exercise, &facts([("main", run)]));
    assert_eq!(codes(&report), ["outcome/panicked"]);
    assert_eq!(
        verdicts(&report),
        of(&[
            ("main/ends normally", Verdict::Failed),
            ("main/a", Verdict::Skipped),
            ("main/b", Verdict::Skipped)
        ])
    );
    assert_eq!(
        (report.verdict, report.score.earned, report.score.possible),
        (Verdict::Failed, 0, 3)
    );
    let skipped = report.cases[0].checks[1].finding.as_ref().unwrap();
    assert_eq!(skipped.message, "not judged, because the program panicked");
}

#[test]
fn a_death_that_is_expected_lets_the_other_checks_be_judged() {
    let checks = vec![
        prints("says goodbye", 1, "bye"),
        ends("overflows", 2, OutcomeKind::StackOverflow),
    ];
    let exercise = exercise(vec![case("main", checks)]);
    let died = run()
        .mark("bye", 0)
        .ends(OutcomeKind::StackOverflow, None)
        .build();
    let report = judge("e", &exercise, &facts([("main", died)]));
    assert_eq!(
        verdicts(&report),
        of(&[
            ("main/says goodbye", Verdict::Passed),
            ("main/overflows", Verdict::Passed)
        ])
    );
    let lived = run().mark("bye", 0).build();
    let report = judge("e", &exercise, &facts([("main", lived)]));
    assert_eq!(codes(&report), ["outcome/ended-normally"]);
    assert_eq!(
        verdicts(&report),
        of(&[
            ("main/says goodbye", Verdict::Skipped),
            ("main/overflows", Verdict::Failed)
        ])
    );
}

#[test]
fn two_checks_of_the_end_give_one_finding() {
    let checks = vec![
        ends("overflows", 1, OutcomeKind::StackOverflow),
        ends("really", 1, OutcomeKind::StackOverflow),
    ];
    let report = judge(
        "e",
        &exercise(vec![case("main", checks)]),
        &facts([("main", run().build())]),
    );
    assert_eq!(codes(&report), ["outcome/ended-normally"]);
    assert_eq!(report.cases[0].checks[1].verdict, Verdict::Skipped);
}

#[test]
fn what_does_not_compile_fails_with_one_finding() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let facts = Facts {
        build_failure: Some(failure(Finding::learner(
            "build/does-not-compile",
            "it does not compile",
        ))),
        ..Facts::default()
    };
    let report = judge("e", &exercise, &facts);
    assert_eq!(codes(&report), ["build/does-not-compile"]);
    assert_eq!(
        (
            report.verdict,
            report.score.possible,
            report.score.undecided
        ),
        (Verdict::Failed, 2, 0)
    );
    assert_eq!(verdicts(&report), of(&[("main/a", Verdict::Skipped)]));
}

#[test]
fn a_missing_compiler_costs_nobody_points() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let machine = Finding::new(
        "build/compiler-crashed",
        Severity::Error,
        Fault::Machine,
        "the compiler crashed",
    );
    let facts = Facts {
        build_failure: Some(failure(machine)),
        ..Facts::default()
    };
    let report = judge("e", &exercise, &facts);
    assert_eq!(
        (
            report.verdict,
            report.score.possible,
            report.score.undecided
        ),
        (Verdict::Unmeasurable, 2, 2)
    );
}

#[test]
fn a_missing_source_fails_the_exercise() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let facts = Facts {
        source_findings: vec![Finding::learner("source/missing", "main.rs is missing")],
        ..Facts::default()
    };
    let report = judge("e", &exercise, &facts);
    assert_eq!(
        (report.verdict, codes(&report)),
        (Verdict::Failed, vec!["source/missing"])
    );
}

#[test]
fn a_broken_rule_costs_all_points_and_the_checks_are_judged_all_the_same() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let forbidden = |line| {
        Finding::learner("source/forbidden-item", "`mem::forget` is forbidden")
            .at(Place::line("main.rs", line), "used here")
    };
    let facts = Facts {
        source_findings: vec![forbidden(3), forbidden(9)],
        ..facts([("main", run().mark("x", 0).build())])
    };
    let report = judge("e", &exercise, &facts);
    assert_eq!(report.cases[0].checks[1].verdict, Verdict::Passed);
    assert_eq!(
        (report.verdict, report.score.earned, report.score.possible),
        (Verdict::Failed, 0, 2)
    );
    let rule = &report.cases[1].checks[0];
    assert_eq!(
        (report.cases[1].name.as_str(), rule.name.as_str()),
        ("", "uses nothing that is forbidden")
    );
    let finding = rule.finding.as_ref().unwrap();
    assert_eq!(finding.secondary[0].place.line, 9);
    assert!(
        finding
            .notes
            .iter()
            .any(|note| note.contains("earns no points"))
    );
}

#[test]
fn unsafe_code_is_a_broken_rule_and_nothing_is_run() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let facts = Facts {
        source_findings: vec![Finding::learner("source/unsafe", "`unsafe` is not allowed")],
        ..Facts::default()
    };
    let report = judge("e", &exercise, &facts);
    assert_eq!(
        verdicts(&report),
        of(&[
            ("main/a", Verdict::Skipped),
            ("/no unsafe code", Verdict::Failed)
        ])
    );
    assert_eq!(
        (report.verdict, codes(&report)),
        (Verdict::Failed, vec!["source/unsafe"])
    );
}

#[test]
fn rules_that_could_not_be_looked_up_leave_the_points_undecided() {
    let exercise = exercise(vec![case("main", vec![prints("a", 2, "x")])]);
    let facts = Facts {
        source_findings: vec![Finding::new(
            "source/not-checked",
            Severity::Error,
            Fault::Machine,
            "no thread",
        )],
        ..facts([("main", run().mark("x", 0).build())])
    };
    let report = judge("e", &exercise, &facts);
    let score = report.score;
    assert_eq!(
        (
            report.verdict,
            score.earned,
            score.undecided,
            score.possible
        ),
        (Verdict::Unmeasurable, 0, 2, 2)
    );
}

#[test]
fn a_case_that_cannot_be_run_is_undecided_with_one_finding() {
    let exercise = exercise(vec![case(
        "main",
        vec![prints("a", 2, "x"), prints("b", 1, "y")],
    )]);
    let mut facts = Facts::default();
    let finding = Finding::new(
        "machine/cannot-run",
        Severity::Error,
        Fault::Machine,
        "it cannot be run here",
    );
    facts.unmeasurable.insert("main".to_owned(), finding);
    let report = judge("e", &exercise, &facts);
    assert_eq!(codes(&report), ["machine/cannot-run"]);
    assert_eq!(
        (
            report.verdict,
            report.score.undecided,
            report.score.possible
        ),
        (Verdict::Unmeasurable, 3, 3)
    );
}

#[test]
fn hidden_cases_and_checks_say_so() {
    let mut secret = case("secret", vec![prints("a", 1, "x")]);
    secret.hidden = true;
    let mut half = case("half", vec![prints("b", 1, "x"), prints("c", 1, "x")]);
    half.checks[1].hidden = true;
    let report = judge(
        "e",
        &exercise(vec![secret, half]),
        &facts([("secret", run().build()), ("half", run().build())]),
    );
    let hidden: Vec<bool> = report
        .cases
        .iter()
        .flat_map(|case| &case.checks)
        .map(|check| check.hidden)
        .collect();
    assert_eq!(hidden, [true, true, false, false, true]);
    assert!(report.cases[0].hidden && !report.cases[1].hidden);
}

#[test]
fn the_specs_own_words_are_in_the_finding() {
    let mut asked = prints("a", 1, "x");
    asked.why = Some("Because it matters.".to_owned());
    asked.hints = vec!["Look there.".to_owned(), "Do this.".to_owned()];
    let report = judge(
        "e",
        &exercise(vec![case("main", vec![asked])]),
        &facts([("main", run().build())]),
    );
    let finding = report.cases[0].checks[1].finding.as_ref().unwrap();
    assert_eq!(finding.help.as_deref(), Some("Look there."));
    assert_eq!(
        finding.notes.last().map(String::as_str),
        Some("why: Because it matters.")
    );
}

#[test]
fn cases_are_compared_outside_of_them() {
    let mut exercise = exercise(vec![case("slow", Vec::new()), case("fast", Vec::new())]);
    exercise.checks = vec![check("fewer blocks", 2, |check| {
        check.ratio = Some(RatioExpectation {
            of: Quantity::TotalBlocks,
            numerator: Side {
                case: Some("slow".to_owned()),
                between: None,
            },
            denominator: Side {
                case: Some("fast".to_owned()),
                between: None,
            },
            at_least: Some(10.0),
            ..RatioExpectation::default()
        });
    })];
    let blocks = |n| {
        use super::super::testing::amount;
        run().heap(amount(n, n), amount(n, n), amount(0, 0)).build()
    };
    let good = facts([("slow", blocks(100)), ("fast", blocks(10))]);
    let report = judge("e", &exercise, &good);
    assert_eq!((report.verdict, report.score.earned), (Verdict::Passed, 2));
    assert_eq!(report.cases[2].name, "");

    let mut dead = good;
    dead.runs.get_mut("fast").unwrap()[0].outcome.kind = OutcomeKind::TimeLimit;
    let report = judge("e", &exercise, &dead);
    assert_eq!(codes(&report), ["outcome/time-limit"]);
    assert_eq!(report.cases[2].checks[0].verdict, Verdict::Skipped);
    assert_eq!(
        report.cases[2].checks[0].finding.as_ref().unwrap().message,
        "not judged, because in the case `fast` the program ran longer than its time limit"
    );
}

#[test]
fn a_check_needs_another_across_cases() {
    let mut second = prints("second", 1, "hello");
    second.needs = vec!["a/first".to_owned()];
    let exercise = exercise(vec![
        case("a", vec![prints("first", 1, "nothing")]),
        case("b", vec![second]),
    ]);
    let facts = facts([("a", run().build()), ("b", run().mark("hello", 0).build())]);
    let report = judge("e", &exercise, &facts);
    assert_eq!(report.cases[1].checks[1].verdict, Verdict::Skipped);
    assert_eq!(report.score.earned, 0);
}

#[test]
fn a_leaking_service_is_told_where_it_grows() {
    let steady = check("holds steady", 4, |check| {
        check.curve = Some(CurveExpectation {
            holds_steady: Some(HoldsSteady {
                after_marks: Some(2),
                within: Size(64 << 10),
            }),
            ..CurveExpectation::default()
        });
    });
    let blocks = check("no blocks", 1, |check| {
        check.heap = Some(HeapExpectation {
            between: Some(Phase {
                from: Some(line("^round 1$")),
                to: Some(line("^round 2$")),
            }),
            total_blocks: Some(CountBound {
                exactly: Some(0),
                ..CountBound::default()
            }),
            ..HeapExpectation::default()
        });
    });
    let run = (1..=5_u64)
        .fold(run(), |run, i| run.mark(&format!("round {i}"), i << 20))
        .site(site(3, 5 << 20, 5 << 20))
        .build();
    let mut facts = facts([("main", run)]);
    facts.sources.insert(
        "main.rs".to_owned(),
        "fn main() {\n    let mut kept = Vec::new();\n    kept.push(1);\n}\n".to_owned(),
    );
    let report = judge(
        "e",
        &exercise(vec![case("main", vec![steady, blocks])]),
        &facts,
    );
    assert_eq!(codes(&report), ["curve/grows", "heap/too-many-blocks"]);
    assert_eq!(report.score.earned, 0);
}
