//! The pump: feeds stdin, drains stdout and stderr within their caps, and keeps the watchdog's hours. It never waits for
//! end of file: a program may leave its streams to others.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::spawn::Streams;
use super::tree::Tree;
use super::watchdog::Watchdog;
use super::{LimitHit, Program, Stream};
use crate::error::Error;

/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// What is still read after the end, at most: more than any pipe holds.
const MOST_AFTER_END: usize = 4 << 20;

/// What the pump saw.
#[derive(Debug)]
pub(super) struct Pumped {
    pub(super) stdout: Stream,
    pub(super) stderr: Stream,
    /// Most resident bytes seen.
    pub(super) resident: u64,
}

/// Serves the streams until `done` is closed from the other end, that is until the whole tree is gone.
pub(super) fn serve(
    program: &Program,
    streams: Streams,
    tree: &Tree,
    done: &PipeReader,
    interrupted: &AtomicBool,
) -> Result<Pumped, Error> {
    let limit = program.limits.output;
    let mut stdin = Feed::new(streams.stdin, &program.stdin)?;
    let mut outputs = [
        Drain::new(streams.stdout, limit)?,
        Drain::new(streams.stderr, limit)?,
    ];
    let mut watchdog = Watchdog::new(&program.limits, tree);
    let mut buffer = vec![0; CHUNK];
    loop {
        if interrupted.load(Ordering::SeqCst) {
            tree.stop(LimitHit::Interrupted);
        }
        let pause = watchdog.look();
        let ready = wait(&stdin, &outputs, done, pause)?;
        if ready.input {
            stdin.write();
        }
        for (output, ready) in outputs.iter_mut().zip(ready.outputs) {
            if ready {
                output.read(&mut buffer);
            }
        }
        stop_floods(&outputs, tree);
        if ready.done {
            break;
        }
    }
    for output in &mut outputs {
        let mut most = MOST_AFTER_END;
        while most > 0 {
            match output.read(&mut buffer) {
                0 => break,
                count => most = most.saturating_sub(count),
            }
        }
    }
    let [stdout, stderr] = outputs;
    Ok(Pumped {
        stdout: stdout.stream,
        stderr: stderr.stream,
        resident: watchdog.most_resident(),
    })
}

/// Ends the run if an output is too long.
fn stop_floods(outputs: &[Drain; 2], tree: &Tree) {
    for (output, stderr) in outputs.iter().zip([false, true]) {
        if output.stream.seen > output.limit {
            tree.stop(LimitHit::Output { stderr });
        }
    }
}

/// What may be done without waiting.
#[derive(Debug, Default)]
struct Ready {
    input: bool,
    outputs: [bool; 2],
    done: bool,
}

/// Waits until something may be done or `pause` is over.
fn wait(
    stdin: &Feed<'_>,
    outputs: &[Drain; 2],
    done: &PipeReader,
    pause: Duration,
) -> Result<Ready, Error> {
    let mut polled = vec![PollFd::new(done, PollFlags::IN)];
    let mut marks = vec![3];
    for (output, mark) in outputs.iter().zip([1, 2]) {
        if let Some(pipe) = &output.pipe {
            polled.push(PollFd::new(pipe, PollFlags::IN));
            marks.push(mark);
        }
    }
    if let Some(pipe) = &stdin.pipe {
        polled.push(PollFd::new(pipe, PollFlags::OUT));
        marks.push(0);
    }
    let timeout = Timespec {
        tv_sec: i64::try_from(pause.as_secs()).unwrap_or(1),
        tv_nsec: i64::from(pause.subsec_nanos()),
    };
    match poll(&mut polled, Some(&timeout)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(Ready::default()),
        Err(error) => {
            return Err(Error::Bug(format!(
                "cannot wait for a program's streams: {error}"
            )));
        }
    }
    let mut ready = Ready::default();
    for (fd, mark) in polled.iter().zip(marks) {
        let now = !fd.revents().is_empty();
        match mark {
            0 => ready.input = now,
            1 => ready.outputs[0] = now,
            2 => ready.outputs[1] = now,
            _ => ready.done = now,
        }
    }
    Ok(ready)
}

/// Makes reads and writes return at once.
fn without_waiting(pipe: impl AsFd) -> Result<(), Error> {
    rustix::io::ioctl_fionbio(pipe, true)
        .map_err(|error| Error::Bug(format!("cannot make a pipe non-blocking: {error}")))
}

/// What the program reads.
#[derive(Debug)]
struct Feed<'run> {
    /// Gone when all is written or the program reads no more.
    pipe: Option<PipeWriter>,
    rest: &'run [u8],
}

impl<'run> Feed<'run> {
    fn new(pipe: PipeWriter, rest: &'run [u8]) -> Result<Self, Error> {
        without_waiting(&pipe)?;
        let pipe = (!rest.is_empty()).then_some(pipe);
        Ok(Self { pipe, rest })
    }

    fn write(&mut self) {
        let Some(pipe) = &mut self.pipe else { return };
        let over = match pipe.write(self.rest) {
            Ok(count) => {
                self.rest = self.rest.get(count..).unwrap_or_default();
                self.rest.is_empty()
            }
            // Anything else, above all a broken pipe, means that nobody reads any more.
            Err(error) => !is_momentary(&error),
        };
        if over {
            self.pipe = None;
        }
    }
}

/// What the program writes.
#[derive(Debug)]
struct Drain {
    /// Gone at end of file.
    pipe: Option<PipeReader>,
    stream: Stream,
    limit: u64,
}

impl Drain {
    fn new(pipe: PipeReader, limit: u64) -> Result<Self, Error> {
        without_waiting(&pipe)?;
        Ok(Self {
            pipe: Some(pipe),
            stream: Stream::default(),
            limit,
        })
    }

    /// Reads once; gives how much.
    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let Some(pipe) = &mut self.pipe else { return 0 };
        match pipe.read(buffer) {
            Ok(0) => {
                self.pipe = None;
                0
            }
            Ok(count) => {
                let room = usize::try_from(self.limit)
                    .unwrap_or(usize::MAX)
                    .saturating_sub(self.stream.kept.len());
                let kept = buffer.get(..count.min(room)).unwrap_or_default();
                self.stream.kept.extend_from_slice(kept);
                self.stream.seen += count as u64;
                count
            }
            Err(error) => {
                if !is_momentary(&error) {
                    self.pipe = None;
                }
                0
            }
        }
    }
}

/// Whether it is worth trying again later.
fn is_momentary(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted
    )
}
