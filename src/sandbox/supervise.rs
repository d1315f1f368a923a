//! One run on Linux: a thread that starts and traces the program, and the calling thread that serves its streams.

use std::io::PipeReader;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::confine::{Mark, Shortfall, confinement};
use super::orphans;
use super::pump::{self, Pumped};
use super::spawn::{self, ChildEnds, Started, Waiting};
use super::sys::{self, Change};
use super::tracer::{self, Traced};
use super::tree::{Member, State, Tree};
use super::{End, ExitWatcher, LimitHit, Program, RawRun, Taken, take_out};
use crate::error::Error;
use crate::observe::ControlGroup;

/// Stack of the tracing thread: the watcher may work on deep structures.
const TRACER_STACK: usize = 16 << 20;

/// What the tracing thread gives.
#[derive(Debug)]
struct Followed {
    traced: Traced,
    short: Shortfall,
    /// Why it was not traced although it should have been.
    untraced: Option<String>,
    /// What came of the file that was to be taken out.
    taken: Option<Taken>,
    /// What its control group counted.
    control_group: Option<ControlGroup>,
}

/// Runs a program; breaks it off when `interrupted` becomes true.
pub(super) fn run(
    program: &Program,
    watcher: &mut dyn ExitWatcher,
    interrupted: &AtomicBool,
) -> Result<RawRun, Error> {
    orphans::adopt();
    let (streams, ends) = spawn::streams()?;
    let (done, closed_at_end) = spawn::new_pipe()?;
    let tree = Tree::default();
    let (followed, pumped) = thread::scope(|scope| {
        let follower = thread::Builder::new()
            .name("tracer".into())
            .stack_size(TRACER_STACK)
            .spawn_scoped(scope, || {
                // A thread of its own: it may wait for all of its children, as it has no others.
                let followed = follow(program, ends, &tree, watcher);
                drop(closed_at_end);
                followed
            })
            .map_err(|error| {
                Error::machine(
                    format!("cannot start a thread: {error}"),
                    "close other programs",
                )
            })?;
        let pumped = serve(program, streams, &tree, &done, interrupted);
        let followed = follower
            .join()
            .map_err(|_| Error::Bug("the tracing thread panicked".into()))??;
        Ok::<_, Error>((followed, pumped?))
    })?;
    let state = tree.lock();
    Ok(sum_up(program, &state, followed, pumped))
}

/// Serves the streams; if that fails nobody would end the program, so it is ended.
fn serve(
    program: &Program,
    streams: spawn::Streams,
    tree: &Tree,
    done: &PipeReader,
    interrupted: &AtomicBool,
) -> Result<Pumped, Error> {
    let pumped = pump::serve(program, streams, tree, done, interrupted);
    if pumped.is_err() {
        tree.stop(LimitHit::Interrupted);
    }
    pumped
}

/// Starts the program and follows it to the end.
fn follow(
    program: &Program,
    ends: ChildEnds,
    tree: &Tree,
    watcher: &mut dyn ExitWatcher,
) -> Result<Followed, Error> {
    let waiting = spawn::spawn(program, ends)?;
    let (pid, init) = (waiting.pid, waiting.init);
    let (mark, short) = (waiting.mark, waiting.short);
    let seized = if program.traced {
        Some(sys::seize(pid))
    } else {
        None
    };
    let traced = matches!(seized, Some(Ok(())));
    let mut started = begin(waiting, tree);
    let (mut traced, limited) = if traced {
        let traced = tracer::follow(pid, init, program.limits.processes, tree, watcher);
        if init.is_none() {
            orphans::clear(pid, mark);
        }
        (traced?, false)
    } else {
        if init.is_none() {
            started.wait();
        }
        without_tracing(pid, init, mark, tree)?
    };
    let told = started.over(program)?;
    if let Some(over) = told.over
        && !matches!(seized, Some(Ok(())))
    {
        // What was waited for was process 1, which does not end as the program did.
        traced.end = end_of(sys::decode(over.status));
        traced.survivors = if limited { 0 } else { over.survivors };
    }
    let taken = match (&program.take_out, &told.scratch) {
        (Some(wanted), Some(scratch)) => Some(take_out::take(scratch, wanted)?),
        _ => None,
    };
    let untraced = match seized {
        Some(Err(error)) => Some(format!("this system refuses it ({error})")),
        Some(Ok(())) | None => None,
    };
    Ok(Followed {
        traced,
        short,
        untraced,
        taken,
        control_group: told.control_group,
    })
}

