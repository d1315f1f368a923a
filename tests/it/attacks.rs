//! The attack corpus: `tests/attacks/*.rs`. Adding an attack is adding a file; `tests/attacks/README.md` says how.
//!
//! Every attack runs at each level that promises to withstand it and that this machine gives. Afterwards nothing that it could have
//! been after may have been touched, and nothing of it may be left. Then it runs once more with the one defense switched off that
//! stops it, and there it must come through: an attack that cannot reach its canary proves nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use self::header::{Attack, Control, Reached, Through};
use self::world::{Ran, World};
use super::meter::{self, disagreements};
use super::support::{Place, SOLUTION, root};

mod header;
mod world;

/// The best first.
const LEVELS: [&str; 3] = ["full", "landlock", "limits"];

/// The levels that this machine gives.
fn offered() -> &'static [&'static str] {
    static OFFERED: OnceLock<Vec<&'static str>> = OnceLock::new();
    OFFERED.get_or_init(|| {
        let place = Place::new();
        let gives = |level: &&str| {
            let done = place.memgrade_with(
                &[("MEMGRADE_SANDBOX", *level)],
                ["run", "--format", "json", "/bin/true"],
            );
            done.json()["sandbox"]["level"] == **level
        };
        LEVELS.into_iter().filter(gives).collect()
    })
}

fn attacks() -> Vec<Attack> {
    let paths = meter::programs("attacks");
    paths.iter().map(|path| Attack::read(path)).collect()
}

/// How one run is to differ from the attack's own.
#[derive(Debug, Clone, Default)]
struct Differing {
    without: Option<String>,
    limit: Option<String>,
    build_limit: Option<String>,
}

/// Runs an attack in a world of its own.
fn unleash(attack: &Attack, level: &str, differing: &Differing) -> (World, Ran) {
    let world = World::new();
    let source = world.fill(&attack.source, ['@', '@']);
    let mut args: Vec<String> = Vec::new();
    let mut say = |words: &[&str]| args.extend(words.iter().map(|word| (*word).to_owned()));
    // The secret is in the name of the folder: it is among memgrade's arguments.
    let own = world.secret.clone();
    match &attack.through {
        Through::Run | Through::Xray => {
            // As people read it a report names the file as it was given.
            let own = match attack.through {
                Through::Xray => "xray",
                _ => &own,
            };
            let file = format!("{own}/attack.rs");
            world.place.write(&file, source);
            plant(&world, attack, &world.place.work().join(own));
            say(&["run"]);
            if attack.through == Through::Run {
                say(&["--format", "json"]);
            }
            say(&[&file]);
        }
        Through::Check(format) => {
            world.place.hello_course();
            world.place.write("submission/hello/main.rs", source);
            plant(&world, attack, &world.place.work().join("submission"));
            say(&["check", "--submission", "submission", "--format", format]);
        }
        Through::Grade => {
            world.place.hello_course();
            world.place.write("class/anna/hello/main.rs", SOLUTION);
            world.place.write("class/mallory/hello/main.rs", source);
            plant(&world, attack, &world.place.work().join("class/mallory"));
            say(&["grade", "class", "-o", "results"]);
        }
    }
    let limits = match &differing.limit {
        Some(limit) => vec![limit.clone()],
        None => attack.limits.clone(),
    };
    for limit in limits {
        args.extend(["--limit".to_owned(), limit]);
    }
    if !attack.args.is_empty() {
        args.push("--".to_owned());
        let filled = attack.args.iter().map(|arg| world.fill(arg, ['{', '}']));
        args.extend(filled);
    }
    let build_limits = match &differing.build_limit {
        Some(limit) => limit.clone(),
        None => attack.build_limits.join(" "),
    };
    let mut env = vec![
        ("MEMGRADE_SANDBOX", level),
        ("MEMGRADE_BUILD_LIMITS", &build_limits),
    ];
    if let Some(defense) = &differing.without {
        env.push(("MEMGRADE_WITHOUT", defense));
    }
    // What a compiler was kept from must not be remembered for the run in which it is not.
    let cache = world.place.work().join("cache");
    let cache = cache.to_str().unwrap().to_owned();
    if attack.group == "compiling" {
        env.push(("MEMGRADE_CACHE", &cache));
    }
    let ran = world.memgrade(&args, &env);
    (world, ran)
}

