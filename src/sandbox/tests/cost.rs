//! How long a contained run takes beside a bare one. `bench/compare --only sandbox` starts this and makes a table of it.

use std::process::Stdio;

use super::*;
use crate::sandbox::{Scratch, ladder};

/// The program to start.
const PROGRAM: &str = "MEMGRADE_COST_PROGRAM";
/// How often, at each level.
const RUNS: &str = "MEMGRADE_COST_RUNS";
/// Another command to compare with: its words, with a tab between them.
const OTHER: &str = "MEMGRADE_COST_OTHER";

/// Prints one line for each repetition: milliseconds of the bare program, of each level, and of the other command.
#[test]
#[ignore = "measures; bench/compare starts it"]
fn starting_a_program() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let path = variable(PROGRAM);
    let runs: u32 = variable(RUNS).parse().unwrap();
    let other = std::env::var(OTHER).ok();
    let best = ladder::chosen().level;
    let levels = [Level::Full, Level::Landlock, Level::Limits];
    let given: Vec<Level> = levels.into_iter().filter(|level| *level >= best).collect();
    let milliseconds = |work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64() * 1e3
    };
    let started = |words: &[&str]| {
        let output = Command::new(words[0])
            .args(&words[1..])
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        assert!(!output.stdout.is_empty());
    };
    for number in 0..=runs {
        let mut times = vec![("bare", milliseconds(&mut || started(&[&path])))];
        for &level in &given {
            let time = milliseconds(&mut || {
                let scratch = Scratch::new(level).unwrap();
                let mut program = program(&path);
                program.level = level;
                program.directory = scratch.path().to_owned();
                program.scratch = scratch.path().to_owned();
                let run = finish(&program);
                assert_eq!((run.end, run.limit), (End::Exited(0), None));
                assert!(!run.stdout.kept.is_empty());
            });
            times.push((level.name(), time));
        }
        if let Some(words) = &other {
            let words: Vec<&str> = words.split('\t').collect();
            times.push(("other", milliseconds(&mut || started(&words))));
        }
        // The first finds nothing in any cache.
        if number > 0 {
            let fields = times
                .iter()
                .map(|(name, time)| format!("\"{name}\":{time:.4}"));
            println!("cost {{{}}}", fields.collect::<Vec<_>>().join(","));
        }
    }
}
