//! The tracer: knows every process and thread of a run by the kernel's word, sees how the main process dies, holds it at
//! its end for the watcher, and kills the whole tree.
//!
//! Everything that a traced program starts is traced too, from its first instruction. So the tree is whatever this thread
//! can wait for, and it is gone when there is nothing left to wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::faults::{self, Seen};
use super::registers::Registers;
use super::sys::{self, Change};
use super::tree::{Member, Tree};
use super::{
    AtExit, End, ExitWatcher, FatalFault, LimitHit, StoppedProcess, exit_stop, orphans, procfs,
};
use crate::defense::Defense;
use crate::error::Error;

/// How long threads that are ending may take to arrive at their exit stops.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait between two looks while some have not arrived.
const PAUSE: Duration = Duration::from_micros(200);

/// What tracing gave.
#[derive(Debug)]
pub(super) struct Traced {
    /// How the main process ended.
    pub(super) end: End,
    /// The fault that it died of.
    pub(super) fault: Option<FatalFault>,
    /// What was read at its exit stop.
    pub(super) at_exit: Option<AtExit>,
    /// Processes that outlived it.
    pub(super) survivors: u32,
}

/// Follows main process `main`, which was seized and released, until it and all that it started are gone; `init`, process 1
/// of its namespaces, too, if there is one.
pub(super) fn follow(
    main: i32,
    init: Option<i32>,
    processes: u32,
    tree: &Tree,
    watcher: &mut dyn ExitWatcher,
) -> Result<Traced, Error> {
    let mut tracer = Tracer {
        main,
        init,
        processes,
        tree,
        watcher,
        threads: BTreeMap::from([(main, main)]),
        unannounced: BTreeSet::new(),
        passed: BTreeSet::new(),
        hold: None,
        watched: false,
        at_exit: None,
        fault: None,
        last_signal: None,
        end: None,
        survivors: 0,
        killing: false,
        dead: BTreeSet::new(),
    };
    tracer.until_all_are_gone()?;
    let Tracer {
        end,
        fault,
        at_exit,
        survivors,
        last_signal,
        dead,
        ..
    } = tracer;
    orphans::reap(dead);
    let end = end.ok_or_else(|| Error::Bug("the end of a traced program was missed".into()))?;
    Ok(Traced {
        end,
        fault: fault
            .filter(|seen| was_deadly(seen, end, last_signal))
            .map(|seen| seen.fault),
        at_exit,
        survivors,
    })
}

/// Whether a fault is what the process died of. Its own signal kills at once or after the program's handler gave up on
/// it; the handler of Rust's runtime ends an overflow with SIGABRT, in the same thread.
fn was_deadly(seen: &Seen, end: End, last_signal: Option<(i32, i32)>) -> bool {
    let End::Signaled(signal) = end else {
        return false;
    };
    (signal == seen.fault.signal || signal == libc::SIGABRT)
        && last_signal == Some((seen.tid, signal))
}

/// Threads of the main process that stand in their exit stops and wait for the others.
#[derive(Debug)]
struct Hold {
    since: Instant,
    arrived: Vec<i32>,
}

struct Tracer<'run> {
    main: i32,
    /// Not traced, as it is memgrade's own; a child of this thread.
    init: Option<i32>,
    /// Processes and threads allowed.
    processes: u32,
    tree: &'run Tree,
    watcher: &'run mut dyn ExitWatcher,
    /// Threads alive, and the process of each.
    threads: BTreeMap<i32, i32>,
    /// Threads that were heard of before whoever started them could say so; they may even have ended since.
    unannounced: BTreeSet<i32>,
    /// Threads of the main process that have passed their exit stop and are not reaped yet.
    passed: BTreeSet<i32>,
    hold: Option<Hold>,
    /// The main process was held at its end already.
    watched: bool,
    at_exit: Option<AtExit>,
    fault: Option<Seen>,
    /// The last signal that the main process got: thread and number.
    last_signal: Option<(i32, i32)>,
    end: Option<End>,
    survivors: u32,
    /// Whatever is alive or comes into being is killed.
    killing: bool,
    /// Processes that died, and that their own parents may have left unreaped.
    dead: BTreeSet<i32>,
}

