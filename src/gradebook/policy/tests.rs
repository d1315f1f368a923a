use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::course::grading_policy::{Amount, Grading, PolicyOverride, Rounding, Share};
use crate::gradebook::manual::Manual;
use crate::judge::{ChecklistReport, ExerciseReport, Verdict};

fn score(earned: u32, possible: u32, undecided: u32) -> Score {
    Score {
        earned,
        possible,
        undecided,
    }
}

fn report(exercises: &[Score], checklist: Option<Score>) -> Report {
    let exercises = exercises.iter().enumerate();
    let exercises = exercises.map(|(index, score)| ExerciseReport {
        id: format!("e{index}"),
        title: String::new(),
        verdict: Verdict::Passed,
        score: *score,
        cases: Vec::new(),
        findings: Vec::new(),
        withheld: None,
    });
    let checklist = checklist.map(|score| ChecklistReport {
        score,
        ..ChecklistReport::default()
    });
    Report {
        score: Score::default(),
        exercises: exercises.collect(),
        checklist,
    }
}

fn policy(keys: &[&str]) -> Policy {
    let overrides: Vec<PolicyOverride> = keys.iter().map(|key| key.parse().unwrap()).collect();
    let grading = Grading::default().with(&overrides);
    grading.policy(&["e0", "e1", "e2", "e3"]).unwrap()
}

const DUE: &str = "due=2026-11-20T12:00Z";

fn at(time: &str) -> HandIn<'static> {
    HandIn {
        submitted: Some(time.parse().unwrap()),
        late: None,
        more_time: &[],
    }
}

/// The grade in words: points, parts with notes, steps.
fn said(grade: &Grade) -> String {
    let mut out = format!(
        "{} of {}, {} undecided\n",
        grade.points, grade.possible, grade.undecided
    );
    for part in &grade.parts {
        let row = format!(
            "{} {}/{} ({}) {}",
            part.id,
            part.points,
            part.possible,
            part.undecided,
            part.notes.join("; ")
        );
        out.push_str(row.trim_end());
        out.push('\n');
    }
    for step in &grade.steps {
        let _ = writeln!(out, "{}: {}", step.what, step.points);
    }
    out
}

fn graded(keys: &[&str], scores: &[Score], hand_in: HandIn<'_>, by_hand: &str) -> String {
    let manual = Manual::parse(&format!("student,part,points,comment\n{by_hand}")).unwrap();
    said(&grade(
        &policy(keys),
        &report(scores, None),
        hand_in,
        &manual.of("ann"),
    ))
}

