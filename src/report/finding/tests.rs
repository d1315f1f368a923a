use super::*;
use crate::report::samples;

fn draw(finding: &Finding, sources: &Sources, width: usize) -> String {
    let dress = Dress {
        help: "look at",
        curve: &[10_066_330, 50 << 20, 96 << 20],
        cycles: &samples::leak_run().heap.unwrap().cycles,
        explain: true,
    };
    render(finding, sources, &Style::plain(width), dress)
}

#[test]
fn a_finding_is_drawn_under_its_line() {
    insta::assert_snapshot!(draw(&samples::growing(), &samples::sources(), 100));
}

#[test]
fn a_cycle_is_drawn_at_every_width() {
    let place = |line| Place::line("memory_leak/main.rs", line);
    let finding = Finding::learner("leak/cycle", "2 reference cycles keep themselves alive: 352 bytes are never freed")
        .at(place(9), "a member of the ring is made here")
        .also(place(14), "another member is made here")
        .help("which of these references need to own what they point to, and which only need to look at it?");
    for width in [40, 80, 200] {
        let drawn = draw(&finding, &samples::sources(), width);
        let rings = drawn.lines().filter(|line| {
            "┌│└├".contains(
                line.trim_start_matches(['|', ' '])
                    .chars()
                    .next()
                    .unwrap_or(' '),
            )
        });
        assert!(rings.clone().count() >= 3, "{drawn}");
        assert!(
            rings
                .map(crate::report::layout::width)
                .all(|columns| columns <= width),
            "{drawn}"
        );
        insta::assert_snapshot!(format!("a_cycle_at_{width}_columns"), drawn);
    }
}

#[test]
fn two_places_in_one_file_share_an_excerpt() {
    let report = samples::report();
    let finding = report.exercises[1].cases[0].checks[0]
        .finding
        .clone()
        .unwrap();
    insta::assert_snapshot!(draw(&finding, &samples::sources(), 80));
}

#[test]
fn a_narrow_terminal_wraps_what_can_be_wrapped() {
    insta::assert_snapshot!(draw(&samples::growing(), &samples::sources(), 40));
}

#[test]
fn without_the_source_the_place_and_label_are_still_named() {
    insta::assert_snapshot!(draw(&samples::growing(), &Sources::new(), 80));
}

#[test]
fn a_curve_that_the_judge_drew_is_kept_and_a_missing_one_is_added() {
    let finding = |note: &str| Finding::learner("curve/grows", "it grows").note(note);
    let drawn = draw(
        &finding("live heap  ▁▁█  1 -> 9 KiB; flat is steady"),
        &Sources::new(),
        80,
    );
    assert_eq!(drawn.matches("live heap").count(), 1, "{drawn}");
    assert!(
        drawn.contains("= live heap  ▁▁█  1 -> 9 KiB; flat is steady\n"),
        "{drawn}"
    );
    let drawn = draw(&finding("allowed: 50 percent"), &Sources::new(), 80);
    assert!(
        drawn.contains("= live heap  ▁▄█  9.6 MiB → 96 MiB over 3 points\n"),
        "{drawn}"
    );
    let ascii = Style {
        unicode: false,
        ..Style::plain(80)
    };
    let drawn = render(
        &finding("live heap  ▁▁█  1 -> 9 KiB"),
        &Sources::new(),
        &ascii,
        Dress::default(),
    );
    assert!(drawn.contains("live heap  __#  1 -> 9 KiB"), "{drawn}");
}

#[test]
fn a_diff_keeps_its_columns_and_gets_its_colors() {
    let finding = Finding::learner("output/differs", "line 2 differs")
        .note("  a line that is the same and rather long, longer than the terminal is wide")
        .note("- gone")
        .note("+ come");
    let style = Style {
        color: true,
        ..Style::plain(40)
    };
    let drawn = render(&finding, &Sources::new(), &style, Dress::default());
    assert!(
        drawn.contains("longer than the terminal is wide\n"),
        "{drawn}"
    );
    assert!(drawn.contains("\u{1b}[1;91m- gone"), "{drawn:?}");
    assert!(drawn.contains("\u{1b}[32m+ come"), "{drawn:?}");
}

#[test]
fn the_marked_part_is_the_statement() {
    for (line, expected) in [
        ("    let x = 1; // why", "let x = 1"),
        ("let u = \"http://x\";", "let u = \"http://x\""),
        ("", ""),
        ("   ", ""),
        ("// only a comment", "// only a comment"),
        ("\tfoo(),", "foo()"),
    ] {
        assert_eq!(&line[statement(line)], expected, "{line:?}");
    }
}

#[test]
fn places_outside_the_text_do_no_harm() {
    let sources: Sources = [(
        "a.rs".to_owned(),
        "日本\u{202e} = 1;\r\n\u{1b}[31m\n".to_owned(),
    )]
    .into();
    for line in [0, 1, 2, 3, u32::MAX] {
        for column in [None, Some(0), Some(1), Some(4), Some(9), Some(u32::MAX)] {
            for end_column in [None, Some(0), Some(3), Some(u32::MAX)] {
                let place = Place {
                    file: "a.rs".to_owned(),
                    line,
                    column,
                    end_column,
                };
                let finding = Finding::learner("a/b", "m")
                    .at(place.clone(), "primary")
                    .also(place, "secondary");
                let text = draw(&finding, &sources, 60);
                assert!(text.contains("primary"), "{text}");
                assert!(!samples::has_controls(&text), "{text:?}");
            }
        }
    }
}

#[test]
fn no_source_and_no_place_breaks_the_drawing() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    let column = || proptest::option::of(0u32..40);
    let place = (1u32..5, column(), column());
    let source = "(.{0,12}|[\t 日\u{301}\u{200d}\u{1b}\r\n\"/;]{0,30}){0,6}";
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::with_cases(400), rng)
        .run(
            &(source, place.clone(), place, 20usize..120, any::<bool>()),
            |(text, a, b, width, unicode)| {
                let at = |(line, column, end_column)| Place {
                    file: "a.rs".to_owned(),
                    line,
                    column,
                    end_column,
                };
                let sources: Sources = [("a.rs".to_owned(), text)].into();
                let finding = Finding::learner("a/b", "m")
                    .at(at(a), "first")
                    .also(at(b), "second");
                let style = Style {
                    unicode,
                    ..Style::plain(width)
                };
                let drawn = render(&finding, &sources, &style, Dress::default());
                prop_assert!(
                    drawn.contains("first") && drawn.contains("second"),
                    "{drawn}"
                );
                prop_assert!(!samples::has_controls(&drawn), "{drawn:?}");
                Ok(())
            },
        )
        .unwrap();
}
