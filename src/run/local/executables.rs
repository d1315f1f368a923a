//! What is known of the executables that were run last. To read it again for every case takes longer than many a case runs.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::build::Artifact;
use crate::error::Error;
use crate::probe::{CodeMap, DebugInfo};
use crate::sandbox;

/// The version of what is kept beside a program in the cache about its code.
pub(super) const CODE_SIDECAR: &str = "code-v4";

/// So many are remembered: one for each of many workers, as the cases of a program are run one after the other.
const REMEMBERED: usize = 16;

/// An executable as it was read.
pub(super) struct Executable {
    /// Of the artifact; empty for a program that was not built here, and may be another one the next time.
    key: String,
    /// Which code is whose.
    pub(super) code: CodeMap,
    /// Lines and names.
    pub(super) debug: DebugInfo,
}

/// Executables that nobody runs at the moment, the last one last.
#[derive(Default)]
pub(super) struct Recent(Mutex<VecDeque<Executable>>);

impl std::fmt::Debug for Recent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recent").finish_non_exhaustive()
    }
}

impl Recent {
    /// What is known of an executable; it is read if nothing is.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is not an executable of this system.
    pub(super) fn take(&self, artifact: &Artifact) -> Result<Executable, Error> {
        if let Some(known) = self.remembered(&artifact.key) {
            return Ok(known);
        }
        Ok(Executable {
            key: artifact.key.clone(),
            code: code(artifact)?,
            debug: DebugInfo::open(&artifact.executable),
        })
    }

    fn remembered(&self, key: &str) -> Option<Executable> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = all.iter().position(|one| one.key == key);
        place.and_then(|place| all.remove(place))
    }

    /// Remembers it for the next run.
    pub(super) fn keep(&self, executable: Executable) {
        if executable.key.is_empty() {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(executable);
        if all.len() > REMEMBERED {
            all.pop_front();
        }
    }
}

/// What is known of an executable's code. For a program of ours it is kept in the cache.
fn code(artifact: &Artifact) -> Result<CodeMap, Error> {
    if sandbox::is_portable() {
        // Nothing is asked of it there, and executables have other formats.
        return Ok(CodeMap::default());
    }
    let read = || {
        CodeMap::of(&artifact.executable).map_err(|error| {
            Error::usage(
                format!("{}: {error}", artifact.executable.display()),
                "give a Rust source file or an executable of this system",
            )
        })
    };
    if artifact.key.is_empty() {
        return read();
    }
    let bug = |error: serde_json::Error| Error::Bug(format!("code map: {error}"));
    let bytes = artifact.sidecar(CODE_SIDECAR, || serde_json::to_vec(&read()?).map_err(bug))?;
    serde_json::from_slice(&bytes).map_err(bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_and_nobody_shares_one() {
        let named = |key: String| Executable {
            key,
            code: CodeMap::default(),
            debug: DebugInfo::open(std::path::Path::new("")),
        };
        let recent = Recent::default();
        for number in 0..=REMEMBERED {
            recent.keep(named(number.to_string()));
        }
        assert!(recent.remembered("0").is_none());
        assert!(recent.remembered("1").is_some());
        // Whoever has it has it alone.
        assert!(recent.remembered("1").is_none());
        // A file that is no build of ours may be another one by now.
        recent.keep(named(String::new()));
        assert!(recent.remembered("").is_none());
    }
}
