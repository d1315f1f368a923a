use super::*;
use crate::gradebook::policy::Step;
use crate::judge::Score;

fn part(id: &str, points: i64) -> Part {
    Part {
        id: id.to_owned(),
        points: Points(points),
        possible: Points(1000),
        ..Part::default()
    }
}

fn grade(parts: &[Part], steps: &[(&str, i64)]) -> Grade {
    let steps: Vec<Step> = steps
        .iter()
        .map(|(what, points)| Step {
            what: (*what).to_owned(),
            points: Points(*points),
        })
        .collect();
    let sum: i64 = parts.iter().map(|part| part.points.0).sum();
    let beside: i64 = steps.iter().map(|step| step.points.0).sum();
    Grade {
        points: Points(sum + beside),
        possible: Points(1000),
        parts: parts.to_vec(),
        steps,
        ..Grade::default()
    }
}

fn known(content: &str, spec: &str, identity: &str) -> Known {
    Known {
        content: content.to_owned(),
        spec: spec.to_owned(),
        identity: identity.to_owned(),
        grading: 1,
        score: Score::default(),
        provisional: false,
    }
}

/// The changes from one grade of exercise `leak`, judged by `from`, to another, judged by `to`.
fn changes(before: &Grade, from: &str, after: &Grade, to: &str) -> Vec<Change> {
    let judgments = |key: &str| BTreeMap::from([("leak".to_owned(), key.to_owned())]);
    let known: BTreeMap<String, Known> = [
        ("first", known("a", "s", "i")),
        ("handed in", known("b", "s", "i")),
        ("specified", known("a", "t", "i")),
        ("both", known("b", "t", "i")),
        ("measured", known("a", "s", "j")),
        ("nothing", known(&nothing(), "s", "i")),
    ]
    .into_iter()
    .map(|(key, known)| (key.to_owned(), known))
    .collect();
    let earlier = EarlierGrade {
        attempt: 0,
        grade: before.clone(),
        judgments: judgments(from),
        answers: Some("x".to_owned()),
    };
    let now = Now {
        attempt: 0,
        as_before: false,
        grade: after,
        judgments: &judgments(to),
        answers: Some("x"),
        marked: &[],
    };
    why(&earlier, now, &known, &|_, _| {
        vec!["`a/b` failed (0) -> passed (2)".to_owned()]
    })
}

#[test]
fn what_is_the_same_has_no_reason() {
    let same = grade(&[part("leak", 500)], &[]);
    assert_eq!(changes(&same, "first", &same, "specified"), []);
}

#[test]
fn each_cause_is_named() {
    let (before, after) = (
        grade(&[part("leak", 500)], &[]),
        grade(&[part("leak", 700)], &[]),
    );
    for (to, words) in [
        ("handed in", "a new hand-in: `a/b`"),
        ("specified", "its spec changed: `a/b`"),
        ("both", "a new hand-in, and its spec changed"),
        ("measured", "it was measured anew"),
        ("first", "it was run again"),
        ("nothing", "it is not handed in any more"),
    ] {
        let found = changes(&before, "first", &after, to);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].before, found[0].after),
            (Some(Points(500)), Some(Points(700)))
        );
        assert!(found[0].reason.starts_with(words), "{}", found[0].reason);
    }
}

#[test]
fn a_first_hand_in_is_no_list_of_checks() {
    let (before, after) = (
        grade(&[part("leak", 0)], &[]),
        grade(&[part("leak", 700)], &[]),
    );
    let found = changes(&before, "nothing", &after, "handed in");
    assert_eq!(found[0].reason, "it was not handed in before");
}

#[test]
fn a_teachers_points_come_before_other_causes() {
    let given = Part {
        notes: vec!["7 by hand".to_owned()],
        ..part("leak", 700)
    };
    let (before, after) = (grade(&[part("leak", 500)], &[]), grade(&[given], &[]));
    assert_eq!(
        changes(&before, "first", &after, "handed in")[0].reason,
        "7 by hand"
    );
    assert_eq!(
        changes(&after, "first", &before, "first")[0].reason,
        "points by hand were taken back"
    );
}

#[test]
fn parts_come_and_go_and_sums_have_steps() {
    let before = grade(&[part("leak", 500), part("old", 100)], &[]);
    let after = grade(
        &[part("leak", 500), part("new", 200)],
        &[("2 days late", -100)],
    );
    let found = changes(&before, "first", &after, "first");
    let told: Vec<(&str, &str)> = found
        .iter()
        .map(|change| (change.part.as_str(), change.reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("new", "it is new in the course"),
            ("old", "it is no longer in the course"),
            ("", "2 days late"),
        ]
    );
    let back = changes(&after, "first", &before, "first");
    assert_eq!(back.last().unwrap().reason, "no longer: 2 days late");
}

#[test]
fn answers_of_the_checklist_are_a_cause_of_their_own() {
    let (before, after) = (
        grade(&[part(CHECKLIST, 100)], &[]),
        grade(&[part(CHECKLIST, 300)], &[]),
    );
    let found = changes(&before, "first", &after, "first");
    assert!(found[0].reason.contains("evidence"), "{}", found[0].reason);
}

#[test]
fn an_attempt_that_counts_now_has_its_answers_compared() {
    let (before, after) = (
        grade(&[part(CHECKLIST, 100)], &[]),
        grade(&[part(CHECKLIST, 300)], &[]),
    );
    let earlier = EarlierGrade {
        attempt: 2,
        grade: before,
        judgments: BTreeMap::new(),
        answers: Some("x".to_owned()),
    };
    let why = |answers, as_before| {
        let now = Now {
            attempt: 1,
            as_before,
            grade: &after,
            judgments: &BTreeMap::new(),
            answers,
            marked: &[],
        };
        let mut found = why(&earlier, now, &BTreeMap::new(), &|_, _| Vec::new());
        found.remove(0).reason
    };
    assert_eq!(
        why(Some("x"), true),
        "attempt 2 counts now; the same answers, with other evidence"
    );
    for other in [Some("y"), None] {
        assert_eq!(
            why(other, true),
            "attempt 2 counts now; the answers are other ones"
        );
    }
    // What is new about an attempt may be its questions.
    assert!(why(Some("x"), false).contains("its questions, or the evidence"));
}
