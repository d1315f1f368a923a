//! Which level this machine gives: found by a dry run of a whole sandboxed program at each, best first.
//!
//! Asking whether a call exists proves nothing: many systems let a namespace be made and refuse what it is for later.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use super::{End, Ladder, Limits, NoWatcher, Program, Scratch, View, remembered};
use crate::observe::Level;

/// The variable that asks for a lower level than the machine gives: to see what a lower one does, never to be trusted more.
pub(super) const VARIABLE: &str = "MEMGRADE_SANDBOX";

/// Levels with dry runs, best first. The last works wherever programs can be started at all.
const TRIED: [Level; 3] = [Level::Full, Level::Landlock, Level::Limits];

/// The ladder of this process: the one that is remembered, else found by dry runs.
static CHOSEN: OnceLock<Chosen> = OnceLock::new();
/// Found by dry runs because what was remembered did not work.
static AGAIN: OnceLock<Ladder> = OnceLock::new();

/// A ladder, and where it comes from.
#[derive(Debug)]
struct Chosen {
    ladder: Ladder,
    remembered: bool,
}

/// The ladder of this process.
pub(super) fn chosen() -> &'static Ladder {
    AGAIN.get().unwrap_or_else(|| &first().ladder)
}

fn first() -> &'static Chosen {
    CHOSEN.get_or_init(|| match remembered::recall() {
        Some(ladder) => Chosen {
            ladder,
            remembered: true,
        },
        None => Chosen {
            ladder: found(),
            remembered: false,
        },
    })
}

/// Climbs, and keeps the answer.
fn found() -> Ladder {
    let ladder = climb(asked());
    remembered::keep(&ladder);
    ladder
}

/// Called when a run could not be set up: if its level was a remembered one, forgets that and does the dry runs. Says whether
/// there is another level now, at which to try again.
pub(super) fn doubt(level: Level) -> bool {
    if CHOSEN.get().is_none_or(|chosen| !chosen.remembered) {
        return false;
    }
    let ladder = AGAIN.get_or_init(|| {
        remembered::forget();
        found()
    });
    ladder.level != level
}

/// The level that is tried first.
pub(super) fn best() -> Level {
    let asked = asked();
    TRIED
        .into_iter()
        .find(|level| asked.is_none_or(|asked| *level >= asked))
        .unwrap_or(Level::Limits)
}

/// The ladder with a level at which nothing was tried in vain: all that is better was not asked for.
pub(super) fn unasked(level: Level) -> Ladder {
    let better = TRIED.into_iter().filter(|tried| *tried < level);
    Ladder {
        level,
        refused: better.map(|level| (level, not_asked())).collect(),
    }
}

/// Why a level was not tried.
fn not_asked() -> String {
    format!("{VARIABLE} asks for a lower one")
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
            refused.push((level, not_asked()));
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

/// What somebody who may change this machine can do for a better level.
pub(super) fn advice(ladder: &Ladder) -> Vec<&'static str> {
    let mut advice = Vec::new();
    if std::env::var_os(VARIABLE).is_some() {
        return vec!["unset MEMGRADE_SANDBOX to get the best level that this machine gives"];
    }
    if ladder.level > Level::Full {
        let on = |path: &str, value: &str| {
            std::fs::read_to_string(path).is_ok_and(|text| text.trim() == value)
        };
        if on("/proc/sys/user/max_user_namespaces", "0") {
            advice.push("allow user namespaces: `sysctl user.max_user_namespaces=15000`");
        } else if on("/proc/sys/kernel/unprivileged_userns_clone", "0") {
            advice.push("allow user namespaces: `sysctl kernel.unprivileged_userns_clone=1`");
        } else if on(
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
        ) {
            advice.push(
                "let AppArmor allow user namespaces: `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or a profile for \
                 memgrade with `userns,`",
            );
        } else if Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists() {
            advice.push(
                "in a container: let it make namespaces, for example `docker run --security-opt seccomp=unconfined --security-opt \
                 systempaths=unconfined`",
            );
        } else {
            advice.push("full containment needs Linux 5.12 or later with user namespaces, or root");
        }
    }
    if !super::has_control_groups() && Path::new("/run/systemd/system").exists() {
        advice.push(
            "for memory limits that the kernel counts exactly: `systemd-run --user --scope -p Delegate=yes memgrade …`",
        );
    }
    if ladder.level > Level::Landlock {
        advice.push("Landlock needs Linux 5.13 or later with `landlock` among the security modules (boot option `lsm=`)");
    }
    advice
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
