//! One process that runs many programs in a row, among them those that leave what they can behind.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::*;
use crate::course::spec::UnsafePolicy;

/// How many programs are run.
const RUNS: &str = "MEMGRADE_LONG_LIFE_RUNS";
/// Without [`RUNS`].
const USUAL_RUNS: usize = 500;
/// Set in the process that runs them: its own folder. Programs get it too, so that they can be found.
const FOLDER: &str = "MEMGRADE_LONG_LIFE_FOLDER";
/// Runs until every buffer has its size.
const WARM_UP: usize = 50;
/// One build in so many runs.
const BUILD_EVERY: usize = 50;
/// What memory that the allocator keeps may differ by. Growth by a page a run would be more after 500.
const TOLERANCE: u64 = 1 << 20;

/// What the program does, the case's limits, and how that ends.
const KINDS: [(&str, &str, OutcomeKind); 13] = [
    ("well", "", OutcomeKind::Exited),
    ("leak", "", OutcomeKind::Exited),
    ("panic", "", OutcomeKind::Panicked),
    ("abort", "", OutcomeKind::Aborted),
    ("overflow", "stack = \"1 MiB\"", OutcomeKind::StackOverflow),
    ("daemon", "", OutcomeKind::Exited),
    ("background", "", OutcomeKind::Exited),
    ("threads", "", OutcomeKind::Exited),
    ("folders", "", OutcomeKind::Exited),
    ("deep", "", OutcomeKind::Exited),
    ("memory", "memory = \"24 MiB\"", OutcomeKind::MemoryLimit),
    ("flood", "output = \"64 KiB\"", OutcomeKind::OutputLimit),
    ("sleep", "wall = \"20 ms\"", OutcomeKind::TimeLimit),
];

const PROGRAM: &str = include_str!("../../../tests/long_life/program.rs");

/// What must not grow.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    children: Vec<i32>,
    mounts: Vec<String>,
    temporary: Vec<PathBuf>,
    descriptors: usize,
    threads: usize,
}

impl Held {
    fn now(folder: &Path) -> Self {
        let names = |folder: PathBuf| {
            fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
        };
        let threads: Vec<PathBuf> = names("/proc/self/task".into()).collect();
        let children = threads.iter().flat_map(|thread| {
            let text = fs::read_to_string(thread.join("children")).unwrap_or_default();
            let numbers: Vec<i32> = text
                .split_whitespace()
                .map(|id| id.parse().unwrap())
                .collect();
            numbers
        });
        let temporary = names(folder.join("tmp")).chain(names(folder.join("cache/v1/staging")));
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        Self {
            children: children.collect(),
            mounts: mounts.lines().map(str::to_owned).collect(),
            temporary: temporary.collect(),
            descriptors: names("/proc/self/fd".into()).count(),
            threads: threads.len(),
        }
    }
}

/// Resident bytes of this process.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}

/// Processes of the whole machine that were started by the programs here.
fn started_here(folder: &Path) -> Vec<PathBuf> {
    let wanted = format!("{FOLDER}={}", folder.display());
    let processes = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    processes
        .filter(|process| {
            // Beside numbers there are links to this process itself.
            let name = process.file_name().unwrap_or_default().to_string_lossy();
            let another = name.parse().is_ok_and(|id: u32| id != std::process::id());
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            another && variables.any(|variable| variable == wanted.as_bytes())
        })
        .collect()
}

#[test]
#[ignore = "takes long; .ci/run starts it"]
fn a_long_life_leaves_nothing_behind() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return live(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    let name = "run::local::long_life::a_long_life_leaves_nothing_behind";
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", name, "--nocapture"])
        .env(FOLDER, folder.path())
        .env("TMPDIR", folder.path().join("tmp"))
        .env("MEMGRADE_CACHE", folder.path().join("cache"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{complained}"
    );
    let lines = said.lines().filter(|line| line.contains("in a row"));
    println!("{}", lines.collect::<Vec<_>>().join("\n"));
}

fn live(folder: &Path) {
    let runs = std::env::var(RUNS).map_or(USUAL_RUNS, |number| number.parse().unwrap());
    assert!(runs > 2 * WARM_UP, "so few say nothing");
    let best = sandbox::level();
    let refused: Vec<Level> = sandbox::ladder()
        .refused
        .iter()
        .map(|(level, _)| *level)
        .collect();
    let levels: Vec<Level> = [Level::Full, Level::Landlock, Level::Limits]
        .into_iter()
        .filter(|level| *level >= best && !refused.contains(level))
        .collect();
    let locals: Vec<Local> = levels
        .iter()
        .map(|level| {
            let mut local = Local::new(Vec::new()).unwrap();
            local.asked = Some(*level);
            local
        })
        .collect();
    let request = |text: &str| Request {
        harness: None,
        files: BTreeMap::from([("main.rs".to_owned(), text.as_bytes().to_vec())]),
        root: "main.rs".to_owned(),
        edition: Edition::E2024,
        unsafe_code: UnsafePolicy::Allow,
        allow_lints: Vec::new(),
        memory_errors: false,
    };
    let Built::Program(artifact) = locals[0].build(&request(PROGRAM)).unwrap() else {
        panic!("it was not built");
    };
    let cases: Vec<Case> = KINDS
        .iter()
        .map(|(kind, limits, _)| {
            let text = format!(
                "name = \"{kind}\"\nargs = [\"{kind}\"]\nlimits = {{ {limits} }}\nenv = {{ {FOLDER} = {:?} }}",
                folder.to_str().unwrap(),
            );
            toml::from_str(&text).unwrap()
        })
        .collect();
    let started = Instant::now();
    let mut after_warm_up = None;
    for number in 0..runs {
        // Each kind at each level in turn, as the two counts have no common divisor.
        let local = &locals[number % locals.len()];
        let (kind, _, expected) = KINDS[number % KINDS.len()];
        let run = local.run(&artifact, &cases[number % KINDS.len()]).unwrap();
        let level = run.sandbox.level;
        assert_eq!(level, levels[number % levels.len()]);
        assert_eq!(
            run.outcome.kind,
            expected,
            "{kind} at {}: {:?}",
            level.name(),
            run.outcome
        );
        if number % BUILD_EVERY == 0 {
            // Every other one does not compile.
            let text = if number % (2 * BUILD_EVERY) == 0 {
                format!("fn main() {{ println!(\"{number}\"); }}")
            } else {
                format!("fn main() {{ let x: u8 = \"{number}\"; }}")
            };
            local.build(&request(&text)).unwrap();
        }
        if number == WARM_UP {
            after_warm_up = Some((Held::now(folder), resident()));
        }
    }
    let took = started.elapsed();
    let (held, before) = after_warm_up.unwrap();
    let after = resident();
    assert_eq!(Held::now(folder), held);
    assert_eq!(held.children, [0; 0]);
    assert_eq!(held.temporary, Vec::<PathBuf>::new());
    assert_eq!(started_here(folder), Vec::<PathBuf>::new());
    println!(
        "{runs} programs in a row at {}: {:.1} s, resident {} KiB after {WARM_UP}, {} KiB at the end",
        levels
            .iter()
            .map(|level| level.name())
            .collect::<Vec<_>>()
            .join(", "),
        took.as_secs_f64(),
        before >> 10,
        after >> 10,
    );
    assert!(after <= before + TOLERANCE, "memgrade itself has grown");
}