/// Plants what the attack's lines say below its submission.
fn plant(world: &World, attack: &Attack, folder: &Path) {
    for line in &attack.plants {
        let line = world.fill(line, ['{', '}']);
        let (kind, rest) = line.split_once(' ').unwrap();
        let (name, value) = rest.split_once(" -> ").unwrap_or((rest, ""));
        let at = folder.join(header::path(name));
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        // What is a folder is not removed as a file, and the other way round.
        let _ = (fs::remove_file(&at), fs::remove_dir_all(&at));
        match kind {
            "link" => std::os::unix::fs::symlink(value, &at).unwrap(),
            "hard-link" => fs::hard_link(value, &at).unwrap(),
            "fifo" => {
                let made = std::process::Command::new("mkfifo").arg(&at).status();
                assert!(made.unwrap().success());
            }
            "socket" => drop(std::os::unix::net::UnixListener::bind(&at).unwrap()),
            "folder" => fs::create_dir_all(&at).unwrap(),
            "sparse" => {
                let file = fs::File::create(&at).unwrap();
                file.set_len(value.parse().unwrap()).unwrap();
            }
            "file" => fs::write(&at, value.replace("\\n", "\n")).unwrap(),
            "bytes" => fs::write(&at, header::path(value).into_os_string().into_vec()).unwrap(),
            "many" => {
                for number in 0..value.parse::<u32>().unwrap() {
                    fs::write(folder.join(format!("{name}{number}.rs")), "").unwrap();
                }
            }
            other => panic!("{}: there is no `plant: {other}`", attack.name()),
        }
    }
}

/// The JSON that the attack's figures are read from.
fn json_of(attack: &Attack, world: &World, ran: &Ran) -> Value {
    let text = match &attack.through {
        Through::Run => ran.stdout.clone(),
        Through::Grade => {
            let path = world.place.work().join("results/results.json");
            fs::read_to_string(path).unwrap_or_default()
        }
        Through::Check(format) if format == "json" => ran.stdout.clone(),
        Through::Xray | Through::Check(_) => return Value::Null,
    };
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{}: {error}\n{text}\n{}", attack.name(), ran.stderr))
}

/// Whether the program said that it had come through.
fn says_reached(attack: &Attack, world: &World, ran: &Ran) -> bool {
    if attack.reached != Some(Reached::Said) {
        return false;
    }
    let said = |run: &Value| {
        run["stdout"]["text"]
            .as_str()
            .is_some_and(|text| text.lines().any(|line| line == "REACHED"))
    };
    let json = json_of(attack, world, ran);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let cases = list(&json["exercises"])
        .into_iter()
        .flat_map(|exercise| list(&exercise["cases"]));
    said(&json) || cases.into_iter().any(|case| said(&case["run"]))
}

/// What a runner of workflows looks at: between `::stop-commands::TOKEN` and `::TOKEN::` it obeys nothing.
fn obeyed(output: &str) -> String {
    let mut kept = String::new();
    let mut stopped: Option<String> = None;
    for line in output.split_inclusive('\n') {
        match &stopped {
            Some(token) if line.trim_end() == format!("::{token}::") => stopped = None,
            Some(_) => {}
            None => match line.trim_end().strip_prefix("::stop-commands::") {
                // Only memgrade's own tokens are long enough not to be guessed.
                Some(token) if token.len() >= 16 => stopped = Some(token.to_owned()),
                _ => kept.push_str(line),
            },
        }
    }
    kept
}

