//! The pool of workers: who does which piece of work when.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use super::memory::{Address, Memory, Place, Program};
use super::room::Room;
use super::{Event, Means, Prepared, Runner, Work};
use crate::build::{Artifact, Built, Request};
use crate::course::spec::{Case, Exercise, OutcomeKind};
use crate::error::Error;
use crate::judge::Facts;
use crate::observe::Observation;
use crate::plan::{self, Step};

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
    again: Vec<String>,
    progress: Mutex<Progress<'a>>,
}

struct Progress<'a> {
    /// Taken when the work begins.
    prepare: Option<Box<dyn FnOnce() -> Result<Prepared, Error> + Send + 'a>>,
    /// Taken when the work is finished.
    facts: Facts,
    steps_left: usize,
    /// Where the runs of each step are remembered; empty until the program is known.
    addresses: Vec<Address>,
}

struct Queue {
    ready: VecDeque<Task>,
    /// Tasks in the hands of workers; they may bring further tasks.
    busy: usize,
    stopped: bool,
    /// Why it was stopped, if not by the user.
    failed: Option<Error>,
}

pub(super) struct Pool<'a> {
    slots: Vec<Slot<'a>>,
    runner: &'a dyn Runner,
    memory: &'a dyn Memory,
    room: Room,
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Taken for writing by a step that must run alone.
    quiet: RwLock<()>,
}

impl<'a> Pool<'a> {
    pub(super) fn new(works: Vec<Work<'a>>, runner: &'a dyn Runner, means: Means<'a>) -> Self {
        let ready = (0..works.len()).map(|slot| Task::Build { slot }).collect();
        let slots = works.into_iter().map(|work| {
            let steps = plan::steps(work.exercise);
            Slot {
                exercise: work.exercise,
                progress: Mutex::new(Progress {
                    prepare: Some(work.prepare),
                    facts: Facts::default(),
                    steps_left: steps.len(),
                    addresses: Vec::new(),
                }),
                again: work.again,
                steps,
            }
        });
        Self {
            slots: slots.collect(),
            runner,
            memory: means.memory,
            room: Room::new(means.memory_budget),
            queue: Mutex::new(Queue {
                ready,
                busy: 0,
                stopped: false,
                failed: None,
            }),
            changed: Condvar::new(),
            quiet: RwLock::new(()),
        }
    }

    /// How many pieces of work there are.
    pub(super) fn works(&self) -> usize {
        self.slots.len()
    }

    /// How many runs they are, if nothing is remembered and everything builds.
    pub(super) fn runs(&self) -> usize {
        let steps = self.slots.iter().flat_map(|slot| &slot.steps);
        steps.map(|step| step.runs.len()).sum()
    }

    /// Whether it came to its end.
    pub(super) fn end(self) -> Result<(), Error> {
        let queue = self.queue.into_inner();
        let queue = queue.unwrap_or_else(PoisonError::into_inner);
        match queue.failed {
            Some(error) => Err(error),
            None if queue.stopped => Err(Error::Interrupted),
            None => Ok(()),
        }
    }

    /// A panic in a task is caught in the task, so a poisoned lock guards nothing that is half done.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Ends the work for a reason that concerns all of it.
    fn fail(&self, error: Error) {
        let mut queue = self.lock();
        queue.stopped = true;
        queue.failed.get_or_insert(error);
        drop(queue);
        self.changed.notify_all();
    }

