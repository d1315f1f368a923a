use super::*;
use crate::class::Identity;
use crate::course::grading_policy::PolicyOverride;
use jiff::SignedDuration;

fn written(keys: &[&str]) -> Grading {
    let overrides: Vec<PolicyOverride> = keys.iter().map(|key| key.parse().unwrap()).collect();
    Grading::default().with(&overrides)
}

fn parse(text: &str) -> Result<Extensions, String> {
    Extensions::parse(text, &written(&["timezone=Europe/Stockholm"]))
}

fn student(id: &str, group: Option<&str>) -> Student {
    Student {
        id: id.to_owned(),
        name: None,
        file_stem: id.to_owned(),
        identity: Identity::default(),
        group: group.map(str::to_owned),
        attempts: Vec::new(),
    }
}

fn class() -> Vec<Student> {
    vec![
        student("ann", Some("red")),
        student("bob", Some("red")),
        student("red hot", Some("ann")),
        student("=1+1", None),
    ]
}

fn said(more: &MoreTime, id: &str) -> Vec<String> {
    more.of(id).iter().map(Extended::said).collect()
}

#[test]
fn students_and_groups_get_more_time() {
    let comma = "student,exercise,extension,comment\nred,,3 days,ill\nann,leak,2026-11-27T23:59,\n'=1+1,*,12 h,\n";
    let other = "\u{feff}Extension;Student\r\n3 days;red\r\n;\r\n";
    let more = parse(comma).unwrap().for_class(&class());
    assert_eq!(
        said(&more, "ann"),
        ["3 days", "until 2026-11-27T23:59 for leak"]
    );
    assert_eq!(said(&more, "bob"), ["3 days"]);
    assert_eq!(said(&more, "=1+1"), ["12 h"]);
    // A name that is somebody's id is no group.
    assert_eq!(said(&more, "red hot"), Vec::<String>::new());
    let [days, until] = [0, 1].map(|at| more.of("ann")[at].extension);
    assert_eq!(days, Extension::By(SignedDuration::from_hours(72)));
    let moment = "2026-11-27T22:59Z".parse().unwrap();
    assert_eq!(until, Extension::Until(moment));
    let more = parse(other).unwrap().for_class(&class());
    assert_eq!(said(&more, "bob"), ["3 days"]);
}

#[test]
fn mistakes_are_named_with_their_line() {
    let said = |rows: &str| parse(&format!("student,exercise,extension\n{rows}")).unwrap_err();
    let no_zone = Extensions::parse("student,extension\nann,2026-11-27T23:59\n", &written(&[]));
    insta::assert_snapshot!([
        said("ann,,3 days\nbob,,3\n"),
        said("ann,,27.11.2026 23:59\n"),
        said("ann,,2026-11-27\n"),
        said("ann,,-1 day\n"),
        said("ann,,\n"),
        said(",,3 days\n"),
        said("ann,,3 days\nann,leak,3 days\nann,*,4 days\n"),
        no_zone.unwrap_err(),
        parse("student,exercise\nann,\n").unwrap_err(),
    ].join("\n"), @r"
    line 3: the column `extension`: `3` is not a span of time; write it like `3 days`, `12 h` or `2026-11-27T23:59`
    line 2: the column `extension`: `27.11.2026 23:59` is not a span of time; write it like `3 days`, `12 h` or `2026-11-27T23:59`
    line 2: the column `extension`: `2026-11-27` has no time of day; write `2026-11-27T23:59`
    line 2: the column `extension`: a span of time cannot be negative; write it like `3 days`, `12 h` or `2026-11-27T23:59`
    line 2: the column `extension` is empty; write `3 days` or `2026-11-27T23:59`
    line 2: the column `student` is empty
    line 4: the extension of ann is given in line 2 already; take one of the two out
    line 2: the column `extension`: `2026-11-27T23:59` does not say where it is that time; add the offset, as in `2026-11-20T23:59+01:00`, or the key `timezone`
    it has no column `extension`
    ");
}

#[test]
fn nothing_is_lost_silently() {
    let table = parse(
        "student,exercise,extension\nann,leek,1 day\nzoe,,1 day\nred,checklist,2026-11-20T10:00\nred,,1 day\n",
    )
    .unwrap();
    let unused = |keys: &[&str]| {
        let policy = written(keys).policy(&["leak"]).unwrap();
        table.unused(&class(), &["leak", "checklist"], &policy)
    };
    let due = "due=2026-11-20T12:00Z";
    assert_eq!(
        unused(&[due, "late_per_day=10%"]),
        [
            "extensions.csv, line 2, changes nothing: there is no exercise `leek`",
            "extensions.csv, line 3, changes nothing: there is no student or group `zoe`",
            "extensions.csv, line 4, changes nothing: 2026-11-20T10:00 is not after the due time",
        ]
    );
    let idle = unused(&[due]);
    assert_eq!(
        idle.last().unwrap(),
        "extensions.csv changes no points: the policy takes nothing for lateness"
    );
    assert_eq!(table.by_hand()[0].points, "1 day");
}