/// What a level should have withstood and did not.
fn failings(attack: &Attack, level: &str) -> String {
    let (world, ran) = unleash(attack, level, &Differing::default());
    let mut wrong = String::new();
    for (_, what) in world.wrongs(&ran) {
        writeln!(wrong, "  {what}").unwrap();
    }
    if says_reached(attack, &world, &ran) {
        writeln!(wrong, "  it says that it came through").unwrap();
    }
    if !ran.left.is_empty() {
        writeln!(wrong, "  still running: {:?}", ran.left).unwrap();
    }
    if ran.status.is_none() || ran.stderr.contains("this is a bug in memgrade") {
        writeln!(wrong, "  memgrade: {:?} {}", ran.status, ran.stderr).unwrap();
    }
    let shown = obeyed(&ran.stdout) + &ran.stderr + &world.written_for_people();
    for never in &attack.never {
        if shown.contains(never) {
            writeln!(wrong, "  {never:?} is in its output:\n{shown}").unwrap();
        }
    }
    for says in &attack.says {
        if !ran.stdout.contains(says) && !ran.stderr.contains(says) {
            writeln!(
                wrong,
                "  {says:?} is not in its output:\n{}{}",
                ran.stdout, ran.stderr
            )
            .unwrap();
        }
    }
    let json = json_of(attack, &world, &ran);
    if !attack.expects.is_empty() {
        let found = disagreements(&json, &attack.source);
        if !found.is_empty() {
            write!(
                wrong,
                "{found}  it ended with {}\n  {}",
                json["outcome"], json["stdout"]["text"]
            )
            .unwrap();
        }
    }
    let left = world.place.left();
    if !left.is_empty() {
        writeln!(wrong, "  left behind: {left:?}").unwrap();
    }
    wrong
}

/// Whether the attack comes through where the defense is off; `None` where this cannot be tried here.
fn comes_through(attack: &Attack, control: &Control) -> Option<Result<(), String>> {
    let (level, differing) = match control {
        Control::Finding | Control::Figures | Control::Honest => return Some(Ok(())),
        Control::Json => return Some(arrives(attack)),
        Control::Without { level, defense } => {
            let without = Some(defense.clone());
            (
                level,
                Differing {
                    without,
                    ..Differing::default()
                },
            )
        }
        Control::Limit { level, limit } => {
            let limit = Some(limit.clone());
            (
                level,
                Differing {
                    limit,
                    ..Differing::default()
                },
            )
        }
        Control::BuildLimit { level, limit } => {
            let build_limit = Some(limit.clone());
            (
                level,
                Differing {
                    build_limit,
                    ..Differing::default()
                },
            )
        }
    };
    // A release has no switches.
    if !cfg!(debug_assertions) || !offered().contains(&level.as_str()) {
        return None;
    }
    let (world, ran) = unleash(attack, level, &differing);
    if let Ok(json) = serde_json::from_str::<Value>(&ran.stdout)
        && let Some(found) = json["sandbox"]["level"].as_str()
        && found != level
        // What was not built has run at no level.
        && json["outcome"]["kind"] != "build_failed"
    {
        return Some(Err(format!(
            "with {control:?} it ran at level {found}: what is switched off there proves nothing"
        )));
    }
    let reached = says_reached(attack, &world, &ran)
        || world
            .wrongs(&ran)
            .iter()
            .any(|(kind, _)| Some(*kind) == attack.reached);
    let told = ran.stdout.len().min(3000);
    Some(if reached {
        Ok(())
    } else {
        Err(format!(
            "it does not come through with {control:?}:\n{}\n{}",
            String::from_utf8_lossy(&ran.stdout.as_bytes()[..told]),
            ran.stderr
        ))
    })
}

/// Whether the hostile text comes as far as the report: JSON tells it as it is.
fn arrives(attack: &Attack) -> Result<(), String> {
    fn holds(value: &Value, text: &str) -> bool {
        match value {
            Value::String(own) => own.contains(text),
            Value::Array(list) => list.iter().any(|value| holds(value, text)),
            Value::Object(map) => map
                .iter()
                .any(|(key, value)| key.contains(text) || holds(value, text)),
            _ => false,
        }
    }
    let through = match &attack.through {
        Through::Xray => Through::Run,
        Through::Grade => Through::Grade,
        _ => Through::Check("json".to_owned()),
    };
    let plain = Attack {
        through,
        ..Attack::read(&attack.path)
    };
    let (world, ran) = unleash(&plain, offered()[0], &Differing::default());
    let json = json_of(&plain, &world, &ran);
    let missing: Vec<_> = attack
        .never
        .iter()
        // A line of a table or a text begins where JSON has a string of its own.
        .filter(|text| !holds(&json, text) && !holds(&json, text.trim_start_matches('\n')))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("{missing:?} never came as far as a report: {json}"))
    }
}

