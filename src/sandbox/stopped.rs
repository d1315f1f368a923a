//! The main process while it stands at its end, and who may look at it then.

use std::marker::PhantomData;

use super::AtExit;

/// Looks at the main process when it has come to its end and its memory is still there.
///
/// It is called on the thread that traces the program, hence `Send`. At most one call comes per run; none comes when
/// the program is not traced or died so fast that the stop was missed.
///
/// During the call every thread of the process stands still in its own exit stop, because the end of a process ends all
/// of its threads and each is held until the last has come. Other processes that it started may still run.
pub trait ExitWatcher: Send {
    /// The process is stopped; `facts` is what was read from /proc just before.
    fn stopped_at_exit(&mut self, process: &StoppedProcess<'_>, facts: &AtExit);
}

/// Looks at nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWatcher;

impl ExitWatcher for NoWatcher {
    fn stopped_at_exit(&mut self, _process: &StoppedProcess<'_>, _facts: &AtExit) {}
}

/// The main process in its exit stop. It cannot outlive the stop.
#[derive(Debug)]
pub struct StoppedProcess<'stop> {
    pid: i32,
    /// A thread that still has the memory: the first thread may have ended before the others.
    thread: i32,
    stop: PhantomData<&'stop ()>,
}

impl StoppedProcess<'_> {
    /// Process `pid`, whose thread `thread` stands in its exit stop.
    #[cfg(target_os = "linux")]
    pub(super) fn new(pid: i32, thread: i32) -> Self {
        Self {
            pid,
            thread,
            stop: PhantomData,
        }
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Reads its memory from `address` on; gives the bytes really read, and stops at the first hole.
    pub fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        #[cfg(target_os = "linux")]
        return super::sys::read_memory(self.thread, address, buffer);
        #[cfg(not(target_os = "linux"))]
        {
            // Nothing is stopped on other systems, so there is no value of this type.
            let _ = (self.thread, address, buffer);
            0
        }
    }
}
