//! `memgrade doctor`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sysinfo::System;

use super::console::{Console, print};
use crate::build::{Built, Cache, Request, Toolchain};
use crate::course::spec::{Case, Edition, Limits, UnsafePolicy};
use crate::course::units::human_size;
use crate::error::{Error, ExitStatus};
use crate::observe::{Level, Observation};
use crate::report::doctor::{Item, State, render};
use crate::run::Runner;
use crate::run::local::Local;
use crate::sandbox;

/// Say what this machine can build, measure and contain, and what to do about each gap
///
/// A small program is really built, run and measured. The exit status is 0 if everything that grading needs is there, else 75.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// A program whose figures are known: one block of 4096 bytes, never freed, and a line after it.
const SAMPLE: &str =
    "fn main() {\n    Box::leak(vec![0u8; 4096].into_boxed_slice());\n    println!(\"done\");\n}\n";

pub(super) fn execute(_: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let mut items = vec![
        Item::new("memgrade", State::Fact, env!("CARGO_PKG_VERSION")),
        machine(),
    ];
    let toolchain = Cache::open().and_then(|cache| Toolchain::find(&cache));
    match &toolchain {
        Ok(found) => {
            let compiler = format!("rustc {} for {}", found.release(), found.host());
            let place = found.rustc().display();
            items.push(Item::new("compiler", State::Good, compiler).note(format!("at {place}")));
            if let Some(linker) = found.linker() {
                let linker = linker.display().to_string();
                items.push(Item::new("linker", State::Good, linker));
            }
        }
        Err(error) => items.push(missing("compiler", error)),
    }
    items.push(contained());
    if toolchain.is_ok() {
        items.extend(measured());
    }
    print(&render(&items, &console.out))?;
    let able = items.iter().all(|item| item.state != State::Missing);
    Ok(if able {
        ExitStatus::Passed
    } else {
        ExitStatus::Machine
    })
}

/// Something that is not there.
fn missing(name: &'static str, error: &Error) -> Item {
    let item = Item::new(name, State::Missing, error.to_string());
    error.hints().iter().cloned().fold(item, Item::advise)
}

fn machine() -> Item {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut found = format!(
        "{} {}, {cores} processors",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    if let Ok(mut system) = System::new() {
        system.refresh_memory();
        let (all, free) = (
            human_size(system.total_memory()),
            human_size(system.available_memory()),
        );
        let _ = write!(found, ", {all} of memory, {free} of it free");
    }
    Item::new("machine", State::Fact, found)
}

/// How programs are contained, and why no better.
fn contained() -> Item {
    let ladder = sandbox::ladder();
    let (state, what) = match ladder.level {
        Level::Full => (
            State::Good,
            "full: a root, processes, users and a network of the program's own",
        ),
        Level::Landlock => (State::Less, "landlock: files fenced off, no network"),
        Level::Limits => (
            State::Missing,
            "limits: a program can read and write what you can",
        ),
        Level::None => (State::Missing, "none: only time and output are limited"),
    };
    let mut item = Item::new("sandbox", state, what);
    for (level, reason) in &ladder.refused {
        item = item.note(format!("not {}: {reason}", level.name()));
    }
    if sandbox::has_control_groups() {
        item =
            item.note("with a control group for each run: the kernel counts memory and processes");
    }
    for lack in sandbox::lacks(ladder.level) {
        item = item.note(format!("limit: {lack}"));
    }
    sandbox::advice(ladder).into_iter().fold(item, Item::advise)
}

/// What was measured of a program that was really built and run.
fn measured() -> Vec<Item> {
    let run = match sample() {
        Ok(run) => run,
        Err(error) => return vec![missing("building", &error)],
    };
    let heap = run
        .heap
        .as_ref()
        .map(|heap| (heap.total.bytes, heap.total.blocks));
    let lost = run.heap.as_ref().and_then(|heap| heap.definitely_lost);
    let item = |name, good: bool, found: &str, advice: &str| {
        let state = if good { State::Good } else { State::Missing };
        let item = Item::new(name, state, if good { found } else { "not measured" });
        if good { item } else { item.advise(advice) }
    };
    let tracing = "allow ptrace: in a container `--cap-add SYS_PTRACE`, else look at kernel.yama.ptrace_scope";
    let mut items = vec![
        item(
            "heap",
            heap == Some((4096, 1)),
            "exact, with lines",
            "use the rustc that memgrade was built with",
        ),
        item(
            "leaks",
            lost.is_some(),
            "lost and reachable, reference cycles",
            tracing,
        ),
        item(
            "marks",
            run.timeline.iter().any(|point| point.mark.is_some()),
            "at each printed line",
            tracing,
        ),
        item(
            "pages",
            run.pages.peak_resident_bytes.is_some(),
            "resident, virtual, faults",
            tracing,
        ),
        item(
            "stack",
            run.stack.peak_bytes.is_some(),
            "deepest, of all threads",
            tracing,
        ),
    ];
    if !run.aslr_off {
        let note = "addresses are randomized: resident figures vary a little more, and have a larger tolerance";
        items.push(
            Item::new("addresses", State::Less, note)
                .advise("allow `personality` in the container's seccomp profile"),
        );
    }
    items
}

/// Builds and runs the sample.
fn sample() -> Result<Observation, Error> {
    let runner = Local::new(Vec::new())?;
    let request = Request {
        files: BTreeMap::from([("main.rs".to_owned(), SAMPLE.as_bytes().to_vec())]),
        root: "main.rs".to_owned(),
        edition: Edition::E2024,
        unsafe_code: UnsafePolicy::Forbid,
        allow_lints: Vec::new(),
        memory_errors: false,
        harness: None,
    };
    let artifact = match runner.build(&request)? {
        Built::Program(artifact) => artifact,
        Built::Failed(failure) => {
            let hint = "try `rustc --version`, and install Rust again if it fails";
            return Err(Error::machine(failure.finding.message, hint));
        }
    };
    let case = Case {
        name: String::new(),
        args: Vec::new(),
        stdin: String::new(),
        env: BTreeMap::new(),
        limits: Limits::default(),
        hidden: false,
        finishes_with: None,
        checks: Vec::new(),
    };
    runner.run(&artifact, &case)
}
