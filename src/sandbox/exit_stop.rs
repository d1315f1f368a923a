//! What is read from the main process when it stands at its end.

use super::registers::Registers;
use super::{AtExit, Mapping, ThreadAtExit, procfs, sys};

/// Stack bytes read at once.
const CHUNK: usize = 64 << 10;

/// Reads the facts. `threads` are those that stand in their exit stop, `thread` is one of them, and `by_exit_call` was
/// found out before.
///
/// Counters come first: reading the stack from outside may itself bring in pages.
pub(super) fn facts(thread: i32, threads: &[i32], by_exit_call: bool) -> Option<AtExit> {
    let (peak_resident, peak_virtual) = procfs::peaks(thread)?;
    let stat = procfs::stat(thread)?;
    let mappings = procfs::mappings(thread);
    let stack_lowest = mappings
        .iter()
        .find(|mapping| mapping.name == "[stack]")
        .and_then(|stack| lowest_written(thread, stack));
    let threads = threads.iter().filter_map(|&tid| {
        let registers = Registers::read(tid)?;
        Some(ThreadAtExit {
            tid,
            sp: registers.sp,
            fp: registers.fp,
            tls: registers.tls,
            pc: registers.pc,
        })
    });
    Some(AtExit {
        peak_resident,
        peak_virtual,
        minor_faults: stat.minor_faults,
        major_faults: stat.major_faults,
        threads: threads.collect(),
        mappings,
        stack_lowest,
        by_exit_call,
    })
}

/// The lowest word of a stack that is not zero.
fn lowest_written(thread: i32, stack: &Mapping) -> Option<u64> {
    let mut buffer = vec![0; CHUNK];
    let mut at = stack.start;
    while at < stack.end {
        let length = usize::try_from(stack.end - at).unwrap_or(CHUNK).min(CHUNK);
        let part = buffer.get_mut(..length)?;
        let got = sys::read_memory(thread, at, part);
        let words = part.get(..got)?.chunks_exact(8);
        if let Some(index) = words.into_iter().position(|word| word != [0; 8]) {
            return Some(at + index as u64 * 8);
        }
        if got == 0 {
            return None;
        }
        at += got as u64;
    }
    None
}
