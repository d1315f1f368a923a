//! Running: building submissions and doing their planned runs with a pool of workers.
//!
//! The main function is [`execute`]. It knows neither the command line nor any report: it takes [`Work`], asks a
//! [`Runner`] for builds and runs, and tells what happens as [`Event`]s. The last event of each piece of work
//! carries the [`Facts`] for the judge.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::mpsc;

use crate::build::{Artifact, Built, Request};
use crate::course::limits;
use crate::course::spec::{Case, Exercise, OutcomeKind};
use crate::error::Error;
use crate::judge::Facts;
use crate::observe::Observation;

pub mod local;
pub mod memory;
mod pool;
mod room;
mod self_test;

use memory::{Memory, Place};
use pool::Pool;

/// One exercise of one submission.
pub struct Work<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// Reads the submission. A worker does it when the work's turn comes, so that a thousand submissions are never in
    /// memory at once.
    pub prepare: Box<dyn FnOnce() -> Result<Prepared, Error> + Send + 'a>,
    /// The cases that are run although their runs are remembered, by name.
    pub again: Vec<String>,
}

/// What work is done with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Workers.
    pub jobs: NonZeroUsize,
    /// Bytes that the memory limits of all runs at one time may add up to; a run that asks for more than that runs alone. `None`
    /// where nothing is known of this machine's memory.
    pub memory_budget: Option<u64>,
    /// What was run before.
    pub memory: &'a dyn Memory,
}

impl Means<'_> {
    /// With so many workers, and nothing remembered.
    pub fn workers(jobs: NonZeroUsize) -> Self {
        Self {
            jobs,
            memory_budget: None,
            memory: &memory::Forgetful,
        }
    }
}

/// What is known before anything is built.
#[derive(Debug, Default)]
pub struct Prepared {
    /// What to build; `None` when there is nothing to build, and the facts say why.
    pub request: Option<Request>,
    /// Sources and findings about them.
    pub facts: Facts,
}

/// Builds and runs. The seam for tests, which script observations without a compiler.
pub trait Runner: Sync {
    /// Builds a program.
    fn build(&self, request: &Request) -> Result<Built, Error>;

    /// Does one run of a case, with a fresh directory that is gone afterwards.
    fn run(&self, artifact: &Artifact, case: &Case) -> Result<Observation, Error>;

    /// All that builds and runs depend on besides what they are given: the compiler, the probe, the sandbox, limits of the
    /// command line.
    fn identity(&self) -> String {
        String::new()
    }

    /// The memory limit of a run, in bytes.
    fn memory_of(&self, case: &Case) -> u64 {
        limits::resolve(&case.limits, &[]).memory
    }

    /// Whether the user wants to stop.
    fn interrupted(&self) -> bool {
        false
    }
}

/// What happens, as it happens. `work` is the index of the work concerned.
#[derive(Debug)]
pub enum Event {
    /// All that is going to happen.
    Started {
        /// Programs to build.
        builds: usize,
        /// Runs, if every program builds.
        runs: usize,
    },
    /// A build has begun.
    Building {
        /// The work.
        work: usize,
    },
    /// A build has ended.
    Built {
        /// The work.
        work: usize,
        /// Whether there is a program.
        ok: bool,
        /// Runs that will not happen, because there is none.
        dropped_runs: usize,
    },
    /// A run has begun.
    CaseStarted {
        /// The work.
        work: usize,
        /// Index of the case.
        case: usize,
    },
    /// A run has ended.
    CaseFinished {
        /// The work.
        work: usize,
        /// Index of the case.
        case: usize,
        /// How it ended; `None` when it could not be done here.
        kind: Option<OutcomeKind>,
    },
    /// Everything about this work is known.
    Finished {
        /// The work.
        work: usize,
        /// For the judge.
        facts: Box<Facts>,
        /// Where each case's first run is remembered, by its name; none where there was no program.
        places: BTreeMap<String, Place>,
    },
}

/// Does all the work with the means that there are and gives every event to `sink`, on the calling thread.
///
/// What happens to one piece of work never touches another. After an interrupt the workers stop; work that was not
/// finished then has no [`Event::Finished`].
///
/// # Errors
/// [`Error::Interrupted`], [`Error::Machine`] when no thread can be started, and what keeps runs from being remembered.
pub fn execute(
    works: Vec<Work<'_>>,
    runner: &dyn Runner,
    means: Means<'_>,
    sink: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let pool = Pool::new(works, runner, means);
    sink(Event::Started {
        builds: pool.works(),
        runs: pool.runs(),
    });
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for number in 1..=means.jobs.get().min(pool.works()) {
            let (pool, sender) = (&pool, sender.clone());
            let started = std::thread::Builder::new()
                .name(format!("worker {number}"))
                .spawn_scoped(scope, move || pool.work(&sender));
            if let Err(source) = started {
                pool.stop();
                return Err(Error::machine(
                    format!("cannot start a thread: {source}"),
                    "use fewer workers: --jobs 1",
                ));
            }
        }
        drop(sender);
        for event in receiver {
            sink(event);
        }
        Ok(())
    })?;
    pool.end()
}

#[cfg(test)]
mod tests;
