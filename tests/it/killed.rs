//! memgrade is killed by SIGKILL at any moment: the kernel ends every program, and the next start removes every folder.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::support::Place;

/// Moments at each level.
const MOMENTS: u32 = 20;
/// The last moment, in times that a build and a quick run take: the program, which goes on for long, is surely running by then.
const LAST: u32 = 2;
/// How long the kernel may take to end what the killed process has started.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes folders that resist, starts a process, and goes on for long.
const PROGRAM: &str = r#"use std::os::unix::fs::PermissionsExt;

fn main() {
    for number in 0..20 {
        std::fs::create_dir_all(format!("a{number}/b/c")).unwrap();
        std::fs::write(format!("a{number}/b/file"), "x").unwrap();
        // Refused where only Landlock fences files off.
        let _ = std::fs::set_permissions(format!("a{number}"), PermissionsExt::from_mode(0o000));
    }
    println!("NUMBER");
    if std::env::args().len() == 1 {
        std::process::Command::new("/bin/sleep").arg("100").spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(100));
    }
}
"#;

#[test]
fn nothing_is_left_after_a_kill_at_level_full() {
    nothing_is_left_at("full");
}

#[test]
fn nothing_is_left_after_a_kill_at_level_landlock() {
    nothing_is_left_at("landlock");
}

#[test]
fn nothing_is_left_after_a_kill_at_level_limits() {
    nothing_is_left_at("limits");
}

fn nothing_is_left_at(level: &str) {
    let place = Place::new();
    let folder = place.work().parent().unwrap().to_owned();
    let cache = folder.join("cache");
    let command = |number: u32| {
        place.write("main.rs", PROGRAM.replace("NUMBER", &number.to_string()));
        let mut command = place.command();
        command
            .env("MEMGRADE_CACHE", &cache)
            .env("MEMGRADE_SANDBOX", level)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    // A start that finds the compiler and the level, so that the later ones come as far as they can.
    let last = |number: u32| {
        let mut command = command(number);
        let args = ["run", "main.rs", "--format", "json", "--", "quick"];
        command.args(args).stdout(Stdio::piped());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{level}");
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["outcome"]["kind"], "exited", "{result:#}");
        result["sandbox"]["level"].as_str().unwrap().to_owned()
    };
    if last(0) != level {
        eprintln!("not tested at level {level}: this machine does not give it");
        return;
    }
    let started = Instant::now();
    last(MOMENTS + 2);
    let usual = started.elapsed();
    let (mut builds, mut runs) = (BTreeSet::new(), BTreeSet::new());
    for number in 1..=MOMENTS {
        let mut command = command(number);
        // A group of its own: all that it starts and that has no session of its own yet is in it.
        command.args(["run", "main.rs"]).process_group(0);
        kill_after(&mut command, usual * LAST * number / MOMENTS);
        builds.extend(entries(&cache.join("v1/staging")));
        runs.extend(entries(&folder.join("tmp")));
    }
    // Otherwise nothing was proved.
    assert!(!builds.is_empty(), "{level}: no build left anything behind");
    // A root of the program's own goes with its namespaces.
    assert_eq!(
        runs.is_empty(),
        level == "full",
        "{level}: what runs left behind: {runs:?}"
    );
    last(MOMENTS + 1);
    assert_eq!(entries(&folder.join("tmp")), Vec::<PathBuf>::new());
    assert_eq!(entries(&cache.join("v1/staging")), Vec::<PathBuf>::new());
    assert_eq!(unfinished(&cache), Vec::<PathBuf>::new());
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(folder.to_str().unwrap()), "{mounts}");
}

/// Kills a command at a moment, and waits until the kernel has ended all that it started.
fn kill_after(command: &mut Command, moment: Duration) {
    let mut child = command.spawn().unwrap();
    thread::sleep(moment);
    child.kill().unwrap();
    let id = child.id();
    child.wait().unwrap();
    let killed = Instant::now();
    loop {
        let left = descendants(id);
        if left.is_empty() {
            return;
        }
        assert!(
            killed.elapsed() < PATIENCE,
            "killed after {moment:?}, these live on: {left:?}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// Processes that a memgrade of this number has started: of its group, or with its mark, a resource limit that is inherited.
/// With what they are.
fn descendants(id: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter(|entry| {
        let name = entry.file_name();
        name.as_encoded_bytes().iter().all(u8::is_ascii_digit)
    });
    numbers
        .filter_map(|entry| {
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let mut fields = stat.get(stat.rfind(')')? + 2..)?.split(' ');
            let (state, group) = (fields.next()?, fields.nth(1)?);
            let limits = fs::read_to_string(entry.path().join("limits")).unwrap_or_default();
            let ours = group == id.to_string() || mark(&limits) == Some(id);
            (ours && state != "Z").then_some(stat)
        })
        .collect()
}

/// The number of the memgrade whose mark these limits carry.
fn mark(limits: &str) -> Option<u32> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max file locks"))?;
    let value: u64 = line.split_whitespace().next()?.parse().ok()?;
    // Bit 62 is set, the number is above a counter of 32 bits.
    (value >> 62 == 1).then(|| u32::try_from((value >> 32) & 0x3fff_ffff).ok())?
}

/// What lies in a folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Files and folders below one that are not finished, by their names.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') || name.starts_with("memgrade-tmp-") {
            found.push(path.clone());
        }
        if path.is_dir() {
            found.extend(unfinished(&path));
        }
    }
    found
}
