use super::*;
use crate::judge::Verdict;
use crate::judge::testing::run;

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn finding(expected: &OutputExpectation, printed: &str) -> Option<Finding> {
    let run = run()
        .with(|run| run.stdout.text = printed.to_owned())
        .build();
    let files = BTreeMap::from([(
        "main.rs".to_owned(),
        "fn main() {\n    println!(\"sum: {}\", 1);\n}\n".to_owned(),
    )]);
    let ruling = judge(expected, &run, &Sources::new(&files));
    assert_eq!(ruling.verdict == Verdict::Passed, ruling.finding.is_none());
    ruling.finding
}

fn code(expected: &OutputExpectation, printed: &str) -> Option<String> {
    finding(expected, printed).map(|finding| finding.code)
}

#[test]
fn lines_do_not_mind_white_space_at_their_ends() {
    let expected = OutputExpectation {
        lines: Some(lines(&["a", "b"])),
        ..OutputExpectation::default()
    };
    assert_eq!(code(&expected, "a\nb\n"), None);
    assert_eq!(code(&expected, "a \r\nb\t\n\n\n"), None);
    assert_eq!(code(&expected, "a\nb"), None);
    assert_eq!(code(&expected, " a\nb\n"), Some("output/differs".into()));
    assert_eq!(code(&expected, "a\n"), Some("output/missing-line".into()));
    assert_eq!(code(&expected, ""), Some("output/missing-line".into()));
    assert_eq!(
        code(&expected, "a\nb\nc\n"),
        Some("output/extra-line".into())
    );
    assert_eq!(
        code(&expected, "a\n\nb\n"),
        Some("output/extra-line".into())
    );
}

#[test]
fn exact_minds_every_byte() {
    let expected = OutputExpectation {
        exact: Some("a\n".to_owned()),
        ..OutputExpectation::default()
    };
    assert_eq!(code(&expected, "a\n"), None);
    let no_newline = finding(&expected, "a").unwrap();
    assert!(
        no_newline
            .notes
            .iter()
            .any(|note| note.contains("only newlines")),
        "{no_newline:?}"
    );
    assert_eq!(code(&expected, "a \n"), Some("output/differs".into()));
}

#[test]
fn unordered_counts_each_line() {
    let expected = OutputExpectation {
        unordered: Some(lines(&["a", "a", "b"])),
        ..OutputExpectation::default()
    };
    assert_eq!(code(&expected, "b\na\na\n"), None);
    assert_eq!(
        code(&expected, "b\na\n"),
        Some("output/missing-line".into())
    );
    assert_eq!(
        code(&expected, "b\na\na\na\n"),
        Some("output/extra-line".into())
    );
    assert_eq!(code(&expected, "b\na\nc\n"), Some("output/differs".into()));
}

#[test]
fn a_regex_matches_anywhere() {
    let expected = OutputExpectation {
        regex: Some("(?m)^b$".to_owned()),
        ..OutputExpectation::default()
    };
    assert_eq!(code(&expected, "a\nb\n"), None);
    assert_eq!(code(&expected, "ab\n"), Some("output/no-match".into()));
    assert_eq!(code(&expected, ""), Some("output/no-match".into()));
}

#[test]
fn numbers_have_a_tolerance_and_words_have_none() {
    let expected = OutputExpectation {
        numbers: Some(NumbersExpectation {
            lines: vec!["sum: 1,000".to_owned(), "end".to_owned()],
            percent: Some(1.0),
            absolute: None,
        }),
        ..OutputExpectation::default()
    };
    assert_eq!(code(&expected, "sum: 1010\nend\n"), None);
    let off = finding(&expected, "sum: 1011\nend\n").unwrap();
    assert_eq!(off.code, "output/number-off");
    assert_eq!(off.primary.unwrap().place.line, 2);
    assert_eq!(
        code(&expected, "total: 1000\nend\n"),
        Some("output/differs".into())
    );
    assert_eq!(
        code(&expected, "sum: 1000\n"),
        Some("output/missing-line".into())
    );
}