    /// What one worker does until nothing is left.
    pub(super) fn work(&self, events: &Sender<Event>) {
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

    /// Builds unless all runs are remembered, and gives the steps that became possible.
    fn build(&self, slot: usize, events: &Sender<Event>) -> Vec<Task> {
        let work = &self.slots[slot];
        send(events, Event::Building { work: slot });
        let prepared = guarded("reading a submission", || self.prepare(slot));
        let (request, missing) = match prepared {
            Ok(Ok(prepared)) => prepared,
            // What cannot be remembered concerns everything.
            Ok(Err(error)) => {
                self.fail(error);
                return Vec::new();
            }
            Err(error) => return self.not_built(slot, &error, events),
        };
        let runs = |steps: &mut dyn Iterator<Item = usize>| -> usize {
            steps.map(|step| work.steps[step].runs.len()).sum()
        };
        let all = runs(&mut (0..work.steps.len()));
        let to_do = runs(&mut missing.iter().copied());
        let built = match request {
            Some(request) if !missing.is_empty() => {
                let _shared = self.quiet.read().unwrap_or_else(PoisonError::into_inner);
                guarded("building", || self.runner.build(&request)).map(Some)
            }
            _ => Ok(None),
        };
        match built {
            Ok(Some(Built::Program(artifact))) => {
                Self::tell_built(slot, true, all - to_do, events);
                let artifact = Arc::new(artifact);
                let tasks = missing.into_iter().map(|step| Task::Step {
                    slot,
                    step,
                    artifact: Arc::clone(&artifact),
                });
                return tasks.collect();
            }
            Ok(Some(Built::Failed(failure))) => {
                // What was remembered of its runs is of another day's compiler; there is no program now.
                let mut progress = self.progress(slot);
                progress.facts.runs.clear();
                progress.addresses.clear();
                progress.facts.build_failure = Some(failure);
            }
            Ok(None) => {}
            Err(Error::Interrupted) => {
                self.stop();
                return Vec::new();
            }
            Err(error) => return self.not_built(slot, &error, events),
        }
        let ok = self.progress(slot).facts.build_failure.is_none();
        Self::tell_built(slot, ok, all, events);
        self.finish(slot, events);
        Vec::new()
    }

    fn tell_built(slot: usize, ok: bool, dropped_runs: usize, events: &Sender<Event>) {
        send(
            events,
            Event::Built {
                work: slot,
                ok,
                dropped_runs,
            },
        );
    }

    /// This machine cannot build it: no case of it is measured.
    fn not_built(&self, slot: usize, error: &Error, events: &Sender<Event>) -> Vec<Task> {
        let work = &self.slots[slot];
        {
            let mut progress = self.progress(slot);
            for case in &work.exercise.cases {
                let unmeasurable = &mut progress.facts.unmeasurable;
                unmeasurable.insert(case.name.clone(), error.to_finding());
            }
        }
        let runs = work.steps.iter().map(|step| step.runs.len()).sum();
        Self::tell_built(slot, false, runs, events);
        self.finish(slot, events);
        Vec::new()
    }

    /// Reads the submission, and takes what is remembered of its runs: the steps that are left to do. The inner error is the
    /// memory's.
    #[expect(
        clippy::type_complexity,
        reason = "the outer error is this work's, the inner one everybody's"
    )]
    fn prepare(&self, slot: usize) -> Result<Result<(Option<Request>, Vec<usize>), Error>, Error> {
        let work = &self.slots[slot];
        let prepare = self.progress(slot).prepare.take();
        let Prepared { request, mut facts } =
            prepare.map_or_else(|| Ok(Prepared::default()), |prepare| prepare())?;
        let mut addresses = Vec::new();
        let mut missing = Vec::new();
        if let Some(request) = &request {
            let program = Program::new(request, self.runner);
            for (index, step) in work.steps.iter().enumerate() {
                let address = program.step(work.exercise, step)?;
                let names = || {
                    step.runs
                        .iter()
                        .map(|&case| &work.exercise.cases[case].name)
                };
                let known = if names().any(|name| work.again.contains(name)) {
                    None
                } else {
                    match self.memory.recall(&address) {
                        Ok(known) => known.filter(|runs| runs.len() == step.runs.len()),
                        Err(error) => return Ok(Err(error)),
                    }
                };
                match known {
                    Some(runs) => {
                        for (name, run) in names().zip(runs) {
                            facts.runs.entry(name.clone()).or_default().push(run);
                        }
                    }
                    None => missing.push(index),
                }
                addresses.push(address);
            }
        }
        let mut progress = self.progress(slot);
        progress.facts = facts;
        progress.steps_left = missing.len();
        progress.addresses = addresses;
        Ok(Ok((request, missing)))
    }

    fn step(&self, slot: usize, step: usize, artifact: &Artifact, events: &Sender<Event>) {
        let work = &self.slots[slot];
        let number = step;
        let step = &work.steps[step];
        let asks = |&index: &usize| self.runner.memory_of(&work.exercise.cases[index]);
        let _room = self
            .room
            .take(step.runs.iter().map(asks).max().unwrap_or(0));
        let (_alone, _shared);
        if step.alone {
            _alone = self.quiet.write().unwrap_or_else(PoisonError::into_inner);
        } else {
            _shared = self.quiet.read().unwrap_or_else(PoisonError::into_inner);
        }
        let mut done = Vec::new();
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
            let result = if step.alone {
                self.undisturbed(artifact, case)
            } else {
                guarded("running", || self.runner.run(artifact, case))
            };
            let kind = result.as_ref().ok().map(|run| run.outcome.kind);
            match result {
                Ok(run) => {
                    done.push(run.clone());
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
        if done.len() == step.runs.len() {
            let address = self.progress(slot).addresses.get(number).cloned();
            let kept = address.map(|address| self.memory.keep(&address, &done));
            if let Some(Err(error)) = kept {
                self.fail(error);
                return;
            }
        }
        let mut progress = self.progress(slot);
        progress.steps_left -= 1;
        let last = progress.steps_left == 0;
        drop(progress);
        if last {
            self.finish(slot, events);
        }
    }

    /// Runs a case whose times are graded: once more, and once again, if the program had to wait for a machine that was busy with
    /// something else. The run that waited least is taken. A program that waits of its own accord only takes longer.
    fn undisturbed(&self, artifact: &Artifact, case: &Case) -> Result<Observation, Error> {
        let mut best = guarded("running", || self.runner.run(artifact, case))?;
        for _ in 1..TRIES {
            let ended = best.outcome.kind == OutcomeKind::Exited;
            if !ended || !was_disturbed(&best) || self.runner.interrupted() {
                break;
            }
            let again = guarded("running", || self.runner.run(artifact, case))?;
            if again.outcome.kind == best.outcome.kind && waited(&again) < waited(&best) {
                best = again;
            }
        }
        Ok(best)
    }

    fn progress(&self, slot: usize) -> MutexGuard<'_, Progress<'a>> {
        let progress = &self.slots[slot].progress;
        progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, slot: usize, events: &Sender<Event>) {
        let work = &self.slots[slot];
        let mut progress = self.progress(slot);
        let facts = Box::new(std::mem::take(&mut progress.facts));
        let mut places = BTreeMap::new();
        for (step, address) in work.steps.iter().zip(&progress.addresses) {
            for (number, &case) in (0..).zip(&step.runs) {
                let place = || Place {
                    address: address.clone(),
                    number,
                };
                let name = &work.exercise.cases[case].name;
                places.entry(name.clone()).or_insert_with(place);
            }
        }
        drop(progress);
        let event = Event::Finished {
            work: slot,
            facts,
            places,
        };
        send(events, event);
    }
}

/// How often a run is done at most whose times are graded.
const TRIES: u32 = 3;
/// Waiting for so long is no disturbance, nor is a tenth of the time that the program computed.
const SHORTEST_DISTURBANCE_MS: f64 = 5.0;

/// For how long a program did not compute, in milliseconds.
fn waited(run: &Observation) -> f64 {
    run.time
        .cpu_ms
        .map_or(0.0, |computed| (run.time.wall_ms - computed).max(0.0))
}

fn was_disturbed(run: &Observation) -> bool {
    let computed = run.time.cpu_ms.unwrap_or(0.0);
    waited(run) > SHORTEST_DISTURBANCE_MS.max(computed / 10.0)
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