#[test]
fn without_a_policy_the_points_are_those_of_the_checks() {
    let report = report(&[score(3, 5, 1)], Some(score(2, 4, 2)));
    let grade = grade(
        &Policy::default(),
        &report,
        HandIn::default(),
        &ManualOf::default(),
    );
    insta::assert_snapshot!(said(&grade), @r"
    5 of 9, 3 undecided
    e0 3/5 (1)
    checklist 2/4 (2)
    ");
}

#[test]
fn an_exercise_is_worth_what_the_policy_says() {
    insta::assert_snapshot!(graded(
        &["points.e0=10", "points.e1=7.5", "points.e2=5"],
        &[score(2, 3, 1), score(0, 4, 0), score(0, 0, 0), score(1, 1, 0)],
        HandIn::default(), "ann,e2,4,nicely drawn\n"), @r"
    11.67 of 23.5, 3.33 undecided
    e0 6.67/10 (3.33) 2 of 3 by its checks
    e1 0/7.5 (0) 0 of 4 by its checks
    e2 4/5 (0) it has no checks that give points; 4 by hand; your teacher: nicely drawn
    e3 1/1 (0)
    ");
}

#[test]
fn each_day_that_has_begun_costs() {
    let keys = [
        DUE,
        "late_per_day=10%",
        "late_at_most=25%",
        "grace=15 min",
        "cutoff=7 days",
        "after_cutoff=30%",
    ];
    let at = |time| graded(&keys, &[score(18, 20, 0)], at(time), "");
    assert_eq!(at("2026-11-20T12:00:00Z").lines().count(), 2);
    assert_eq!(at("2026-11-20T12:15:00Z").lines().count(), 2);
    insta::assert_snapshot!([
        at("2026-11-20T12:15:01Z"),
        at("2026-11-21T12:00:00Z"),
        at("2026-11-21T12:00:01Z"),
        at("2026-11-23T12:00:00Z"),
        at("2026-11-27T12:00:00Z"),
        at("2026-11-27T12:00:01Z"),
    ].join("\n"), @r"
    16 of 20, 0 undecided
    e0 18/20 (0)
    1 day late, 10 %: -2

    16 of 20, 0 undecided
    e0 18/20 (0)
    1 day late, 10 %: -2

    14 of 20, 0 undecided
    e0 18/20 (0)
    2 days late, 10 % each: -4

    13 of 20, 0 undecided
    e0 18/20 (0)
    3 days late, 10 % each, 25 % at most: -5

    13 of 20, 0 undecided
    e0 18/20 (0)
    7 days late, 10 % each, 25 % at most: -5

    6 of 20, 0 undecided
    e0 18/20 (0)
    8 days late, 10 % each, 25 % at most: -5
    handed in after the cut-off: at most 30 % counts: -7
    ");
}

#[test]
fn after_the_cutoff_nothing_counts() {
    let keys = [DUE, "late_per_day=1", "cutoff=2026-11-22T12:00Z"];
    insta::assert_snapshot!(graded(&keys, &[score(18, 20, 2)], at("2026-11-23T00:00Z"), ""), @r"
    0 of 20, 0 undecided
    e0 18/20 (2)
    handed in after the cut-off: nothing counts: -18
    ");
}

#[test]
fn lateness_of_unknown_length_costs_nothing_unless_the_policy_says_so() {
    let late = HandIn {
        submitted: None,
        late: Some(true),
        more_time: &[],
    };
    let with = |keys: &[&str]| graded(keys, &[score(18, 20, 0)], late, "");
    insta::assert_snapshot!([
        with(&[]),
        with(&[DUE, "late_per_day=10%"]),
        with(&[DUE, "late_per_day=10%", "late_without_time=one_day"]),
    ].join("\n"), @r"
    18 of 20, 0 undecided
    e0 18/20 (0)

    18 of 20, 0 undecided
    e0 18/20 (0)
    late, nobody knows how late: nothing is taken: 0

    16 of 20, 0 undecided
    e0 18/20 (0)
    late, nobody knows how late: counted as one day, 10 %: -2
    ");
}

#[test]
fn the_lowest_percentages_are_dropped() {
    insta::assert_snapshot!(graded(
        &["drop_lowest=2"],
        &[score(1, 2, 0), score(30, 100, 0), score(0, 10, 6), score(5, 10, 0)],
        HandIn::default(), ""), @r"
    1 of 12, 6 undecided
    e0 1/2 (0)
    e1 0/0 (0) does not count: 30 of 100 is among the lowest
    e2 0/10 (6)
    e3 0/0 (0) does not count: 5 of 10 is among the lowest
    ");
    insta::assert_snapshot!(graded(&["drop_lowest=2"], &[score(1, 2, 0)], HandIn::default(), ""), @r"
    1 of 2, 0 undecided
    e0 1/2 (0)
    ");
}

#[test]
fn the_teacher_has_the_last_word() {
    let by_hand =
        "ann,e0,7.5,well argued\nann,e0,+1,\nann,e1,-9,\nann,,-1,cleaned up after the exam\n";
    let scores = [score(2, 10, 3), score(4, 10, 0)];
    insta::assert_snapshot!(graded(&[DUE, "late_per_day=10%"], &scores, at("2026-11-21T00:00Z"), by_hand), @r"
    5.5 of 20, 0 undecided
    e0 8.5/10 (0) 7.5 by hand; +1 by hand; your teacher: well argued
    e1 0/10 (0) -9 by hand
    1 day late, 10 %: -2
    by hand: -1
    ");
    insta::assert_snapshot!(graded(&["round=0.5"], &scores, HandIn::default(), "ann,,\"9,3\",\nann,,-20,\n"), @r"
    0 of 20, 0 undecided
    e0 2/10 (3)
    e1 4/10 (0)
    9.3 by hand: 3.3
    by hand: -9.3
    ");
}

#[test]
fn the_best_attempt_is_the_one_with_most_points_after_penalties() {
    let grade = |points, possible| Grade {
        points: Points(points),
        possible: Points(possible),
        ..Grade::default()
    };
    let grades = [
        grade(500, 1000),
        grade(700, 1000),
        grade(700, 1000),
        grade(600, 1000),
    ];
    assert_eq!(best(&policy(&["attempts=best"]), &grades), Some(2));
    assert_eq!(best(&policy(&[]), &grades), Some(3));
    assert_eq!(best(&policy(&["attempts=best"]), &[]), None);
    assert_eq!(
        best(&policy(&["attempts=best"]), &[grade(0, 0), grade(0, 0)]),
        Some(1)
    );
}

#[test]
fn halves_are_rounded_away_from_zero() {
    for (points, step, rounded) in [
        (125, 50, 150),
        (124, 50, 100),
        (5, 10, 10),
        (4, 10, 0),
        (150, 100, 200),
        (-150, 100, -200),
        (-149, 100, -100),
        (3, 1, 3),
    ] {
        assert_eq!(
            Points(points).rounded(step),
            Points(rounded),
            "{points} {step}"
        );
    }
}

fn any_score() -> impl Strategy<Value = Score> {
    (0_u32..50, 0_u32..50, 0_u32..50)
        .prop_map(|(earned, lost, undecided)| score(earned, earned + lost + undecided, undecided))
}

prop_compose! {
    fn any_policy()(
        worth in proptest::collection::btree_map("e[0-3]", 0_i64..5000, 0..4),
        percent in proptest::option::of(0_i64..3000),
        most in proptest::option::of(0_i64..3000),
        cutoff in proptest::option::of(0_i64..10),
        round in prop_oneof![Just(Rounding::Hundredths), Just(Rounding::Tenths), Just(Rounding::Halves), Just(Rounding::Whole)],
    ) -> Policy {
        let amount = |hundredths| Amount::from_hundredths(hundredths).unwrap();
        let due: Timestamp = "2026-11-20T12:00Z".parse().unwrap();
        Policy {
            points: worth.into_iter().map(|(id, worth)| (id, amount(worth))).collect::<BTreeMap<_, _>>(),
            due: Some(due),
            late_per_day: percent.map(|percent| Share::Percent(amount(percent))),
            late_at_most: most.map(|most| Share::Points(amount(most))),
            cutoff: cutoff.map(|days| due + SignedDuration::from_hours(24 * days)),
            round,
            ..Policy::default()
        }
    }
}

fn hours_late(hours: i64) -> HandIn<'static> {
    let due: Timestamp = "2026-11-20T12:00Z".parse().unwrap();
    HandIn {
        submitted: Some(due + SignedDuration::from_hours(hours)),
        late: None,
        more_time: &[],
    }
}

proptest! {
    #[test]
    fn parts_and_steps_add_up_and_stay_in_bounds(
        mut policy in any_policy(),
        scores in proptest::collection::vec(any_score(), 0..4),
        hours in -30_i64..300,
        dropped in 0_usize..3,
        extra in -3000_i64..3000,
        by_hand in proptest::option::of(0_i64..4000),
    ) {
        policy.drop_lowest = dropped;
        let set = by_hand.map(|points| format!("ann,e0,{},\n", Points(points))).unwrap_or_default();
        let sign = if extra < 0 { "" } else { "+" };
        let text = format!("student,part,points,comment\n{set}ann,,{sign}{},\n", Points(extra));
        let manual = Manual::parse(&text).unwrap();
        let grade = grade(&policy, &report(&scores, None), hours_late(hours), &manual.of("ann"));
        let parts: i64 = grade.parts.iter().map(|part| part.points.0).sum();
        let steps: i64 = grade.steps.iter().map(|step| step.points.0).sum();
        prop_assert_eq!(grade.points.0, parts + steps);
        prop_assert!(grade.points.0 >= 0 && grade.undecided.0 >= 0);
        let given = by_hand.unwrap_or(0) + extra.max(0);
        prop_assert!(grade.points.0 <= grade.possible.0 + given);
        for part in &grade.parts {
            prop_assert!(part.points.0 >= 0 && part.undecided.0 >= 0);
        }
        let step = policy.round.hundredths();
        prop_assert!(grade.points.0 % step == 0 || grade.points.0 >= grade.possible.0);
    }

    #[test]
    fn more_from_the_checks_is_never_less_in_the_end(
        policy in any_policy(),
        scores in proptest::collection::vec(any_score(), 1..4),
        hours in -30_i64..300,
    ) {
        let before = grade(&policy, &report(&scores, None), hours_late(hours), &ManualOf::default());
        let mut better = scores.clone();
        for score in &mut better {
            score.earned = score.possible - score.undecided;
        }
        let after = grade(&policy, &report(&better, None), hours_late(hours), &ManualOf::default());
        prop_assert!(after.points >= before.points);
    }

    #[test]
    fn dropping_is_never_worse_where_all_are_worth_the_same(
        earned in proptest::collection::vec(0_u32..20, 4),
        more in 0_usize..4,
    ) {
        let mut policy = policy(&["points.e0=10", "points.e1=10", "points.e2=10", "points.e3=10", "drop_lowest=2"]);
        let scores: Vec<Score> = earned.iter().map(|earned| score(*earned, 20, 0)).collect();
        let of = |policy: &Policy, scores: &[Score]| {
            grade(policy, &report(scores, None), HandIn::default(), &ManualOf::default())
        };
        let before = of(&policy, &scores);
        let mut better = scores.clone();
        better[more].earned = 20;
        prop_assert!(of(&policy, &better).points >= before.points);
        policy.drop_lowest = 0;
        let all = of(&policy, &scores);
        // As a share of what could be had.
        prop_assert!(before.points.0 * all.possible.0 >= all.points.0 * before.possible.0);
    }

    #[test]
    fn what_is_undecided_is_no_points_lost(policy in any_policy(), score in any_score()) {
        let before = grade(&policy, &report(&[score], None), HandIn::default(), &ManualOf::default());
        let decided = Score { earned: score.earned + score.undecided, undecided: 0, ..score };
        let after = grade(&policy, &report(&[decided], None), HandIn::default(), &ManualOf::default());
        prop_assert_eq!(before.possible, after.possible);
        if policy.round == Rounding::Hundredths {
            let open = if score.possible == 0 && policy.points.contains_key("e0") { Points(0) } else { before.undecided };
            prop_assert_eq!(before.points.0 + open.0, after.points.0);
        }
    }
}
