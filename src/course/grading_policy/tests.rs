use super::*;
use crate::course::load::parse_course;
use crate::diagnostic::Finding;

/// Findings as `line code message | help`, one a line.
fn told(findings: &[Finding]) -> String {
    let row = |finding: &Finding| {
        let line = finding.primary.as_ref().unwrap().place.line;
        let help = finding.help.as_ref().map(|help| format!(" | {help}"));
        let help = help.unwrap_or_default();
        format!("{line} {} {}{help}\n", finding.code, finding.message)
    };
    findings.iter().map(row).collect()
}

fn course(grading: &str) -> (Option<Grading>, String) {
    let text = format!(
        "format_version = 1\ntitle = \"T\"\nexercises = [\"leak\", \"rings\", \"cache\"]\n[grading]\n{grading}"
    );
    let (outline, findings) = parse_course("course.toml", &text);
    (outline.and_then(|o| o.grading), told(&findings))
}

const FULL: &str = r#"
points = { leak = 10, rings = 7.5, checklist = 20 }
attempts = "best"
due = "2026-11-20T23:59"
timezone = "Europe/Stockholm"
grace = "15 min"
late_per_day = "10%"
late_at_most = "50%"
cutoff = "7 days"
after_cutoff = 2.5
late_without_time = "one_day"
drop_lowest = 1
round = "0.5"
"#;

const IDS: [&str; 3] = ["leak", "rings", "cache"];

#[test]
fn a_whole_policy_is_read() {
    let (grading, findings) = course(FULL);
    assert_eq!(findings, "");
    let policy = grading.unwrap().policy(&IDS).unwrap();
    assert_eq!(policy.due.unwrap().to_string(), "2026-11-20T22:59:00Z");
    assert_eq!(policy.cutoff.unwrap().to_string(), "2026-11-27T22:59:00Z");
    assert_eq!(policy.points["rings"].hundredths(), 750);
    assert_eq!(policy.late_per_day.unwrap().to_string(), "10 %");
    assert_eq!(policy.after_cutoff.to_string(), "2.5 points");
    assert_eq!(policy.grace.as_secs(), 900);
    assert_eq!(policy.round, Rounding::Halves);
    assert!(policy.warnings.is_empty(), "{:?}", policy.warnings);
}

#[test]
fn a_policy_is_written_back_as_it_was_read() {
    let (grading, _) = course(FULL);
    let text = toml::to_string(&grading).unwrap();
    assert_eq!(toml::from_str::<Grading>(&text).unwrap(), grading.unwrap());
}

