use super::*;
use proptest::prelude::*;

/// Findings as `line:column..end code message | help`, one a line.
fn told(findings: &[Finding]) -> String {
    let row = |finding: &Finding| {
        let place = &finding.primary.as_ref().unwrap().place;
        let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
        let (from, to) = (number(place.column), number(place.end_column));
        let help = finding.help.as_ref().map(|help| format!(" | {help}"));
        format!(
            "{}:{from}..{to} {} {}{}\n",
            place.line,
            finding.code,
            finding.message,
            help.unwrap_or_default()
        )
    };
    findings.iter().map(row).collect()
}

fn exercise(text: &str) -> String {
    let (exercise, findings) = parse_exercise("e/exercise.toml", text);
    assert_eq!(
        exercise.is_some(),
        !findings
            .iter()
            .any(|f| f.severity == crate::diagnostic::Severity::Error)
    );
    told(&findings)
}

const GOOD: &str = r#"
format_version = 1
title = "Simulate a memory leak, then stop it"
minutes = 25

[source]
unsafe_code = "allow"

[[require]]
recursive = "factorial"
why = "It is about recursion."

[[case]]
name = "leak"
args = ["leak"]
check = [{ name = "ends", outcome = { exit_code = 0 } }]

[[case]]
name = "bounded"
args = ["bounded"]
limits = { wall = "10 s", memory = "256 MiB" }
finishes_with = '^Done'

[[case.check]]
name = "holds steady"
points = 4
curve = { holds_steady = { after_marks = 2, within = "64 KiB" } }
why = "A bounded cache must not grow with the traffic that passes through it."
hints = ["What happens to the oldest entry when a new one comes in?"]

[[case.check]]
name = "true figures"
needs = ["holds steady", "/twice as much", "twice as much", "leak/ends"]
claim = { line = 'uses (?<claim>\d+ \w+)', percent = 5, times = { at_least = 10 } }

[[check]]
name = "twice as much"
ratio = { of = "total_bytes", numerator = { case = "leak" }, denominator = { case = "bounded" }, at_least = 2 }
"#;

#[test]
fn a_good_exercise_is_read() {
    let (exercise, findings) = parse_exercise("exercise.toml", GOOD);
    assert_eq!(told(&findings), "");
    let exercise = exercise.unwrap();
    assert_eq!(exercise.cases[1].checks[0].points, Some(4));
    assert_eq!(exercise.lesson, "README.md");
    assert_eq!(
        exercise.checks[0].ratio.as_ref().unwrap().at_least,
        Some(2.0)
    );
}

#[test]
fn an_exercise_is_written_back_as_it_was_read() {
    let (exercise, _) = parse_exercise("exercise.toml", GOOD);
    let exercise = exercise.unwrap();
    let text = toml::to_string(&exercise).unwrap();
    let (again, findings) = parse_exercise("exercise.toml", &text);
    assert_eq!(told(&findings), "");
    assert_eq!(again, Some(exercise));
}

