//! Memory that the program took past the allocator: by mmap or brk, seen from the kernel's side.

use crate::probe::Recording;
use crate::sandbox::{AtExit, Mapping};

/// Smaller pieces are libc's and std's: thread-local storage, signal stacks, buffers.
const SMALLEST: u64 = 64 << 10;

/// Bytes of writable mappings at the end that are neither the heap's (`heap`, in order) nor stacks, the payload's own, or parts of
/// files.
pub(super) fn bytes(facts: &AtExit, recording: &Recording, heap: &[(u64, u64)]) -> u64 {
    let mut known: Vec<(u64, u64)> = heap.to_vec();
    known.extend(
        recording
            .thread_stacks
            .iter()
            .map(|stack| (stack.low, stack.high)),
    );
    known.extend(&recording.own_maps);
    known.sort_unstable();
    let mappings = facts.mappings.iter().filter(|mapping| is_data(mapping));
    mappings.flat_map(|mapping| pieces(mapping, &known)).sum()
}

/// Whether a mapping is memory rather than part of a program, a library or a file.
fn is_data(mapping: &Mapping) -> bool {
    let anonymous = mapping.name.is_empty()
        || mapping.name == "[heap]"
        || mapping.name.starts_with("[anon:")
        || mapping.name.starts_with("/dev/zero")
        || mapping.name.starts_with("/SYSV")
        || (mapping.name.starts_with("/memfd:") && !mapping.name.starts_with("/memfd:recording"));
    mapping.write && anonymous
}

/// The large parts of a mapping that are not known: neighboring mappings are one line in /proc/PID/maps.
fn pieces(mapping: &Mapping, known: &[(u64, u64)]) -> Vec<u64> {
    let mut pieces = Vec::new();
    let mut at = mapping.start;
    let inside = known
        .iter()
        .filter(|(low, high)| *low < mapping.end && *high > mapping.start);
    for (low, high) in inside.copied().chain([(mapping.end, mapping.end)]) {
        pieces.push(low.saturating_sub(at));
        at = at.max(high);
    }
    pieces.retain(|piece| *piece >= SMALLEST);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(start: u64, end: u64, name: &str) -> Mapping {
        Mapping {
            start,
            end,
            read: true,
            write: true,
            execute: false,
            shared: false,
            offset: 0,
            name: name.to_owned(),
        }
    }

    #[test]
    fn what_is_known_is_cut_out_of_mappings_that_have_grown_together() {
        let mib = 1 << 20;
        let facts = AtExit {
            mappings: vec![
                mapping(10 * mib, 20 * mib, ""),
                mapping(30 * mib, 30 * mib + 8192, ""),
                mapping(40 * mib, 50 * mib, "/usr/lib/libc.so.6"),
                mapping(60 * mib, 61 * mib, "[heap]"),
            ],
            ..AtExit::default()
        };
        let heap = [(10 * mib, 12 * mib), (15 * mib, 16 * mib)];
        let bytes = bytes(&facts, &Recording::default(), &heap);
        assert_eq!(bytes, (3 + 4 + 1) * mib);
    }
}
