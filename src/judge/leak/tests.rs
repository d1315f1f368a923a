use super::*;
use crate::course::units::Size;
use crate::judge::Verdict;
use crate::judge::testing::{amount, run, site};
use crate::observe::{Holder, HolderKind};

fn ruling(expected: LeakExpectation, run: &Observation) -> Ruling {
    judge(&expected, run, &Sources::new(&BTreeMap::new()))
}

fn none() -> LeakExpectation {
    LeakExpectation {
        none: Some(true),
        ..LeakExpectation::default()
    }
}

fn at_least(bytes: u64) -> LeakExpectation {
    LeakExpectation {
        at_least: Some(Size(bytes)),
        ..LeakExpectation::default()
    }
}

fn losing(definitely: Amount, indirectly: Amount, reachable: Amount) -> Observation {
    run()
        .site(site(14, 1000, 0))
        .with(|run| {
            let heap = run.heap.as_mut().unwrap();
            heap.definitely_lost = Some(definitely);
            heap.indirectly_lost = Some(indirectly);
            heap.still_reachable = Some(reachable);
            heap.sites[0].definitely_lost = Some(definitely);
        })
        .build()
}

#[test]
fn lost_blocks_are_leaks_and_reachable_ones_are_not() {
    let zero = Amount::default();
    let code =
        |expected, run: &Observation| ruling(expected, run).finding.map(|finding| finding.code);
    assert_eq!(code(none(), &losing(zero, zero, zero)), None);
    assert_eq!(code(none(), &losing(zero, zero, amount(8, 1))), None);
    assert_eq!(
        code(none(), &losing(amount(8, 1), zero, zero)),
        Some("leak/never-freed".into())
    );
    assert_eq!(
        code(none(), &losing(zero, amount(8, 1), zero)),
        Some("leak/never-freed".into())
    );
    let strict = LeakExpectation {
        count_reachable: true,
        ..none()
    };
    assert_eq!(
        code(strict, &losing(zero, zero, amount(8, 1))),
        Some("leak/still-reachable".into())
    );
}

#[test]
fn at_least_counts_bytes_that_are_lost() {
    let run = losing(amount(60, 1), amount(40, 2), amount(500, 1));
    assert_eq!(ruling(at_least(100), &run).verdict, Verdict::Passed);
    let finding = ruling(at_least(101), &run).finding.unwrap();
    assert_eq!(finding.code, "leak/none-found");
    assert!(finding.notes[0].contains("reachable: that is not lost"));
}

#[test]
fn a_cycle_is_named_with_its_members() {
    let member = |line| SourceLine {
        file: "main.rs".to_owned(),
        line,
        column: None,
        function: Some("make".to_owned()),
    };
    let mut run = losing(amount(1760, 20), Amount::default(), Amount::default());
    run.heap.as_mut().unwrap().cycles = vec![Cycle {
        count: 10,
        blocks: 2,
        bytes: 176,
        members: vec![member(6), member(7)],
        edges: Vec::new(),
        through: Vec::new(),
    }];
    let finding = ruling(none(), &run).finding.unwrap();
    assert_eq!(finding.code, "leak/cycle");
    assert_eq!(
        finding.message,
        "10 reference cycles keep themselves alive: 1.7 KiB are never freed"
    );
    assert_eq!(finding.primary.unwrap().place.line, 6);
    assert_eq!(finding.secondary[0].place.line, 7);
}

#[test]
fn an_end_that_could_not_be_scanned_decides_nothing() {
    let run = run()
        .with(|run| run.heap.as_mut().unwrap().definitely_lost = None)
        .build();
    assert_eq!(ruling(none(), &run).verdict, Verdict::Unmeasurable);
    assert_eq!(ruling(at_least(1), &run).verdict, Verdict::Unmeasurable);
}

#[test]
fn the_line_that_lost_most_is_shown() {
    let finding = ruling(
        none(),
        &losing(amount(64, 1), Amount::default(), Amount::default()),
    )
    .finding
    .unwrap();
    assert_eq!(
        finding.message,
        "1 block (64 bytes) is never freed, and nothing points to it any more"
    );
    assert_eq!(
        finding.primary.unwrap().text,
        "64 bytes allocated here are lost"
    );
}

