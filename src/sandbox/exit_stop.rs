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
    let stack = stack(&mappings);
    let stack_lowest = stack.and_then(|(start, end)| lowest_written(thread, start, end));
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
        stack_start: stack.map(|(start, _)| start),
        stack_lowest,
        by_exit_call,
    })
}

/// Where the main stack lies. A part of it with other rights is a mapping without a name; the kernel leaves a gap below the stack, so
/// what borders on it from below is a part of it.
fn stack(mappings: &[Mapping]) -> Option<(u64, u64)> {
    let named = mappings.iter().find(|mapping| mapping.name == "[stack]")?;
    let mut start = named.start;
    let parts = mappings.iter().filter(|mapping| mapping.name.is_empty());
    for part in parts.rev() {
        if part.end == start {
            start = part.start;
        }
    }
    Some((start, named.end))
}

/// The lowest word of a stack that is not zero.
fn lowest_written(thread: i32, start: u64, end: u64) -> Option<u64> {
    let mut buffer = vec![0; CHUNK];
    let mut at = start;
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_was_cut_into_parts_is_one() {
        let mapping = |start, end, name: &str| Mapping {
            start,
            end,
            read: true,
            write: true,
            execute: false,
            shared: false,
            offset: 0,
            name: name.to_owned(),
        };
        let mappings = [
            mapping(0x1000, 0x2000, ""),
            mapping(0x4000, 0x5000, ""),
            mapping(0x5000, 0x7000, ""),
            mapping(0x7000, 0x9000, "[stack]"),
            mapping(0x9000, 0xa000, ""),
        ];
        assert_eq!(stack(&mappings), Some((0x4000, 0x9000)));
        assert_eq!(stack(&mappings[..3]), None);
    }
}
