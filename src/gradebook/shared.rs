//! Reports that several students share: they are unpacked once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::judge::ExerciseReport;

/// Most bytes of reports that are held, as JSON; in memory they are about as large.
const MOST_BYTES: usize = 48 << 20;

/// Reports by their judgment's key, with or without their runs. Students come in turns, so what was used longest ago is what comes
/// next: nothing makes room for another, and what is asked for once is not held.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    asked: BTreeSet<(String, bool)>,
    reports: BTreeMap<(String, bool), Arc<ExerciseReport>>,
    bytes: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, judgment: &str, with_runs: bool) -> Option<Arc<ExerciseReport>> {
        let held = self.lock();
        held.reports.get(&(judgment.to_owned(), with_runs)).cloned()
    }

    /// Holds it if it was asked for before and there is room; `bytes` is its size as JSON.
    pub(super) fn offer(
        &self,
        judgment: &str,
        with_runs: bool,
        report: &ExerciseReport,
        bytes: usize,
    ) {
        let key = (judgment.to_owned(), with_runs);
        let mut held = self.lock();
        if held.asked.insert(key.clone()) || held.bytes.saturating_add(bytes) > MOST_BYTES {
            return;
        }
        held.bytes += bytes;
        held.reports.insert(key, Arc::new(report.clone()));
    }

    /// What was held is no longer what the gradebook says.
    pub(super) fn forget(&self) {
        *self.lock() = Held::default();
    }
}