#[test]
fn every_mistake_is_found_at_its_line() {
    let (_, findings) = course(
        "points = { leek = 10, rings = -1, cache = 0.125 }\natempts = \"best\"\ndue = \"20.11.2026\"\n\
         timezone = \"Europe/Stokholm\"\ngrace = \"a while\"\nlate_per_day = \"10 percent\"\n\
         late_at_most = \"150%\"\ncutoff = \"2 months\"\ndrop_lowest = 3\nround = \"0.25\"\n",
    );
    insta::assert_snapshot!(findings, @r##"
    5 spec/unknown-name there is no exercise `leek` in this course | write `leak`
    5 spec/out-of-range `rings`: points lie between 0 and 1000000
    5 spec/out-of-range `cache`: `0.125` has more than two decimals
    6 spec/unknown-key `grading` has no key `atempts` | write `attempts`
    7 spec/date `due`: `20.11.2026` is not a date and time | write it like `2026-11-20T23:59+01:00`
    8 spec/date `timezone`: there is no time zone `Europe/Stokholm` | write it like `Europe/Stockholm`
    9 spec/date `grace`: `a while` is not a span of time | write it like `15 min`, `12 h` or `7 days`
    10 spec/out-of-range `late_per_day`: `10 percent` is not a number such as `7.5`
    11 spec/out-of-range `late_at_most`: 150 % is more than there is
    12 spec/date `cutoff`: months and years have no fixed length; say it in days | write it like `15 min`, `12 h` or `7 days`
    13 spec/out-of-range `drop_lowest`: the course has 3 exercises, so none would be left
    14 spec/unknown-word `round` does not know the word `0.25` | write `"0.5"`
    "##);
}

#[test]
fn a_date_without_quotes_is_told_to_have_some() {
    let (_, findings) = course("due = 2026-11-20T23:59:00+01:00\nlate_per_day = -1\n");
    insta::assert_snapshot!(findings, @r"
    5 spec/wrong-type `due` must be text in quotes, not a date | put it in quotes
    6 spec/out-of-range `late_per_day`: points lie between 0 and 1000000
    ");
}

#[test]
fn moments_are_read_or_refused_for_a_reason() {
    let due = |due: &str, zone: Option<&str>| {
        let grading = Grading {
            due: Some(due.to_owned()),
            timezone: zone.map(str::to_owned),
            ..Grading::default()
        };
        match grading.policy(&[]) {
            Ok(policy) => policy.due.unwrap().to_string(),
            Err(problem) => format!("{problem} | {}", problem.help.clone().unwrap_or_default()),
        }
    };
    assert_eq!(due("2026-11-20T23:59+01:00", None), "2026-11-20T22:59:00Z");
    assert_eq!(due("2026-11-20 23:59:30Z", None), "2026-11-20T23:59:30Z");
    assert_eq!(
        due("2026-07-20T23:59", Some("Europe/Berlin")),
        "2026-07-20T21:59:00Z"
    );
    // The hour that comes twice: the later one. The hour that never comes: as if the clock had not been changed.
    assert_eq!(
        due("2026-10-25T02:30", Some("Europe/Berlin")),
        "2026-10-25T01:30:00Z"
    );
    assert_eq!(
        due("2026-03-29T02:30", Some("Europe/Berlin")),
        "2026-03-29T01:30:00Z"
    );
    insta::assert_snapshot!([
        due("2026-11-20T23:59", None),
        due("2026-11-20", Some("Europe/Berlin")),
        due("2026-11-31T10:00", Some("Europe/Berlin")),
        due("2026-11-20T23:59+99:00", Some("Europe/Berlin")),
        due("2026-11-20T23:59[Europe/Paris]", Some("Europe/Berlin")),
        due("soon", None),
        due("2026-11-20T23:59", Some("Berlin")),
    ].join("\n"), @r"
    `due`: `2026-11-20T23:59` does not say where it is that time | add the offset, as in `2026-11-20T23:59+01:00`, or the key `timezone`
    `due`: `2026-11-20` has no time of day | write `2026-11-20T23:59`
    `due`: `2026-11-31T10:00` is not a date and time | write it like `2026-11-20T23:59+01:00`
    `due`: `2026-11-20T23:59+99:00` is not a date and time | write it like `2026-11-20T23:59+01:00`
    `due`: `2026-11-20T23:59[Europe/Paris]` is not a date and time | write it like `2026-11-20T23:59+01:00`
    `due`: `soon` is not a date and time | write it like `2026-11-20T23:59+01:00`
    `timezone`: there is no time zone `Berlin` | write it like `Europe/Berlin`
    ");
}

#[test]
fn the_command_line_amends() {
    let (grading, _) = course(FULL);
    let read = |text: &str| text.parse::<PolicyOverride>();
    let overrides: Vec<PolicyOverride> = [
        "due=2026-11-21T12:00",
        "late_per_day=2",
        "late_at_most=",
        "points.leak=12,5",
        "points.rings=",
        "attempts=latest",
        "round = 1",
    ]
    .map(|text| read(text).unwrap())
    .to_vec();
    let policy = grading.unwrap().with(&overrides).policy(&IDS).unwrap();
    assert_eq!(policy.due.unwrap().to_string(), "2026-11-21T11:00:00Z");
    assert_eq!(policy.late_per_day.unwrap().to_string(), "2 points");
    assert_eq!(policy.late_at_most, None);
    assert_eq!(policy.points["leak"].hundredths(), 1250);
    assert!(!policy.points.contains_key("rings"));
    assert_eq!(policy.attempts, Attempts::Latest);
    assert_eq!(policy.round, Rounding::Whole);

    let said = |text: &str| {
        let problem = read(text).unwrap_err();
        format!("{problem} | {}", problem.help.clone().unwrap_or_default())
    };
    insta::assert_snapshot!(
        ["due", "late=10%", "attempts=bets", "points=3", "points.leak=ten", "drop_lowest=-1", "round=2"]
            .map(said)
            .join("\n"), @r"
    `due`: a value is missing | write KEY=VALUE, such as `late_per_day=10%`
    `late`: there is no such key | write `late_at_most`
    `attempts`: there is no word `bets`, expected `latest` or `best` | 
    `points`: an exercise is missing | write it like `points.memory_leak=10`
    `points.leak`: `ten` is not a number such as `7.5` | 
    `drop_lowest`: `-1` is not a whole number | 
    `round`: there is no word `2`, expected one of `0.01`, `0.1`, `0.5`, `1` |
    ");
}

#[test]
fn keys_without_effect_are_named() {
    let (grading, _) = course("late_per_day = 1\ncutoff = \"2 days\"\n");
    let policy = grading.unwrap().policy(&IDS).unwrap();
    assert_eq!(
        policy.warnings,
        [
            "`late_per_day` has no effect without `due`",
            "`cutoff` has no effect without `due`"
        ]
    );
}

#[test]
fn amounts_are_exact() {
    for (text, hundredths) in [
        ("7.5", 750),
        ("0,29", 29),
        ("10.000", 1000),
        ("1000000", 100_000_000),
    ] {
        assert_eq!(text.parse::<Amount>().unwrap().hundredths(), hundredths);
    }
    for text in [
        "",
        "-1",
        "1.",
        ".5",
        "1.005",
        "1e3",
        "NaN",
        "1000001",
        "1 2",
        "--1",
        "9999999999999999999999",
    ] {
        assert!(text.parse::<Amount>().is_err(), "{text}");
    }
    assert_eq!(decimal(-25), "-0.25");
    assert_eq!(decimal(1000), "10");
    assert_eq!(scaled(1, 1, 2), 1);
    assert_eq!(scaled(1, 1, 3), 0);
    assert_eq!(scaled(i64::MAX, i64::MAX, 1), i64::MAX);
}
