//! Which level this machine gives: found by a dry run of a whole sandboxed program at each, best first.
//!
//! Asking whether a call exists proves nothing: many systems let a namespace be made and refuse what it is for later.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use super::{End, Limits, NoWatcher, Program, Scratch, View};
use crate::observe::Level;

/// The variable that asks for a lower level than the machine gives: to see what a lower one does, never to be trusted more.
const VARIABLE: &str = "MEMGRADE_SANDBOX";

/// The level that was found, and why no better one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// The best level that works.
    pub level: Level,
    /// Better levels that were tried, and why each does not work.
    pub refused: Vec<(Level, String)>,
}

/// Levels with dry runs, best first. The last works wherever programs can be started at all.
const TRIED: [Level; 3] = [Level::Full, Level::Landlock, Level::Limits];

/// The ladder of this process, found once.
pub(super) fn chosen() -> &'static Ladder {
    static CHOSEN: OnceLock<Ladder> = OnceLock::new();
    CHOSEN.get_or_init(|| climb(asked()))
}

/// The level that the environment asks for at most.
fn asked() -> Option<Level> {
    let asked = std::env::var(VARIABLE).ok()?;
    TRIED
        .into_iter()
        .chain([Level::None])
        .find(|level| level.name() == asked)
}

/// Tries levels from `best` on.
pub(super) fn climb(best: Option<Level>) -> Ladder {
    let mut refused = Vec::new();
    for level in TRIED {
        if best.is_some_and(|best| level < best) {
            refused.push((level, format!("{VARIABLE} asks for a lower one")));
            continue;
        }
        match dry_run(level) {
            Ok(()) => return Ladder { level, refused },
            Err(reason) => refused.push((level, reason)),
        }
    }
    // Even where the dry run of the last fails, the first real run will say why.
    refused.pop();
    Ladder {
        level: Level::Limits,
        refused,
    }
}

/// Runs a small program of the system's at a level, traced as learners' programs are.
fn dry_run(level: Level) -> Result<(), String> {
    const STATUS: i32 = 7;
    let wrong = |error: crate::error::Error| error.to_string();
    let scratch = Scratch::new(level).map_err(wrong)?;
    let program = Program {
        executable: PathBuf::from("/bin/sh"),
        // It must be able to write where it should, and see itself where std looks.
        args: ["-c", "echo x > file && test -r /proc/self/maps && exit 7"]
            .map(Into::into)
            .into(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        directory: scratch.path().to_owned(),
        stdin: Vec::new(),
        limits: Limits {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(10),
            memory: 256 << 20,
            heap: None,
            stack: 8 << 20,
            output: 4 << 10,
            processes: 8,
            file_size: 1 << 20,
        },
        pass_fds: Vec::new(),
        traced: true,
        level,
        view: View {
            scratch_bytes: 1 << 20,
            scratch_files: 64,
            ..View::default()
        },
        scratch: scratch.path().to_owned(),
        take_out: None,
    };
    let run = super::run(&program, &mut NoWatcher).map_err(wrong)?;
    match run.end {
        End::Exited(STATUS) => Ok(()),
        end => {
            let said = String::from_utf8_lossy(&run.stderr.kept);
            let line = said.lines().next().unwrap_or("nothing").to_owned();
            Err(format!(
                "a program that was tried there ended with {end:?} and said: {line}"
            ))
        }
    }
}
