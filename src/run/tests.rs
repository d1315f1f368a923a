//! The pool, with runs that are scripted instead of done.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::memory::Address;
use super::*;
use crate::build::{Checking, Failure};
use crate::course::spec::{Edition, UnsafePolicy};
use crate::diagnostic::Finding;
use crate::observe::{Captured, Confinement, Level, Outcome, Pages, Stack, Times};

/// Answers by the text of the root file and the name of the case; counts what runs at the same time.
#[derive(Default)]
struct Scripted {
    now: AtomicUsize,
    most: AtomicUsize,
    beside_alone: AtomicUsize,
    stop_after: Option<usize>,
    /// Whether runs last long enough for others to come in, if they may.
    slow: bool,
    done: AtomicUsize,
    /// Milliseconds that each run waited for the machine, in their order; none after the last.
    waits: Mutex<Vec<f64>>,
    stopped: AtomicBool,
}

pub(crate) fn observation(text: &str) -> Observation {
    Observation {
        schema: crate::observe::SCHEMA.to_owned(),
        sandbox: Confinement {
            control_group: None,
            level: Level::None,
            missing: Vec::new(),
        },
        build: None,
        outcome: Outcome {
            cause_known: true,
            kind: OutcomeKind::Exited,
            exit_code: Some(0),
            signal: None,
            message: None,
            place: None,
            frames: Vec::new(),
            evidence: Vec::new(),
        },
        heap: None,
        timeline: Vec::new(),
        pages: Pages::default(),
        stack: Stack::default(),
        time: Times::default(),
        analysis: None,
        memory_errors: None,
        stdout: Captured {
            text: text.to_owned(),
            bytes: text.len() as u64,
            truncated: false,
        },
        stderr: Captured::default(),
        aslr_off: true,
        findings: Vec::new(),
    }
}

impl Runner for Scripted {
    fn build(&self, request: &Request) -> Result<Built, Error> {
        match request.root.as_str() {
            "broken" => Ok(Built::Failed(Failure {
                diagnostics: "error".to_owned(),
                diagnostics_ansi: String::new(),
                finding: Finding::learner("build/does-not-compile", "it does not compile"),
                for_author: None,
                wall: None,
            })),
            "impossible" => Err(Error::machine("there is no compiler", "install one")),
            "panics" => panic!("scripted"),
            root => Ok(Built::Program(Artifact {
                executable: PathBuf::from(root),
                key: root.to_owned(),
                wall: None,
                diagnostics: String::new(),
                diagnostics_ansi: String::new(),
                checking: Checking::Off,
            })),
        }
    }

    fn run(&self, artifact: &Artifact, case: &Case) -> Result<Observation, Error> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        if case.name.starts_with("timed") && now > 1 {
            self.beside_alone.fetch_add(1, Ordering::SeqCst);
        }
        // Long enough for another worker to come in if the pool lets it.
        std::thread::yield_now();
        if self.slow {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        self.now.fetch_sub(1, Ordering::SeqCst);
        if self.stop_after.is_some_and(|limit| done > limit) {
            self.stopped.store(true, Ordering::SeqCst);
            return Err(Error::Interrupted);
        }
        assert_ne!(case.name, "panics", "scripted");
        let mut run = observation(&format!("{} {}", artifact.key, case.name));
        run.time.cpu_ms = Some(100.0);
        let waited = self.waits.lock().unwrap().pop();
        run.time.wall_ms = 100.0 + waited.unwrap_or(0.0);
        Ok(run)
    }

    fn interrupted(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

fn exercise(cases: &[&str]) -> Exercise {
    let mut text = "format_version = 1\ntitle = \"t\"\n".to_owned();
    for case in cases {
        for line in ["[[case]]\nname = \"", case, "\"\nargs = [\"", case, "\"]\n"] {
            text += line;
        }
        if case.starts_with("timed") {
            text += "[[case.check]]\nname = \"r\"\nratio = { of = \"cpu_time\", at_least = 1.0, repeat = 3 }\n";
        }
    }
    toml::from_str(&text).unwrap()
}

fn work<'a>(exercise: &'a Exercise, root: &str) -> Work<'a> {
    let root = root.to_owned();
    Work {
        exercise,
        prepare: Box::new(move || {
            let request = Request {
                files: BTreeMap::new(),
                root,
                edition: Edition::E2024,
                unsafe_code: UnsafePolicy::Forbid,
                allow_lints: Vec::new(),
                memory_errors: false,
                harness: None,
            };
            Ok(Prepared {
                request: Some(request),
                facts: Facts::default(),
            })
        }),
        again: Vec::new(),
    }
}

/// Runs everything; the facts by work, and whether it came to its end.
fn facts(
    runner: &Scripted,
    works: Vec<Work<'_>>,
    jobs: usize,
) -> (BTreeMap<usize, Facts>, Result<(), Error>) {
    let mut all = BTreeMap::new();
    let result = execute(
        works,
        runner,
        Means::workers(NonZeroUsize::new(jobs).unwrap()),
        &mut |event| {
            if let Event::Finished { work, facts, .. } = event {
                assert!(all.insert(work, *facts).is_none(), "finished twice");
            }
        },
    );
    (all, result)
}