const SOURCE: &str = "\
use std::sync::Mutex;
static SEEN: Mutex<Vec<u64>> = Mutex::new(Vec::new());
fn make() -> String {
    String::from(\"x\")
}
fn handle() {
    std::mem::forget(make());
}
fn keep(n: u64) {
    SEEN.lock().unwrap().push(n);
}
fn by_hand() {
    std::alloc::alloc(layout());
    std::mem::forget(make());
}
";

/// A site whose blocks are definitely lost.
fn lost(lines: &[u32], bytes: u64) -> Site {
    let path = lines.iter().map(|line| SourceLine {
        file: "main.rs".to_owned(),
        line: *line,
        column: None,
        function: None,
    });
    Site {
        path: path.collect(),
        definitely_lost: Some(amount(bytes, 1)),
        still_reachable: Some(Amount::default()),
        ..site(lines[0], bytes, bytes)
    }
}

fn with_sites(sites: Vec<Site>) -> Observation {
    let run = run().with(|run| {
        let heap = run.heap.as_mut().unwrap();
        let lost = sites.iter().filter_map(|site| site.definitely_lost);
        heap.definitely_lost = Some(lost.fold(Amount::default(), sum));
        heap.sites = sites;
    });
    run.build()
}

/// Code, first place and message of what is said about a run without an exercise.
fn explained(run: &Observation) -> Vec<(String, Option<u32>, String)> {
    let files = BTreeMap::from([("main.rs".to_owned(), SOURCE.to_owned())]);
    let purpose = crate::intake::syntax::deliberate(&files, "main.rs");
    let findings = explain(run, &files, &purpose);
    assert!(
        findings
            .iter()
            .all(|f| f.severity == Severity::Warning && f.help.is_some())
    );
    let line = |finding: &Finding| finding.primary.as_ref().map(|label| label.place.line);
    let row = |finding: Finding| (finding.code.clone(), line(&finding), finding.message);
    findings.into_iter().map(row).collect()
}

fn codes(run: &Observation) -> Vec<(String, Option<u32>)> {
    let told = explained(run).into_iter();
    told.map(|(code, line, _)| (code, line)).collect()
}

fn told(code: &str, line: u32) -> (String, Option<u32>) {
    (code.to_owned(), Some(line))
}

#[test]
fn a_call_explains_what_was_made_on_its_functions_behalf() {
    // Made by `make`, called by `handle`, which forgets.
    let run = with_sites(vec![lost(&[4, 7, 20], 100)]);
    assert_eq!(codes(&run), [told("leak/forgotten", 7)]);
    assert_eq!(
        explained(&run)[0].2,
        "1 block (100 bytes) is never freed: `mem::forget` takes it from its owner, and nothing points to it any more"
    );
    // Made by a function that has nothing to do with it.
    assert_eq!(
        codes(&with_sites(vec![lost(&[10, 20], 100)])),
        [told("leak/never-freed", 10)]
    );
    // The nearest of two calls.
    assert_eq!(
        codes(&with_sites(vec![lost(&[4, 14, 20], 9)])),
        [told("leak/forgotten", 14)]
    );
    // Memory without an owner, though its function forgets something as well.
    assert_eq!(
        codes(&with_sites(vec![lost(&[13, 20], 9)])),
        [told("leak/never-freed", 13)]
    );
    assert_eq!(codes(&with_sites(Vec::new())), []);
}

#[test]
fn each_way_to_leak_gets_its_own_finding() {
    let mut run = with_sites(vec![
        lost(&[4, 7], 100),
        lost(&[10], 70),
        lost(&[3], 30),
        lost(&[5], 8),
    ]);
    let member = |line| SourceLine {
        file: "main.rs".to_owned(),
        line,
        column: None,
        function: None,
    };
    run.heap.as_mut().unwrap().cycles = vec![Cycle {
        count: 1,
        blocks: 2,
        bytes: 38,
        members: vec![member(3)],
        edges: vec![(0, 0)],
        through: vec![member(5)],
    }];
    assert_eq!(
        codes(&run),
        [
            told("leak/cycle", 3),
            told("leak/forgotten", 7),
            told("leak/never-freed", 10)
        ]
    );
}

#[test]
fn a_check_says_forgotten_only_where_that_is_most_of_it() {
    let files = BTreeMap::from([("main.rs".to_owned(), SOURCE.to_owned())]);
    let purpose = crate::intake::syntax::deliberate(&files, "main.rs");
    let sources = Sources::new(&files).with_purpose(&purpose);
    let code = |sites| {
        let ruling = judge(&none(), &with_sites(sites), &sources);
        ruling.finding.unwrap().code
    };
    assert_eq!(
        code(vec![lost(&[4, 7], 100), lost(&[10], 70)]),
        "leak/forgotten"
    );
    assert_eq!(
        code(vec![lost(&[4, 7], 10), lost(&[10], 70)]),
        "leak/never-freed"
    );
}

/// Five lines, each with a MiB more, all of it in a holder of this kind.
fn growing(kind: HolderKind, name: &str, bytes: u64) -> Observation {
    let held = Holder {
        kind,
        name: Some(name.to_owned()),
        amount: amount(bytes, 10),
    };
    let site = Site {
        holders: vec![held],
        ..site(10, 5 << 20, 5 << 20)
    };
    let mut run = (1..=5)
        .fold(run(), |run, i| {
            run.mark(&format!("After {i}000 requests"), i << 20)
        })
        .site(site)
        .build();
    let heap = run.heap.as_mut().unwrap();
    heap.still_reachable = Some(amount(5 << 20, 10));
    heap.shape = crate::observe::shape::shape(&run.timeline, heap);
    run
}

#[test]
fn a_global_that_only_grows_is_named() {
    let run = growing(HolderKind::Static, "SEEN", 5 << 20);
    let told = explained(&run);
    assert_eq!(
        told,
        [(
            "leak/growing-global".to_owned(),
            Some(10),
            "the static `SEEN` only grows: 5.0 MiB (10 blocks) are still in it at the end"
                .to_owned()
        )]
    );
    let files = BTreeMap::from([("main.rs".to_owned(), SOURCE.to_owned())]);
    let finding = explain(&run, &files, &Purpose::default()).remove(0);
    assert_eq!(finding.secondary[0].place.line, 2);
    assert!(
        finding
            .notes
            .iter()
            .any(|note| note.contains("full after 8.2 million requests"))
    );
    // An exercise that counts what is reachable gets the same.
    let strict = LeakExpectation {
        count_reachable: true,
        ..none()
    };
    assert_eq!(
        ruling(strict, &run).finding.unwrap().code,
        "leak/growing-global"
    );
}

#[test]
fn a_holder_that_does_not_grow_or_is_no_global_is_not_blamed() {
    assert_eq!(codes(&growing(HolderKind::MainStack, "", 5 << 20)), []);
    assert_eq!(codes(&growing(HolderKind::Static, "SEEN", 1 << 20)), []);
    let mut run = growing(HolderKind::ThreadLocal, "SEEN", 5 << 20);
    assert_eq!(codes(&run), [told("leak/growing-global", 10)]);
    let heap = run.heap.as_mut().unwrap();
    heap.shape.as_mut().unwrap().kind = crate::observe::shape::ShapeKind::Plateau;
    assert_eq!(codes(&run), []);
}
