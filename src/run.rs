//! Running: building submissions and doing their planned runs with a pool of workers.
//!
//! The main function is [`execute`]. It knows neither the command line nor any report: it takes [`Work`], asks a
//! [`Runner`] for builds and runs, and tells what happens as [`Event`]s. The last event of each piece of work
//! carries the [`Facts`] for the judge.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use crate::build::{Artifact, Built, Request};
use crate::course::spec::{Case, Exercise, OutcomeKind};
use crate::error::Error;
use crate::judge::Facts;
use crate::observe::Observation;
use crate::plan::{self, Step};

pub mod local;
mod self_test;

/// One exercise of one submission.
pub struct Work<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// Reads the submission. A worker does it when the work's turn comes, so that a thousand submissions are never in
    /// memory at once.
    pub prepare: Box<dyn FnOnce() -> Result<Prepared, Error> + Send + 'a>,
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
    },
}

/// Does all the work with at most `jobs` workers at once and gives every event to `sink`, on the calling thread.
///
/// What happens to one piece of work never touches another. After an interrupt the workers stop; work that was not
/// finished then has no [`Event::Finished`].
///
/// # Errors
/// [`Error::Interrupted`], or [`Error::Machine`] when no thread can be started.
pub fn execute(
    works: Vec<Work<'_>>,
    runner: &dyn Runner,
    jobs: NonZeroUsize,
    sink: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let pool = Pool::new(works, runner);
    let steps = pool.slots.iter().flat_map(|slot| &slot.steps);
    sink(Event::Started {
        builds: pool.slots.len(),
        runs: steps.map(|step| step.runs.len()).sum(),
    });
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for number in 1..=jobs.get().min(pool.slots.len()) {
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
    if pool.lock().stopped {
        return Err(Error::Interrupted);
    }
    Ok(())
}

/// A task for one worker.
enum Task {
    Build {
        slot: usize,
    },
    Step {
        slot: usize,
        step: usize,
        artifact: Arc<Artifact>,
    },
}

/// One piece of work and how far it is.
struct Slot<'a> {
    exercise: &'a Exercise,
    steps: Vec<Step>,
    progress: Mutex<Progress<'a>>,
}

struct Progress<'a> {
    /// Taken when the work begins.
    prepare: Option<Box<dyn FnOnce() -> Result<Prepared, Error> + Send + 'a>>,
    /// Taken when the work is finished.
    facts: Facts,
    steps_left: usize,
}

struct Queue {
    ready: VecDeque<Task>,
    /// Tasks in the hands of workers; they may bring further tasks.
    busy: usize,
    stopped: bool,
}

struct Pool<'a> {
    slots: Vec<Slot<'a>>,
    runner: &'a dyn Runner,
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Taken for writing by a step that must run alone.
    quiet: RwLock<()>,
}

impl<'a> Pool<'a> {
    fn new(works: Vec<Work<'a>>, runner: &'a dyn Runner) -> Self {
        let ready = (0..works.len()).map(|slot| Task::Build { slot }).collect();
        let slots = works.into_iter().map(|work| {
            let steps = plan::steps(work.exercise);
            Slot {
                exercise: work.exercise,
                progress: Mutex::new(Progress {
                    prepare: Some(work.prepare),
                    facts: Facts::default(),
                    steps_left: steps.len(),
                }),
                steps,
            }
        });
        Self {
            slots: slots.collect(),
            runner,
            queue: Mutex::new(Queue {
                ready,
                busy: 0,
                stopped: false,
            }),
            changed: Condvar::new(),
            quiet: RwLock::new(()),
        }
    }

