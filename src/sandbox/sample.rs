//! A program to run in tests.

use std::path::Path;
use std::time::Duration;

use super::{Limits, Program, Scratch, View};
use crate::observe::Level;

/// The variable that names the level of the programs here.
pub(super) const VARIABLE: &str = "MEMGRADE_SANDBOX";

/// The level that [`VARIABLE`] names, else limits only.
pub(super) fn level() -> Level {
    match std::env::var(VARIABLE).as_deref() {
        Ok("full") => Level::Full,
        Ok("landlock") => Level::Landlock,
        _ => Level::Limits,
    }
}

/// A program with limits that nothing here hits by itself, at the level that `MEMGRADE_SANDBOX` names, else with limits only.
pub(super) fn program(executable: impl AsRef<Path>) -> Program {
    let level = level();
    let folder = match level {
        Level::Full => Scratch::own().to_owned(),
        _ => std::env::temp_dir(),
    };
    Program {
        executable: executable.as_ref().into(),
        args: Vec::new(),
        env: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
        directory: folder.clone(),
        stdin: Vec::new(),
        limits: Limits {
            wall: Duration::from_secs(20),
            cpu: Duration::from_secs(20),
            memory: 512 << 20,
            heap: None,
            stack: 8 << 20,
            output: 4 << 20,
            processes: 64,
            file_size: 16 << 20,
        },
        pass_fds: Vec::new(),
        traced: true,
        level,
        view: View {
            scratch_bytes: 32 << 20,
            scratch_files: 1000,
            ..View::default()
        },
        scratch: folder,
        take_out: None,
    }
}
