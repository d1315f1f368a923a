use std::collections::BTreeMap;

use super::*;
use crate::judge::Verdict;
use crate::judge::testing::run;
use crate::observe::SourceLine;

fn ruling(expected: &OutcomeExpectation, run: &Observation) -> Ruling {
    judge(expected, run, &Sources::new(&BTreeMap::new()))
}

fn code(exit_code: i32) -> OutcomeExpectation {
    OutcomeExpectation {
        exit_code: Some(exit_code),
        ..OutcomeExpectation::default()
    }
}

fn kind(kind: OutcomeKind) -> OutcomeExpectation {
    OutcomeExpectation {
        kind: Some(kind),
        ..OutcomeExpectation::default()
    }
}

fn panic(text: &str) -> OutcomeExpectation {
    OutcomeExpectation {
        panic: Some(text.to_owned()),
        ..OutcomeExpectation::default()
    }
}

#[test]
fn every_way_to_end_is_told_apart() {
    use OutcomeKind as K;
    let cases = [
        (code(0), K::Exited, Some(0), None),
        (code(3), K::Exited, Some(3), None),
        (code(0), K::Exited, Some(3), Some("outcome/exit-code")),
        (code(3), K::Exited, Some(0), Some("outcome/ended-normally")),
        (code(0), K::Vanished, Some(0), Some("outcome/vanished")),
        (code(0), K::Panicked, Some(101), Some("outcome/panicked")),
        (code(101), K::Panicked, Some(101), Some("outcome/panicked")),
        (kind(K::StackOverflow), K::StackOverflow, None, None),
        (
            kind(K::StackOverflow),
            K::Aborted,
            None,
            Some("outcome/aborted"),
        ),
        (
            kind(K::StackOverflow),
            K::Exited,
            Some(0),
            Some("outcome/ended-normally"),
        ),
        (kind(K::TimeLimit), K::TimeLimit, None, None),
        (
            code(0),
            K::StackOverflow,
            None,
            Some("outcome/stack-overflow"),
        ),
        (
            code(0),
            K::AllocationFailed,
            None,
            Some("outcome/allocation-failed"),
        ),
        (code(0), K::Signaled, None, Some("outcome/signaled")),
        (code(0), K::MemoryLimit, None, Some("outcome/memory-limit")),
        (code(0), K::TimeLimit, None, Some("outcome/time-limit")),
        (code(0), K::OutputLimit, None, Some("outcome/output-limit")),
        (
            code(0),
            K::ProcessLimit,
            None,
            Some("outcome/process-limit"),
        ),
        (code(0), K::BuildFailed, None, Some("outcome/build-failed")),
    ];
    for (expected, kind, exit, finding) in cases {
        let ruling = ruling(&expected, &run().ends(kind, exit).build());
        assert_eq!(
            ruling.finding.as_ref().map(|f| f.code.as_str()),
            finding,
            "{expected:?} against {kind:?} {exit:?}"
        );
        let verdict = if finding.is_some() {
            Verdict::Failed
        } else {
            Verdict::Passed
        };
        assert_eq!(ruling.verdict, verdict);
    }
}

#[test]
fn a_panic_is_known_by_its_message() {
    let run = run()
        .ends(OutcomeKind::Panicked, Some(101))
        .with(|run| run.outcome.message = Some("index out of bounds: 3".to_owned()))
        .build();
    assert_eq!(ruling(&panic(""), &run).verdict, Verdict::Passed);
    assert_eq!(
        ruling(&panic("out of bounds"), &run).verdict,
        Verdict::Passed
    );
    let finding = ruling(&panic("too deep"), &run).finding.unwrap();
    assert_eq!(finding.code, "outcome/panic-message");
    assert_eq!(
        finding.message,
        "the program panicked with `index out of bounds: 3`, but it should panic with `too deep`"
    );
}

#[test]
fn signals_go_by_name() {
    let expected = OutcomeExpectation {
        signal: Some("SIGSEGV".to_owned()),
        ..OutcomeExpectation::default()
    };
    let run = |name: &str| {
        run()
            .ends(OutcomeKind::Signaled, None)
            .with(|run| run.outcome.signal = Some(name.to_owned()))
            .build()
    };
    assert_eq!(ruling(&expected, &run("SIGSEGV")).verdict, Verdict::Passed);
    assert_eq!(ruling(&expected, &run("SIGBUS")).verdict, Verdict::Failed);
}

