use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::course::grading_policy::{Grading, PolicyOverride};
use crate::gradebook::manual::ManualOf;
use crate::gradebook::policy::{Grade, grade};
use crate::judge::{ExerciseReport, Report, Score, Verdict};

fn report(scores: &[(u32, u32)]) -> Report {
    let exercises = scores.iter().enumerate();
    let exercises = exercises.map(|(index, (earned, possible))| ExerciseReport {
        id: format!("e{index}"),
        title: String::new(),
        verdict: Verdict::Passed,
        score: Score {
            earned: *earned,
            possible: *possible,
            undecided: 0,
        },
        cases: Vec::new(),
        findings: Vec::new(),
        withheld: None,
    });
    Report {
        score: Score::default(),
        exercises: exercises.collect(),
        checklist: None,
    }
}

fn written(keys: &[&str]) -> Grading {
    let overrides: Vec<PolicyOverride> = keys.iter().map(|key| key.parse().unwrap()).collect();
    Grading::default().with(&overrides)
}

fn policy(keys: &[&str]) -> Policy {
    written(keys).policy(&["e0", "e1", "e2", "e3"]).unwrap()
}

const DUE: &str = "due=2026-11-20T12:00Z";

/// Extensions as `part extension`, the part `*` for all.
fn more(rows: &[&str]) -> Vec<Extended> {
    let one = |row: &&str| {
        let (part, text) = row.split_once(' ').unwrap();
        Extended {
            part: part.trim_matches('*').to_owned(),
            extension: Grading::default().extension(text).unwrap(),
            written: text.to_owned(),
        }
    };
    rows.iter().map(one).collect()
}

fn of(policy: &Policy, scores: &[(u32, u32)], hand_in: HandIn<'_>) -> Grade {
    grade(policy, &report(scores), hand_in, &ManualOf::default())
}

fn steps(grade: &Grade) -> String {
    let mut out = format!("{} of {}\n", grade.points, grade.possible);
    for step in &grade.steps {
        let _ = writeln!(out, "{}: {}", step.what, step.points);
    }
    out
}

/// What a hand-in at a time of two exercises, each with all of 10 points, comes to.
fn graded(keys: &[&str], time: &str, rows: &[&str]) -> String {
    let more_time = more(rows);
    let hand_in = HandIn {
        submitted: Some(time.parse().unwrap()),
        late: None,
        more_time: &more_time,
    };
    steps(&of(&policy(keys), &[(10, 10), (10, 10)], hand_in))
}