#[test]
fn stderr_is_a_stream_of_its_own() {
    let expected = OutputExpectation {
        stream: Stream::Stderr,
        lines: Some(lines(&["oops"])),
        ..OutputExpectation::default()
    };
    let run = run()
        .with(|run| run.stderr.text = "oops\n".to_owned())
        .build();
    assert_eq!(
        judge(&expected, &run, &Sources::new(&BTreeMap::new())).verdict,
        Verdict::Passed
    );
}

#[test]
fn what_was_cut_off_decides_nothing() {
    let expected = OutputExpectation {
        lines: Some(lines(&["a"])),
        ..OutputExpectation::default()
    };
    let run = run().with(|run| run.stdout.truncated = true).build();
    assert_eq!(
        judge(&expected, &run, &Sources::new(&BTreeMap::new())).verdict,
        Verdict::Inconclusive
    );
}

#[test]
fn a_finding_points_at_what_printed_the_line() {
    let source = |line| crate::observe::SourceLine {
        file: "main.rs".to_owned(),
        line,
        column: None,
        function: None,
    };
    // A helper in line 3 prints all lines, called from lines 11, 12, 13.
    let run = (11..14)
        .zip(["a", "b", "sum 1"])
        .fold(run(), |run, (line, text)| {
            run.mark(text, 0)
                .last(|point| point.path = vec![source(3), source(line)])
        });
    let run = run.build();
    let e = OutputExpectation::default;
    let cases = [
        (
            OutputExpectation {
                lines: Some(lines(&["a", "x", "sum 1"])),
                ..e()
            },
            12,
            "printed by this call",
        ),
        (
            OutputExpectation {
                lines: Some(lines(&["a", "b"])),
                ..e()
            },
            13,
            "printed by this call",
        ),
        (
            OutputExpectation {
                lines: Some(lines(&["x", "y", "z"])),
                ..e()
            },
            3,
            "printed here",
        ),
        (
            OutputExpectation {
                lines: Some(lines(&["a", "b", "x", "sum 1"])),
                ..e()
            },
            12,
            "the line before it is printed here",
        ),
        (
            OutputExpectation {
                exact: Some("a\nb\nsum 2\n".to_owned()),
                ..e()
            },
            13,
            "printed by this call",
        ),
        (
            OutputExpectation {
                unordered: Some(lines(&["sum 1", "a", "x"])),
                ..e()
            },
            12,
            "printed by this call",
        ),
        (
            OutputExpectation {
                regex: Some(r"a\nb\nsum 2\n".to_owned()),
                ..e()
            },
            13,
            "printed by this call",
        ),
        (
            OutputExpectation {
                regex: Some("(?m)^sum [2-9]$".to_owned()),
                ..e()
            },
            13,
            "printed by this call",
        ),
        (
            OutputExpectation {
                numbers: Some(NumbersExpectation {
                    lines: lines(&["a", "b", "sum 2"]),
                    percent: None,
                    absolute: None,
                }),
                ..e()
            },
            13,
            "printed by this call",
        ),
    ];
    for (expected, line, text) in cases {
        let ruling = judge(&expected, &run, &Sources::new(&BTreeMap::new()));
        let label = ruling.finding.unwrap().primary.unwrap();
        assert_eq!(
            (label.place.line, label.text.as_str()),
            (line, text),
            "{expected:?}"
        );
    }
}

#[test]
fn a_pattern_of_many_lines_fails_at_one_of_them() {
    let expected = OutputExpectation {
        regex: Some(r"(?x) \A heap \s+ \d+ \n stack \s+ 32 \n \z".to_owned()),
        ..OutputExpectation::default()
    };
    let message = |printed| finding(&expected, printed).unwrap().message;
    assert_eq!(
        message("heap 5\nstack 8\n"),
        "line 2 of stdout is not as it is asked for: `stack 8`"
    );
    assert_eq!(message("heap 5\n"), "no line of stdout begins with `stack`");
    assert!(message("heap 5\n\nstack 32\n").starts_with("stdout has each line"));
}