#[test]
fn the_facts_do_not_depend_on_the_number_of_workers() {
    let exercise = exercise(&["a", "b", "timed", "c"]);
    let run = |jobs| {
        let works = (0..12).map(|n| work(&exercise, &format!("p{n}"))).collect();
        facts(&Scripted::default(), works, jobs).0
    };
    let alone = run(1);
    assert_eq!(alone.len(), 12);
    assert_eq!(alone[&7].runs["timed"].len(), 3);
    assert_eq!(alone[&7].runs["b"][0].stdout.text, "p7 b");
    assert_eq!(alone, run(4));
}

#[test]
fn nothing_runs_beside_a_case_whose_time_is_graded() {
    let exercise = exercise(&["a", "timed 1", "b", "timed 2", "c"]);
    let runner = Scripted::default();
    let works = (0..40).map(|n| work(&exercise, &format!("p{n}"))).collect();
    let (all, _) = facts(&runner, works, 4);
    assert_eq!(all.len(), 40);
    assert_eq!(runner.beside_alone.load(Ordering::SeqCst), 0);
}

#[test]
fn one_failure_never_costs_another_its_result() {
    let (good, bad) = (exercise(&["a"]), exercise(&["a", "panics", "b"]));
    let works = vec![
        work(&good, "broken"),
        work(&good, "impossible"),
        work(&good, "panics"),
        work(&bad, "p"),
        work(&good, "q"),
        Work {
            exercise: &good,
            prepare: Box::new(|| Ok(Prepared::default())),
            again: Vec::new(),
        },
    ];
    let (all, result) = facts(&Scripted::default(), works, 2);
    assert!(result.is_ok());
    assert_eq!(all.len(), 6);
    assert!(all[&0].build_failure.is_some() && all[&0].runs.is_empty());
    assert_eq!(all[&1].unmeasurable["a"].code, "machine/cannot-run");
    assert_eq!(all[&2].unmeasurable["a"].code, "internal/bug");
    assert_eq!(all[&3].unmeasurable["panics"].code, "internal/bug");
    assert_eq!(all[&3].runs.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(all[&4].runs["a"][0].stdout.text, "q a");
    assert_eq!(all[&5], Facts::default());
}

#[test]
fn an_interrupt_keeps_what_was_finished() {
    let exercise = exercise(&["a"]);
    let runner = Scripted {
        stop_after: Some(3),
        ..Scripted::default()
    };
    let works = (0..10).map(|n| work(&exercise, &format!("p{n}"))).collect();
    let (all, result) = facts(&runner, works, 1);
    assert!(matches!(result, Err(Error::Interrupted)));
    assert_eq!(all.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
}

/// Remembers in a map; refuses to when `full`.
#[derive(Default)]
struct Remembering {
    runs: Mutex<BTreeMap<Address, Vec<Observation>>>,
    full: bool,
}

impl Memory for Remembering {
    fn recall(&self, address: &Address) -> Result<Option<Vec<Observation>>, Error> {
        Ok(self.runs.lock().unwrap().get(address).cloned())
    }

    fn keep(&self, address: &Address, runs: &[Observation]) -> Result<(), Error> {
        if self.full {
            return Err(Error::usage("the disk is full", "make room"));
        }
        let earlier = self
            .runs
            .lock()
            .unwrap()
            .insert(address.clone(), runs.to_vec());
        assert!(earlier.is_none(), "kept twice");
        Ok(())
    }
}

/// With so many workers and so much memory: the most that ran at the same time.
fn most_at_once(cases: &[&str], limit: &str, jobs: usize, budget: Option<u64>) -> usize {
    let mut spec = exercise(cases);
    for case in &mut spec.cases {
        case.limits.memory = Some(limit.parse().unwrap());
    }
    let runner = Scripted {
        slow: true,
        ..Scripted::default()
    };
    let means = Means {
        memory_budget: budget,
        ..Means::workers(NonZeroUsize::new(jobs).unwrap())
    };
    let works = (0..8).map(|n| work(&spec, &format!("p{n}"))).collect();
    execute(works, &runner, means, &mut |_| {}).unwrap();
    assert_eq!(runner.done.load(Ordering::SeqCst), 8 * cases.len());
    runner.most.load(Ordering::SeqCst)
}

#[test]
fn runs_that_fill_the_memory_are_never_done_at_once() {
    let gib = 1 << 30;
    let cases = ["a", "b", "c"];
    assert_eq!(most_at_once(&cases, "1GiB", 4, Some(gib)), 1);
    assert!(most_at_once(&cases, "512MiB", 4, Some(gib)) <= 2);
    // One that asks for more than there is runs all the same, and alone.
    assert_eq!(most_at_once(&cases, "4GiB", 4, Some(gib)), 1);
    // Without a bound they do meet: otherwise nothing was proved.
    assert!(most_at_once(&cases, "1GiB", 4, None) > 1);
    assert!(most_at_once(&cases, "1KiB", 4, Some(gib)) > 1);
}

/// Does the work with a memory: the facts by work, how many runs were done, and how it ended.
fn remembered(
    works: Vec<Work<'_>>,
    memory: &Remembering,
) -> (BTreeMap<usize, Facts>, usize, Result<(), Error>) {
    let runner = Scripted::default();
    let means = Means {
        jobs: NonZeroUsize::new(3).unwrap(),
        memory_budget: Some(1 << 30),
        memory,
    };
    let mut all = BTreeMap::new();
    let result = execute(works, &runner, means, &mut |event| {
        if let Event::Finished { work, facts, .. } = event {
            all.insert(work, *facts);
        }
    });
    (all, runner.done.load(Ordering::SeqCst), result)
}

fn works(spec: &Exercise) -> Vec<Work<'_>> {
    (0..3).map(|n| work(spec, &format!("p{n}"))).collect()
}

#[test]
fn what_is_remembered_is_not_run_again() {
    let memory = Remembering::default();
    let mut spec = exercise(&["a", "timed", "b"]);
    let (first, done, _) = remembered(works(&spec), &memory);
    assert_eq!(done, 3 * 5);
    let (second, done, _) = remembered(works(&spec), &memory);
    assert_eq!(done, 0);
    assert_eq!(first, second);

    // Another check asks nothing of the program; another argument does.
    spec.cases[0].checks.clear();
    spec.cases[1].name = "timed otherwise".to_owned();
    let (renamed, done, _) = remembered(works(&spec), &memory);
    assert_eq!(done, 0);
    assert_eq!(renamed[&0].runs["timed otherwise"].len(), 3);
    spec.cases[2].args.push("x".to_owned());
    let (_, done, _) = remembered(works(&spec), &memory);
    assert_eq!(done, 3);
}

#[test]
fn what_is_asked_for_is_run_again() {
    let memory = Remembering::default();
    let spec = exercise(&["a", "timed"]);
    remembered(vec![work(&spec, "p")], &memory).2.unwrap();
    memory.runs.lock().unwrap().clear();
    remembered(vec![work(&spec, "p")], &memory).2.unwrap();
    let mut again = work(&spec, "p");
    again.again.push("a".to_owned());
    // The map does not take it twice; the work is done all the same.
    memory
        .runs
        .lock()
        .unwrap()
        .retain(|_, runs| runs.len() == 3);
    let (facts, done, _) = remembered(vec![again], &memory);
    assert_eq!(done, 1);
    assert_eq!(facts[&0].runs["a"].len(), 1);
}

#[test]
fn what_could_not_be_measured_is_tried_again() {
    let memory = Remembering::default();
    let spec = exercise(&["a", "panics"]);
    let (_, _, result) = remembered(vec![work(&spec, "p")], &memory);
    result.unwrap();
    assert_eq!(memory.runs.lock().unwrap().len(), 1);
    let (facts, _, _) = remembered(vec![work(&spec, "p")], &memory);
    assert!(facts[&0].unmeasurable.contains_key("panics"));
}

#[test]
fn a_memory_that_is_full_ends_the_work() {
    let memory = Remembering {
        full: true,
        ..Remembering::default()
    };
    let spec = exercise(&["a", "b"]);
    let works = (0..20).map(|n| work(&spec, &format!("p{n}"))).collect();
    let (facts, _, result) = remembered(works, &memory);
    assert_eq!(result.unwrap_err().to_string(), "the disk is full");
    assert!(facts.is_empty());
}

#[test]
fn graded_times_are_taken_again_when_the_machine_was_busy() {
    let spec = exercise(&["timed"]);
    for (waits, wall, done) in [
        // The last is the first run.
        (vec![0.0, 0.0, 300.0], 100.0, 4),
        (vec![1.0, 1.0, 40.0, 60.0, 50.0], 140.0, 5),
        (vec![1.0, 2.0, 3.0], 103.0, 3),
    ] {
        let runner = Scripted {
            waits: Mutex::new(waits),
            ..Scripted::default()
        };
        let (facts, result) = facts(&runner, vec![work(&spec, "p")], 2);
        result.unwrap();
        let runs = &facts[&0].runs["timed"];
        assert_eq!(runs.len(), 3);
        assert!(
            (runs[0].time.wall_ms - wall).abs() < 1e-9,
            "{}",
            runs[0].time.wall_ms
        );
        assert_eq!(runner.done.load(Ordering::SeqCst), done);
    }
}

#[test]
fn other_runs_are_done_once_however_busy_the_machine_is() {
    let spec = exercise(&["a"]);
    let runner = Scripted {
        waits: Mutex::new(vec![900.0]),
        ..Scripted::default()
    };
    let (_, result) = facts(&runner, vec![work(&spec, "p")], 1);
    result.unwrap();
    assert_eq!(runner.done.load(Ordering::SeqCst), 1);
}