impl Tracer<'_> {
    fn until_all_are_gone(&mut self) -> Result<(), Error> {
        loop {
            let waiting = self.hold.is_some();
            match sys::peek(!waiting) {
                Ok(Some((init, _))) if self.init == Some(init) => {
                    let _ = sys::take(init);
                }
                Ok(Some((tid, dead))) => self.change(tid, dead)?,
                Ok(None) => {
                    self.look_after_hold();
                    thread::sleep(PAUSE);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(()),
                Err(error) => {
                    return Err(Error::Bug(format!(
                        "cannot wait for a traced program: {error}"
                    )));
                }
            }
            if !self.killing && self.tree.lock().limit.is_some() {
                self.kill_all();
            }
        }
    }

    /// Something happened to a thread.
    fn change(&mut self, tid: i32, dead: bool) -> Result<(), Error> {
        if dead {
            // Before it is reaped: then its number may be given to somebody else.
            self.leave(tid);
        }
        let change = match sys::take(tid) {
            Ok(Some(change)) => change,
            // Killed between the look and the grip: the next look tells more.
            Ok(None) => return Ok(()),
            Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(()),
            Err(error) => {
                return Err(Error::Bug(format!(
                    "cannot wait for a traced program: {error}"
                )));
            }
        };
        match change {
            Change::Exited(code) => self.gone(tid, End::Exited(code)),
            Change::Signaled(signal) => self.gone(tid, End::Signaled(signal)),
            Change::Signal(signal) => self.signal(tid, signal),
            Change::Event(event, signal) => self.event(tid, event, signal),
        }
        Ok(())
    }

    /// A thread is dead, and about to be reaped.
    fn leave(&mut self, tid: i32) {
        let mut state = self.tree.lock();
        if state.members.remove(&tid).is_some() {
            // The first thread of a process is reported last: this is the time of all of them.
            state.dead_cpu += sys::cpu_time(tid).unwrap_or_default();
            if tid != self.main {
                self.dead.insert(tid);
            }
        }
        if tid == self.main {
            state.main = None;
            state.ending.get_or_insert_with(Instant::now);
        }
    }

    /// A thread is dead and reaped.
    fn gone(&mut self, tid: i32, end: End) {
        self.leave(tid);
        self.threads.remove(&tid);
        self.passed.remove(&tid);
        if let Some(hold) = &mut self.hold {
            hold.arrived.retain(|arrived| *arrived != tid);
        }
        if tid != self.main {
            return;
        }
        self.hold = None;
        self.end = Some(end);
        let state = self.tree.lock();
        // Those that we are killing together with it did not outlive it.
        if state.limit.is_none() {
            let alive = state
                .members
                .keys()
                .filter(|pid| procfs::stat(**pid).is_some_and(|stat| stat.state != 'Z'));
            self.survivors = u32::try_from(alive.count()).unwrap_or(u32::MAX);
        }
        drop(state);
        if Defense::Reaping.is_on() {
            self.kill_all();
        }
    }

    /// Kills all but the main process, and from now on all that comes into being. The main process is dead, or was
    /// killed when the limit was hit and may be in its exit stop, which a second signal could tear it out of.
    fn kill_all(&mut self) {
        self.killing = true;
        let state = self.tree.lock();
        for &pid in state.members.keys().filter(|pid| **pid != self.main) {
            sys::kill(pid, libc::SIGKILL);
        }
    }

    /// A thread is about to get a signal.
    fn signal(&mut self, tid: i32, signal: i32) {
        let pid = self.enroll(tid, None);
        if pid == self.main {
            self.last_signal = Some((tid, signal));
            if faults::is_fault_signal(signal)
                && let Some(seen) = faults::inspect(pid, tid, signal, self.fault.as_ref())
            {
                self.fault = Some(seen);
            }
        }
        sys::resume(tid, signal);
    }

    /// A ptrace event.
    fn event(&mut self, tid: i32, event: i32, signal: i32) {
        match event {
            libc::PTRACE_EVENT_CLONE | libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK => {
                let pid = self.enroll(tid, None);
                if let Some(child) = message_id(tid) {
                    if !self.unannounced.remove(&child) {
                        self.enroll(child, Some(pid));
                    }
                    if event == libc::PTRACE_EVENT_VFORK
                        && let Some(member) = self.tree.lock().members.get_mut(&child)
                    {
                        member.borrows_memory = !member.own_program;
                    }
                }
                sys::resume(tid, 0);
            }
            libc::PTRACE_EVENT_EXEC => {
                self.exec(tid);
                sys::resume(tid, 0);
            }
            libc::PTRACE_EVENT_EXIT => self.exit(tid),
            libc::PTRACE_EVENT_STOP if signal != libc::SIGTRAP => {
                // The whole process was stopped, as by SIGSTOP: it stays so until SIGCONT or the wall limit.
                self.enroll(tid, None);
                sys::listen(tid);
            }
            _ => {
                // The first stop of a new thread, or the end of a group's stop.
                self.enroll(tid, None);
                sys::resume(tid, 0);
            }
        }
    }

    /// Makes sure that a thread is known, and gives its process. A new one may be heard of through itself or through
    /// `parent`, whichever comes first.
    fn enroll(&mut self, tid: i32, parent: Option<i32>) -> i32 {
        if let Some(pid) = self.threads.get(&tid) {
            return *pid;
        }
        let pid = match parent {
            Some(parent) if procfs::is_thread_of(tid, parent) => parent,
            Some(_) => tid,
            None => procfs::process_of(tid).unwrap_or(tid),
        };
        self.threads.insert(tid, pid);
        if parent.is_none() {
            self.unannounced.insert(tid);
        }
        self.dead.remove(&tid);
        if pid == tid {
            self.tree.lock().members.insert(pid, Member::default());
        }
        if self.killing {
            if pid != self.main {
                sys::kill(pid, libc::SIGKILL);
            }
        } else if self.threads.len() > usize::try_from(self.processes).unwrap_or(usize::MAX) {
            self.tree.stop(LimitHit::Processes);
        }
        pid
    }

    /// A process has become another program: of its threads one is left, under the number of the process.
    fn exec(&mut self, pid: i32) {
        self.threads
            .retain(|tid, process| *process != pid || *tid == pid);
        self.threads.insert(pid, pid);
        let mut state = self.tree.lock();
        let member = state.members.entry(pid).or_default();
        member.own_program = true;
        member.borrows_memory = false;
        drop(state);
        if pid == self.main {
            self.fault = None;
            self.last_signal = None;
            self.passed.clear();
            self.let_hold_go();
        }
    }

    /// A thread stands in its exit stop, its memory still there.
    fn exit(&mut self, tid: i32) {
        let pid = self.enroll(tid, None);
        // It counts no longer: whoever waits for it may start another before it is reaped.
        self.threads.remove(&tid);
        if pid != self.main || self.watched {
            sys::resume(tid, 0);
            return;
        }
        let others = self.threads.values().any(|process| *process == self.main);
        if self.hold.is_none() && others && ends_alone(tid) {
            self.passed.insert(tid);
            sys::resume(tid, 0);
            return;
        }
        if self.hold.is_none() {
            let now = Instant::now();
            let mut state = self.tree.lock();
            state.ending = Some(now);
            // A second SIGKILL would tear it out of the stop.
            state.main = None;
            drop(state);
            self.hold = Some(Hold {
                since: now,
                arrived: Vec::new(),
            });
        }
        if let Some(hold) = &mut self.hold {
            hold.arrived.push(tid);
        }
        self.look_after_hold();
    }

    /// Goes on when all threads of the main process have arrived at their exit stops.
    fn look_after_hold(&mut self) {
        let Some(hold) = &self.hold else { return };
        let mut missing: Vec<i32> = self
            .threads
            .iter()
            .filter(|(_, pid)| **pid == self.main)
            .map(|(tid, _)| *tid)
            .collect();
        if missing.is_empty() {
            // Nobody that is known is missing; there may be newborn threads that nobody has heard of.
            missing = procfs::threads(self.main);
            missing.retain(|tid| !hold.arrived.contains(tid) && !self.passed.contains(tid));
        }
        if missing.is_empty() || hold.since.elapsed() > PATIENCE {
            self.show();
        } else if missing
            .iter()
            .any(|tid| procfs::current_call(*tid).is_some_and(is_exec))
        {
            // Not the end: one thread becomes another program, which ends the others first.
            self.let_hold_go();
        }
    }

    /// Lets held threads go, as it was not the end of the process.
    fn let_hold_go(&mut self) {
        let Some(hold) = self.hold.take() else { return };
        let mut state = self.tree.lock();
        state.ending = None;
        state.main = Some(self.main);
        drop(state);
        for tid in hold.arrived {
            self.passed.insert(tid);
            sys::resume(tid, 0);
        }
    }

    /// Shows the stopped process to the watcher, and lets it end.
    fn show(&mut self) {
        let Some(hold) = self.hold.take() else { return };
        self.watched = true;
        let main_stands = hold.arrived.contains(&self.main);
        let thread = if main_stands {
            Some(self.main)
        } else {
            hold.arrived.first().copied()
        };
        if let Some(thread) = thread {
            let exited = matches!(message_id(thread).map(sys::decode), Some(Change::Exited(_)));
            let by_exit_call = exited && main_stands && calls_exit(self.main);
            if let Some(facts) = exit_stop::facts(thread, &hold.arrived, by_exit_call) {
                self.watcher
                    .stopped_at_exit(&StoppedProcess::new(self.main, thread), &facts);
                self.at_exit = Some(facts);
            }
        }
        for tid in hold.arrived {
            self.passed.insert(tid);
            sys::resume(tid, 0);
        }
    }
}

/// The number that came with an event, as an id or a wait status.
fn message_id(tid: i32) -> Option<i32> {
    i32::try_from(sys::event_message(tid).ok()?).ok()
}

/// Whether a thread in its exit stop ends by itself, and not because its process does. Where registers cannot be read
/// that is assumed: the last thread is known without them.
fn ends_alone(tid: i32) -> bool {
    Registers::read(tid).is_none_or(|registers| registers.syscall == libc::SYS_exit)
}

/// Whether a thread in its exit stop got there by a call to exit of its own.
fn calls_exit(tid: i32) -> bool {
    Registers::read(tid).is_some_and(|registers| {
        [libc::SYS_exit, libc::SYS_exit_group].contains(&registers.syscall)
    })
}

/// Whether a system call makes a process another program.
fn is_exec(call: i64) -> bool {
    [libc::SYS_execve, libc::SYS_execveat].contains(&call)
}