#[test]
fn a_death_comes_with_its_place_its_frames_and_its_evidence() {
    let at = SourceLine {
        file: "main.rs".to_owned(),
        line: 3,
        column: None,
        function: Some("descend".to_owned()),
    };
    let run = run()
        .ends(OutcomeKind::StackOverflow, None)
        .with(|run| {
            run.outcome.place = Some(at.clone());
            run.outcome.frames = vec![Frame {
                at,
                times: 87_000,
                bytes: Some(96),
            }];
            run.outcome.evidence =
                vec!["fault 32 bytes below the stack's lowest address".to_owned()];
        })
        .build();
    let finding = ruling(&code(0), &run).finding.unwrap();
    assert_eq!(
        finding.primary.unwrap().place,
        crate::diagnostic::Place::line("main.rs", 3)
    );
    assert_eq!(
        finding.message,
        "the program overflowed its stack: `descend` called itself about 87,000 times"
    );
    assert_eq!(
        finding.notes,
        [
            "each call takes 96 bytes of the stack",
            "fault 32 bytes below the stack's lowest address"
        ]
    );
}

#[test]
fn a_stack_overflow_names_the_function_that_calls_itself() {
    type Row = (Vec<Frame>, Option<&'static str>, Option<u32>);
    let frame = |line, name: &str, times| Frame {
        bytes: None,
        at: SourceLine {
            file: "main.rs".to_owned(),
            line,
            column: None,
            function: Some(name.to_owned()),
        },
        times,
    };
    let drop = "<main::Node as core::ops::drop::Drop>::drop";
    let rows: [Row; 5] = [
        (
            vec![frame(9, "main::dig", 43_210)],
            Some("`dig` called itself about 43,000 times"),
            None,
        ),
        (
            vec![
                frame(5, "leaf", 1),
                frame(9, "dig", 999),
                frame(20, "main", 1),
            ],
            Some("`dig` called itself 999 times"),
            Some(9),
        ),
        (
            vec![frame(9, drop, 49_138)],
            Some("`Node::drop` called itself about 49,000 times"),
            None,
        ),
        // A large local, or drops that nobody wrote: nothing of the learner's calls itself.
        (vec![frame(9, "fill", 1), frame(20, "main", 1)], None, None),
        (vec![frame(9, "main", 2_047)], None, None),
    ];
    for (frames, clause, secondary) in rows {
        let run = run()
            .ends(OutcomeKind::StackOverflow, None)
            .with(|run| {
                run.outcome.place = frames.first().map(|frame| frame.at.clone());
                run.outcome.frames = frames;
            })
            .build();
        let finding = ruling(&code(0), &run).finding.unwrap();
        let begins = "the program overflowed its stack";
        let message = clause.map_or(begins.to_owned(), |clause| format!("{begins}: {clause}"));
        assert_eq!(finding.message, message);
        assert_eq!(finding.primary.unwrap().text, "the stack was full here");
        let also = finding.secondary.first().map(|label| label.place.line);
        assert_eq!(also, secondary);
    }
}

#[test]
fn what_the_drop_of_a_list_did_is_told_in_the_observers_words() {
    let run = run()
        .ends(OutcomeKind::StackOverflow, None)
        .with(|run| {
            let what =
                "the main thread overflowed its 8.0 MiB while dropping one `Node` inside the other";
            run.outcome.message = Some(what.to_owned());
            run.outcome.place = Some(SourceLine {
                file: "main.rs".to_owned(),
                line: 9,
                column: None,
                function: Some("main".to_owned()),
            });
        })
        .build();
    let finding = ruling(&code(0), &run).finding.unwrap();
    assert_eq!(
        finding.message,
        "the program overflowed its stack while dropping one `Node` inside the other"
    );
    assert_eq!(finding.primary.unwrap().text, "it began here");
}

#[test]
fn a_program_that_ended_by_itself_is_told_by_its_last_words() {
    let note = |exit_code, stderr: &str| {
        let run = run()
            .mark("done", 0)
            .ends(OutcomeKind::Exited, Some(exit_code))
            .with(|run| stderr.clone_into(&mut run.stderr.text))
            .build();
        let expected = kind(OutcomeKind::StackOverflow);
        ruling(&expected, &run).finding.unwrap().notes
    };
    assert_eq!(note(0, "x"), ["its last line on stdout is `done`"]);
    assert_eq!(
        note(1, "Error: x\n\n"),
        ["its last line on stderr is `Error: x`"]
    );
    assert_eq!(note(1, ""), ["its last line on stdout is `done`"]);
}