#[test]
fn ten_mistakes_are_ten_findings() {
    let text = include_str!("../../../tests/specs/ten_mistakes.toml");
    insta::assert_snapshot!(exercise(text), @r##"
    1:18..19 spec/format-version this file says format version 2, but this memgrade reads version 1 | install a newer memgrade, or write `1`
    2:1..6 spec/unknown-key this file has no key `titel` | write `title`
    3:11..15 spec/wrong-type `minutes` must be a whole number, not text
    7:21..28 spec/unit `memory`: there is no unit `Kb` | write `"64 kB"`
    7:37..41 spec/unit `wall`: the unit is missing | write `"10 ms"`
    11:10..12 spec/out-of-range `points` cannot be negative
    12:20..29 spec/unknown-word `kind` does not know the word `paniced` | write `"panicked"`
    13:10..13 spec/unknown-name there is no check `b` | write `case/check`, or `check` for one of the same case
    16:8..11 spec/duplicate there are two checks named `a`
    17:20..23 spec/regex `regex` is not a valid regular expression: unclosed group | in TOML, write regular expressions in single quotes, so that `\d` stays as it is
    "##);
}

#[test]
fn syntax_errors_do_not_hide_each_other() {
    let text =
        "format_version = 1\ntitle = \nminutes = = 5\nlessn = \"x\"\n[[case]\nname = \"a\"\n";
    insta::assert_snapshot!(exercise(text), @r##"
    2:9..10 spec/syntax there is no value after `=`
    3:11..12 spec/syntax this is not valid TOML: extra `=`, expected nothing
    4:1..6 spec/unknown-key this file has no key `lessn` | write `lesson`
    5:8..9 spec/syntax this is not valid TOML: unclosed array table, expected `]`
    "##);
}

#[test]
fn a_list_that_is_not_closed_is_one_mistake() {
    let text = "format_version = 1\ntitle = \"abc\nminutes = 5\n\n[[case]]\nname = \"a\"\nargs=[\"a\" \"b\",\nlimits = { wall = \"5\" }\n[source]\nfiles = [\"a\"]\n[[case.check]]\nname = \"x\"\npionts = 4\n";
    insta::assert_snapshot!(exercise(text), @r##"
    2:13..14 spec/syntax this is not valid TOML: invalid basic string, expected `"`
    7:11..12 spec/syntax this is not valid TOML: missing comma between array elements, expected `,`
    "##);
}

#[test]
fn rules_between_keys() {
    let text = include_str!("../../../tests/specs/broken_rules.toml");
    insta::assert_snapshot!(exercise(text), @r##"
    3:10..19 spec/path the path `../x.md` leads out of the exercise's folder
    4:32..48 spec/path the path `/etc/passwd.rs` must be relative to the exercise's folder
    4:50..59 spec/duplicate there are two files named `main.rs`
    4:61..71 spec/path `data.txt` is not a Rust source file
    4:89..102 spec/lint `-D warnings` is not the name of a lint | write a name such as `dead_code`
    7:8..21 spec/item-name `Box::leak()` is not a name that Rust source can hold | write the bare name, without `()` and `!`
    11:1..7 spec/one-key `forbid` can have only one of `function` and `method` | keep one of them
    15:9..19 spec/text an argument cannot contain a NUL character
    16:9..19 spec/env `LD_PRELOAD` is set by memgrade itself
    20:20..27 spec/unknown-name there is no check `tow/x` | write `"two/x"`
    21:56..63 spec/bounds no number is both at least the one and at most the other
    25:10..17 spec/cycle these checks need each other, so none could ever be judged
    26:18..34 spec/claim-group this regular expression has no group named `claim` | write `(?<claim>…)` around what is claimed
    26:18..34 spec/claim-group this regular expression has no group named `region` | write `(?<region>…)` around what is claimed
    30:10..13 spec/cycle these checks need each other, so none could ever be judged
    31:10..17 spec/points the points of this exercise add up to more than 1,000,000
    32:8..10 spec/one-key `heap` needs at least one of the keys `total_bytes`, `total_blocks`, `peak_bytes`, `at_exit_bytes` and `at_exit_blocks`
    39:17..22 spec/bounds `none = false` expects nothing | write `at_least = "…"` to expect a leak
    43:32..37 spec/unknown-name there is no case `tow` | write `"two"`
    45:1..15 spec/one-key `check` needs exactly one of the keys `outcome`, `output`, `heap`, `curve`, `leak`, `pages`, `stack`, `ratio` and `claim`
    50:1..6 spec/no-case `stack` needs a case; a check outside of cases can only be a `ratio` | write it as `[[case.check]]` below its `[[case]]`
    "##);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn no_text_makes_the_loader_panic(text in "\\PC*") {
        parse_exercise("e", &text);
        parse_checklist("c", &text);
        parse_course("o", &text);
    }

    /// Good files with a few bytes changed come much further than random text.
    #[test]
    fn no_damage_makes_the_loader_panic(
        at in 0..GOOD.len(), cut in 0usize..40, put in "[\\[\\]{}=\"'.,a\n#0-9é]{0,6}",
    ) {
        let end = (at + cut).min(GOOD.len());
        let text = format!("{}{put}{}", &GOOD[..at], &GOOD[end..]);
        let (exercise, findings) = parse_exercise("e", &text);
        prop_assert!(exercise.is_some() || !findings.is_empty());
        for finding in findings {
            let place = finding.primary.unwrap().place;
            prop_assert!(place.line >= 1 && place.column >= Some(1));
            prop_assert!(place.end_column.is_none_or(|end| Some(end) > place.column));
        }
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let dotted = format!("{} = 1", vec!["a"; 20_000].join("."));
    let (exercise, findings) = parse_exercise("e", &dotted);
    assert!(exercise.is_none() && !findings.is_empty());
    let nested = format!("a = {}", "[".repeat(100_000));
    let (exercise, findings) = parse_exercise("e", &nested);
    assert!(exercise.is_none() && !findings.is_empty());
    let huge = "# \n".repeat(500_000);
    assert_eq!(
        told(&parse_exercise("e", &huge).1),
        "1:1..2 spec/too-large this file is larger than 1.0 MiB\n"
    );
}
