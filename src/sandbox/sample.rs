//! A program to run in tests.

use std::path::Path;
use std::time::Duration;

use super::{Limits, Program, View};
use crate::observe::Level;

/// A program with limits that nothing here hits by itself.
pub(super) fn program(executable: impl AsRef<Path>) -> Program {
    Program {
        executable: executable.as_ref().into(),
        args: Vec::new(),
        env: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())],
        directory: std::env::temp_dir(),
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
        level: Level::Limits,
        view: View::default(),
        scratch: std::env::temp_dir(),
        take_out: None,
    }
}