    /// A panic in a task is caught in the task, so a poisoned lock guards nothing that is half done.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// What one worker does until nothing is left.
    fn work(&self, events: &Sender<Event>) {
        while let Some(task) = self.next() {
            let more = match task {
                Task::Build { slot } => self.build(slot, events),
                Task::Step {
                    slot,
                    step,
                    artifact,
                } => {
                    self.step(slot, step, &artifact, events);
                    Vec::new()
                }
            };
            let mut queue = self.lock();
            queue.busy -= 1;
            // In front, so that work that was begun is finished before other work begins.
            for task in more.into_iter().rev() {
                queue.ready.push_front(task);
            }
            drop(queue);
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if self.runner.interrupted() {
                queue.stopped = true;
                self.changed.notify_all();
            }
            if queue.stopped {
                return None;
            }
            if let Some(task) = queue.ready.pop_front() {
                queue.busy += 1;
                return Some(task);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Builds, and gives the steps that became possible.
    fn build(&self, slot: usize, events: &Sender<Event>) -> Vec<Task> {
        let work = &self.slots[slot];
        send(events, Event::Building { work: slot });
        let built = {
            let _shared = self.quiet.read().unwrap_or_else(PoisonError::into_inner);
            guarded("building", || self.prepare_and_build(slot))
        };
        if let Err(Error::Interrupted) = built {
            self.stop();
            return Vec::new();
        }
        let ok = matches!(built, Ok(Some(Built::Program(_))));
        let runs = work.steps.iter().map(|step| step.runs.len()).sum();
        let dropped_runs = if ok { 0 } else { runs };
        send(
            events,
            Event::Built {
                work: slot,
                ok,
                dropped_runs,
            },
        );
        match built {
            Ok(Some(Built::Program(artifact))) => {
                let artifact = Arc::new(artifact);
                let tasks = (0..work.steps.len()).map(|step| Task::Step {
                    slot,
                    step,
                    artifact: Arc::clone(&artifact),
                });
                let tasks: Vec<Task> = tasks.collect();
                if tasks.is_empty() {
                    self.finish(slot, events);
                }
                return tasks;
            }
            Ok(Some(Built::Failed(failure))) => {
                self.progress(slot).facts.build_failure = Some(failure);
            }
            Ok(None) => {}
            Err(error) => {
                let mut progress = self.progress(slot);
                for case in &work.exercise.cases {
                    let finding = error.to_finding();
                    progress
                        .facts
                        .unmeasurable
                        .insert(case.name.clone(), finding);
                }
            }
        }
        self.finish(slot, events);
        Vec::new()
    }

    fn prepare_and_build(&self, slot: usize) -> Result<Option<Built>, Error> {
        let prepare = self.progress(slot).prepare.take();
        let prepared = prepare.map_or_else(|| Ok(Prepared::default()), |prepare| prepare())?;
        self.progress(slot).facts = prepared.facts;
        prepared
            .request
            .map(|request| self.runner.build(&request))
            .transpose()
    }

    fn step(&self, slot: usize, step: usize, artifact: &Artifact, events: &Sender<Event>) {
        let work = &self.slots[slot];
        let step = &work.steps[step];
        let (_alone, _shared);
        if step.alone {
            _alone = self.quiet.write().unwrap_or_else(PoisonError::into_inner);
        } else {
            _shared = self.quiet.read().unwrap_or_else(PoisonError::into_inner);
        }
        for &index in &step.runs {
            let case = &work.exercise.cases[index];
            if self
                .progress(slot)
                .facts
                .unmeasurable
                .contains_key(&case.name)
            {
                continue;
            }
            if self.runner.interrupted() {
                self.stop();
                return;
            }
            send(
                events,
                Event::CaseStarted {
                    work: slot,
                    case: index,
                },
            );
            let result = guarded("running", || self.runner.run(artifact, case));
            let kind = result.as_ref().ok().map(|run| run.outcome.kind);
            match result {
                Ok(run) => {
                    let mut progress = self.progress(slot);
                    let runs = &mut progress.facts.runs;
                    runs.entry(case.name.clone()).or_default().push(run);
                }
                Err(Error::Interrupted) => {
                    self.stop();
                    return;
                }
                Err(error) => {
                    let mut progress = self.progress(slot);
                    let unmeasurable = &mut progress.facts.unmeasurable;
                    unmeasurable.insert(case.name.clone(), error.to_finding());
                }
            }
            send(
                events,
                Event::CaseFinished {
                    work: slot,
                    case: index,
                    kind,
                },
            );
        }
        let mut progress = self.progress(slot);
        progress.steps_left -= 1;
        let last = progress.steps_left == 0;
        drop(progress);
        if last {
            self.finish(slot, events);
        }
    }

    fn progress(&self, slot: usize) -> MutexGuard<'_, Progress<'a>> {
        let progress = &self.slots[slot].progress;
        progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, slot: usize, events: &Sender<Event>) {
        let facts = std::mem::take(&mut self.progress(slot).facts);
        let facts = Box::new(facts);
        send(events, Event::Finished { work: slot, facts });
    }
}

/// The receiver only goes when the whole scope unwinds, and then nobody needs the event.
fn send(events: &Sender<Event>, event: Event) {
    let _ = events.send(event);
}

/// Makes a panic the failure of one task.
fn guarded<T>(doing: &str, task: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(task)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::Bug(format!(
            "this is a bug in memgrade: {doing} panicked: {}",
            text.as_deref().unwrap_or("no message")
        )))
    })
}

#[cfg(test)]
mod tests;