/// All attacks of a group.
fn withstood(group: &str, least: usize) {
    // One by name, for whoever works on it.
    let only = std::env::var("ATTACK").unwrap_or_default();
    let mut wrong = String::new();
    let mut count = 0;
    for attack in attacks().iter().filter(|attack| attack.group == group) {
        count += 1;
        if !attack.name().contains(&only) {
            continue;
        }
        for level in &attack.levels {
            if !offered().contains(&level.as_str()) {
                eprintln!(
                    "not tested at level {level}, which this machine does not give: {}",
                    attack.name()
                );
                continue;
            }
            let failings = failings(attack, level);
            if !failings.is_empty() {
                writeln!(wrong, "{} at level {level}:\n{failings}", attack.name()).unwrap();
            }
        }
        for control in &attack.controls {
            match comes_through(attack, control) {
                Some(Ok(())) => {}
                Some(Err(why)) => writeln!(wrong, "{}: {why}", attack.name()).unwrap(),
                None => eprintln!("no control here for {}: {control:?}", attack.name()),
            }
        }
    }
    assert!(count >= least, "only {count} attacks in group {group}");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn attacks_by_running_programs_are_withstood() {
    withstood("running", 80);
}

/// A control shows the program all that the machine has, while other tests make and remove folders beside it.
#[test]
fn a_control_comes_through_while_files_come_and_go() {
    let busy = tempfile::Builder::new()
        .prefix("coming-and-going-")
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap();
    let beside = |number: u32| busy.path().with_extension(number.to_string());
    let done = std::sync::atomic::AtomicBool::new(false);
    let attacks = attacks();
    let attack = attacks
        .iter()
        .find(|attack| attack.name() == "remove_a_file");
    let (attack, mut wrong) = (attack.unwrap(), Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut made = 0..;
            let mut alive = std::collections::VecDeque::new();
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let folder = beside(made.next().unwrap());
                fs::create_dir(&folder).unwrap();
                alive.push_back(folder);
                if alive.len() > 100 {
                    fs::remove_dir(alive.pop_front().unwrap()).unwrap();
                }
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
            for folder in alive {
                fs::remove_dir(folder).unwrap();
            }
        });
        for control in &attack.controls {
            wrong.extend(comes_through(attack, control).and_then(Result::err));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn attacks_on_the_measurement_are_withstood() {
    withstood("cheating", 32);
}

#[test]
fn attacks_on_the_compiler_are_withstood() {
    withstood("compiling", 20);
}

#[test]
fn attacks_by_what_is_handed_in_are_withstood() {
    withstood("hand-in", 16);
}

#[test]
fn attacks_on_reports_are_withstood() {
    withstood("report", 15);
}

#[test]
fn honest_programs_get_through() {
    withstood("honest", 8);
}

/// The table of docs/sandbox.md names every promise, and every attack is aimed at one of them.
#[test]
fn every_promise_has_attacks_and_every_attack_a_promise() {
    let attacks = attacks();
    let groups = [
        "running",
        "cheating",
        "compiling",
        "hand-in",
        "report",
        "honest",
    ];
    for attack in &attacks {
        assert!(groups.contains(&attack.group.as_str()), "{}", attack.name());
        assert!(
            attack
                .levels
                .iter()
                .all(|level| LEVELS.contains(&level.as_str())),
            "{}",
            attack.name()
        );
    }
    let aimed: BTreeSet<&str> = attacks
        .iter()
        .map(|attack| attack.promise.as_str())
        .collect();
    let docs = fs::read_to_string(root().join("docs/sandbox.md")).unwrap();
    let promised: BTreeSet<&str> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter(|(key, _)| !LEVELS.contains(key) && *key != "none")
        .map(|(key, _)| key)
        .collect();
    assert_eq!(aimed, promised);
}