/// Lets the program go, known to both threads.
fn begin(waiting: Waiting, tree: &Tree) -> Started {
    let pid = waiting.pid;
    let mut state = tree.lock();
    let member = Member {
        // Until it becomes the program its memory is memgrade's own, as the fork left it.
        borrows_memory: true,
        ..Member::default()
    };
    state.members.insert(pid, member);
    state.main = Some(pid);
    state.started = Some(Instant::now());
    let stopped = state.limit.is_some();
    drop(state);
    if stopped {
        // The run was ended before there was anything to kill.
        sys::kill(pid, libc::SIGKILL);
    }
    waiting.release()
}

/// Waits for a program that is not traced and has begun, and for `init` if there is one, and kills what it leaves behind.
/// Says too whether a limit ended it.
fn without_tracing(
    pid: i32,
    init: Option<i32>,
    mark: Mark,
    tree: &Tree,
) -> Result<(Traced, bool), Error> {
    let lost = |error: std::io::Error| Error::Bug(format!("cannot wait for a program: {error}"));
    let child = init.unwrap_or(pid);
    tree.lock().untraced = Some(mark);
    sys::wait_dead(child).map_err(lost)?;
    let limited = {
        let mut state = tree.lock();
        state.main = None;
        state.untraced = None;
        state.ending = Some(Instant::now());
        state.limit.is_some()
    };
    let left = match init {
        Some(_) => 0,
        None => orphans::clear(pid, mark),
    };
    let (change, cpu) = sys::reap_with_cpu(child).map_err(lost)?;
    tree.lock().dead_cpu = cpu;
    let traced = Traced {
        end: end_of(change),
        fault: None,
        at_exit: None,
        survivors: if limited { 0 } else { left },
    };
    Ok((traced, limited))
}

/// How a process ended.
fn end_of(change: Change) -> End {
    match change {
        Change::Exited(code) => End::Exited(code),
        Change::Signaled(signal) | Change::Signal(signal) | Change::Event(_, signal) => {
            End::Signaled(signal)
        }
    }
}

/// Puts the two halves together and judges the limits once more, by what was measured at the end: so the verdict does not
/// depend on when the watchdog looked.
fn sum_up(program: &Program, state: &State, followed: Followed, pumped: Pumped) -> RawRun {
    let limits = &program.limits;
    let Followed {
        traced,
        short,
        untraced,
        taken,
        control_group,
    } = followed;
    let wall = match (state.started, state.ending) {
        (Some(started), Some(ending)) => ending.saturating_duration_since(started),
        _ => Duration::ZERO,
    };
    let peak = traced
        .at_exit
        .as_ref()
        .map_or(0, |facts| facts.peak_resident)
        .max(pumped.resident);
    let limit = match state.limit {
        Some(LimitHit::Memory(seen)) => Some(LimitHit::Memory(seen.max(peak))),
        Some(limit) => Some(limit),
        None if pumped.stdout.seen > limits.output => Some(LimitHit::Output { stderr: false }),
        None if pumped.stderr.seen > limits.output => Some(LimitHit::Output { stderr: true }),
        None if peak > limits.memory => Some(LimitHit::Memory(peak)),
        None if control_group.is_some_and(|group| group.out_of_memory) => {
            let counted = control_group.and_then(|group| group.peak_bytes);
            Some(LimitHit::Memory(counted.unwrap_or(limits.memory)))
        }
        None if state.dead_cpu > limits.cpu => Some(LimitHit::Cpu),
        None if wall > limits.wall => Some(LimitHit::Wall),
        None => None,
    };
    RawRun {
        end: traced.end,
        limit,
        fault: traced.fault,
        at_exit: traced.at_exit,
        stdout: pumped.stdout,
        stderr: pumped.stderr,
        wall,
        cpu: Some(state.dead_cpu),
        polled_resident: Some(pumped.resident),
        examined: true,
        aslr_off: !short.has(Shortfall::RANDOMIZED),
        confinement: confinement(program.level, short, untraced.as_deref(), control_group),
        survivors: traced.survivors,
        taken,
    }
}