#[test]
fn more_time_for_everything_moves_the_due_time() {
    let keys = [DUE, "late_per_day=10%", "grace=15 min", "cutoff=2 days"];
    let late = "2026-11-21T13:00Z";
    insta::assert_snapshot!(graded(&keys, late, &[]), @r"
    16 of 20
    2 days late, 10 % each: -4
    ");
    insta::assert_snapshot!(graded(&keys, late, &["* 1 day"]), @r"
    18 of 20
    more time: 1 day: 0
    1 day late, 10 %: -2
    ");
    insta::assert_snapshot!(graded(&keys, late, &["* 25 h"]), @r"
    20 of 20
    more time: 25 h: 0
    ");
    // Grace counts from the extended time, and so does the cut-off.
    insta::assert_snapshot!(graded(&keys, "2026-11-21T13:10Z", &["* 25 h"]), @r"
    20 of 20
    more time: 25 h: 0
    ");
    insta::assert_snapshot!(graded(&keys, "2026-11-22T13:00Z", &[]), @r"
    0 of 20
    handed in after the cut-off: nothing counts: -20
    ");
    insta::assert_snapshot!(graded(&keys, "2026-11-22T13:00Z", &["* 2026-11-21T12:00Z"]), @r"
    16 of 20
    more time: until 2026-11-21T12:00Z: 0
    2 days late, 10 % each: -4
    ");
    insta::assert_snapshot!(graded(&keys, "2026-11-23T13:00Z", &["* 2026-11-21T12:00Z"]), @r"
    0 of 20
    more time: until 2026-11-21T12:00Z: 0
    handed in after the cut-off: nothing counts: -20
    ");
}

#[test]
fn of_several_extensions_the_latest_counts() {
    let keys = [DUE, "late_per_day=10%"];
    let late = "2026-11-23T12:00Z";
    insta::assert_snapshot!(graded(&keys, late, &["* 3 days", "* 2026-11-21T12:00Z", "e0 1 day"]), @r"
    20 of 20
    more time: 3 days: 0
    more time: until 2026-11-21T12:00Z: 0
    more time: 1 day for e0: 0
    ");
    // One that is not later than the due time changes nothing.
    insta::assert_snapshot!(graded(&keys, late, &["e1 2026-11-01T12:00Z"]), @r"
    14 of 20
    more time: until 2026-11-01T12:00Z for e1: 0
    3 days late, 10 % each: -6
    ");
}

#[test]
fn more_time_for_one_exercise_is_a_share_of_the_penalty() {
    let late = "2026-11-21T13:00Z";
    insta::assert_snapshot!(graded(&[DUE, "late_per_day=10%"], late, &["e1 1 day"]), @r"
    17 of 20
    more time: 1 day for e1: 0
    e0: 2 days late, 10 % each: -2
    e1: 1 day late, 10 %: -1
    ");
    insta::assert_snapshot!(graded(&[DUE, "late_per_day=10%", "late_at_most=1"], late, &["e1 1 day"]), @r"
    19 of 20
    more time: 1 day for e1: 0
    e0: 2 days late, 10 % each, 1 point at most, its share of that: -0.5
    e1: 1 day late, 10 %, 1 point at most, its share of that: -0.5
    ");
    insta::assert_snapshot!(graded(&[DUE, "late_per_day=3"], late, &["e1 7 days"]), @r"
    17 of 20
    more time: 7 days for e1: 0
    e0: 2 days late, 3 points each, its share of that: -3
    ");
    insta::assert_snapshot!(graded(&[DUE, "cutoff=1 h"], late, &["e1 7 days"]), @r"
    10 of 20
    more time: 7 days for e1: 0
    e0: handed in after the cut-off: nothing counts: -10
    ");
    insta::assert_snapshot!(graded(&[DUE, "cutoff=1 h", "after_cutoff=50%"], late, &["e1 7 days"]), @r"
    15 of 20
    more time: 7 days for e1: 0
    e0: handed in after the cut-off: at most 5 counts: -5
    ");
    // What is dropped is never late.
    insta::assert_snapshot!(graded(&[DUE, "late_per_day=10%", "drop_lowest=1"], late, &["e1 7 days"]), @r"
    8 of 10
    more time: 7 days for e1: 0
    2 days late, 10 % each: -2
    ");
}

#[test]
fn where_nobody_knows_how_late_more_time_is_a_doubt_for_the_student() {
    let grade = |keys: &[&str], rows: &[&str]| {
        let more_time = more(rows);
        let hand_in = HandIn {
            submitted: None,
            late: Some(true),
            more_time: &more_time,
        };
        steps(&of(&policy(keys), &[(10, 10), (10, 10)], hand_in))
    };
    let keys = [DUE, "late_per_day=10%", "late_without_time=one_day"];
    insta::assert_snapshot!(grade(&keys, &[]), @r"
    18 of 20
    late, nobody knows how late: counted as one day, 10 %: -2
    ");
    insta::assert_snapshot!(grade(&keys, &["* 1 day"]), @r"
    20 of 20
    more time: 1 day: 0
    late, nobody knows how late, and there was more time: nothing is taken: 0
    ");
    insta::assert_snapshot!(grade(&keys, &["e0 1 day"]), @r"
    19 of 20
    more time: 1 day for e0: 0
    e0: late, nobody knows how late, and there was more time: nothing is taken: 0
    e1: late, nobody knows how late: counted as one day, 10 %: -1
    ");
}

#[test]
fn another_due_time_is_enough_where_the_policy_has_none() {
    let keys = ["late_per_day=10%", "late_without_time=one_day"];
    let grade = |time: &str, rows: &[&str]| {
        let more_time = more(rows);
        let hand_in = HandIn {
            submitted: Some(time.parse().unwrap()),
            late: Some(true),
            more_time: &more_time,
        };
        steps(&of(&policy(&keys), &[(10, 10)], hand_in))
    };
    let until = ["* 2026-11-21T12:00Z"];
    insta::assert_snapshot!(grade("2026-11-21T12:00Z", &until), @r"
    10 of 10
    more time: until 2026-11-21T12:00Z: 0
    ");
    // Who is later has no more taken than without it.
    insta::assert_snapshot!(grade("2026-11-23T11:00Z", &until), @r"
    9 of 10
    more time: until 2026-11-21T12:00Z: 0
    late, nobody knows how late: counted as one day, 10 %: -1
    ");
    insta::assert_snapshot!(grade("2026-11-23T11:00Z", &["* 2 days"]), @r"
    10 of 10
    more time: 2 days: 0
    late, nobody knows how late, and there was more time: nothing is taken: 0
    ");
}

#[test]
fn a_share_that_would_be_less_than_all_is_not_taken() {
    let more_time = more(&["e0 7 days"]);
    let hand_in = HandIn {
        submitted: Some("2026-11-21T13:00Z".parse().unwrap()),
        late: None,
        more_time: &more_time,
    };
    let keys = [DUE, "cutoff=1 h", "after_cutoff=50%"];
    insta::assert_snapshot!(steps(&of(&policy(&keys), &[(0, 10), (10, 10)], hand_in)), @r"
    10 of 20
    more time: 7 days for e0: 0
    handed in after the cut-off: at most 50 % counts: 0
    ");
}

prop_compose! {
    fn any_policy()(
        per_day in prop_oneof![Just(None), (0_u32..60).prop_map(|n| Some(format!("late_per_day={n}%"))), (0_u32..6).prop_map(|n| Some(format!("late_per_day={n}")))],
        most in prop_oneof![Just(None), (0_u32..90).prop_map(|n| Some(format!("late_at_most={n}%"))), (0_u32..20).prop_map(|n| Some(format!("late_at_most={n}")))],
        cutoff in prop_oneof![Just(None), (0_u32..9).prop_map(|n| Some(format!("cutoff={n} days")))],
        after in prop_oneof![Just(None), (0_u32..90).prop_map(|n| Some(format!("after_cutoff={n}%")))],
        grace in 0_u32..90,
        due in -200_i64..200,
    ) -> (Vec<String>, i64) {
        let keys = [per_day, most, cutoff, after, Some(format!("grace={grace} min"))];
        (keys.into_iter().flatten().collect(), due)
    }
}

/// The policy that is due so many hours after a moment.
fn due_at(keys: &[String], hours: i64) -> Policy {
    let due = moment(hours);
    let due = format!("due={due}");
    let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    keys.push(&due);
    policy(&keys)
}

fn moment(hours: i64) -> Timestamp {
    let zero: Timestamp = "2026-11-20T12:00Z".parse().unwrap();
    zero + SignedDuration::from_hours(hours)
}

proptest! {
    #[test]
    fn more_time_for_all_is_the_policy_with_another_due_time(
        (keys, due) in any_policy(),
        scores in proptest::collection::vec((0_u32..10, 10_u32..20), 0..4),
        hours in 0_i64..200,
        submitted in -300_i64..500,
        one_by_one in any::<bool>(),
    ) {
        let hand_in = HandIn { submitted: Some(moment(submitted)), ..HandIn::default() };
        let expected = of(&due_at(&keys, due + hours), &scores, hand_in);
        let parts: Vec<String> = if one_by_one {
            (0..scores.len()).map(|index| format!("e{index}")).collect()
        } else {
            vec![String::new()]
        };
        for extension in [Extension::By(SignedDuration::from_hours(hours)), Extension::Until(moment(due + hours))] {
            let more_time: Vec<Extended> = parts
                .iter()
                .map(|part| Extended { part: part.clone(), extension, written: String::new() })
                .collect();
            let found = of(&due_at(&keys, due), &scores, HandIn { more_time: &more_time, ..hand_in });
            if !scores.is_empty() || !one_by_one {
                prop_assert_eq!(found.points, expected.points);
                prop_assert_eq!(found.undecided, expected.undecided);
                prop_assert_eq!(&found.steps[more_time.len()..], &expected.steps[..]);
            }
        }
    }

    #[test]
    fn more_time_never_costs_and_everything_adds_up(
        (keys, due) in any_policy(),
        scores in proptest::collection::vec((0_u32..10, 10_u32..20), 1..5),
        rows in proptest::collection::vec((0_usize..6, 0_i64..200, any::<bool>()), 0..4),
        submitted in -300_i64..500,
        time in any::<bool>(),
        late in any::<Option<bool>>(),
    ) {
        let policy = due_at(&keys, due);
        let hand_in = HandIn { submitted: time.then(|| moment(submitted)), late, more_time: &[] };
        let more_time: Vec<Extended> = rows
            .iter()
            .map(|(part, hours, until)| Extended {
                part: if *part == 5 { String::new() } else { format!("e{part}") },
                extension: if *until {
                    Extension::Until(moment(*hours))
                } else {
                    Extension::By(SignedDuration::from_hours(*hours))
                },
                written: String::new(),
            })
            .collect();
        let before = of(&policy, &scores, hand_in);
        let after = of(&policy, &scores, HandIn { more_time: &more_time, ..hand_in });
        prop_assert!(after.points >= before.points, "{before:?} {after:?}");
        let parts: i64 = after.parts.iter().map(|part| part.points.0).sum();
        let taken: i64 = after.steps.iter().map(|step| step.points.0).sum();
        prop_assert_eq!(after.points.0, parts + taken);
        prop_assert!(after.points.0 >= 0 && after.undecided.0 >= 0);
        prop_assert!(after.steps.iter().all(|step| step.points.0 <= 0));
        prop_assert_eq!(after.more_time.len(), more_time.len());
    }
}
