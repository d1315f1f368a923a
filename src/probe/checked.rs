//! What a checked run left: the table of its blocks, and bytes beside live blocks that were changed.

use super::layout::{
    BLOCK_LIVE, BLOCK_MOVED, CANARY, CheckedBlock, GUARD, MAX_CHECKED, WRONG_AFTER, WRONG_BEFORE,
};
use super::recording::{Recording, WrongRecord};
use crate::sandbox::StoppedProcess;

const PAGE: u64 = 4096;

/// A block of a checked run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRecord {
    /// Its address.
    pub start: u64,
    /// Bytes as requested.
    pub size: u64,
    /// Alignment as requested; `None` where that was not said (malloc).
    pub align: Option<u64>,
    /// Stack that allocated it.
    pub allocated: u32,
    /// Stack that freed it; `None` while it is alive.
    pub freed: Option<u32>,
    /// It was freed by getting another size, and with it another place.
    pub moved: bool,
}

/// What stood in the program's memory at its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckedEnd {
    /// All blocks, by address.
    pub blocks: Vec<BlockRecord>,
    /// Changed bytes beside blocks that were still alive.
    pub damaged: Vec<WrongRecord>,
}

/// Reads the table of blocks and looks at what surrounds those that are alive. What does not make sense ends the table: the
/// program could have written over it.
pub(crate) fn read(process: &StoppedProcess<'_>, recording: &Recording) -> CheckedEnd {
    let (address, count) = recording.checked_table;
    let count = usize::try_from(count).unwrap_or(0).min(MAX_CHECKED);
    let mut bytes = vec![0; count * size_of::<CheckedBlock>()];
    let got = process.read(address, &mut bytes);
    let (low, len) = recording.arena;
    let mut end = CheckedEnd::default();
    for entry in bytes[..got].chunks_exact(size_of::<CheckedBlock>()) {
        let block = block(entry);
        let inside = block.start >= low && block.start - low < len && block.size < len;
        let in_order = end
            .blocks
            .last()
            .is_none_or(|before| before.start < block.start);
        if !inside || !in_order {
            break;
        }
        if block.freed.is_none() {
            let index = end.blocks.len() as u64;
            end.damaged.extend(damage(process, index, &block));
        }
        end.blocks.push(block);
    }
    end
}

fn block(entry: &[u8]) -> BlockRecord {
    let u64_at = |offset: usize| {
        let bytes = entry
            .get(offset..offset + 8)
            .and_then(|b| b.try_into().ok());
        u64::from_ne_bytes(bytes.unwrap_or_default())
    };
    let u32_at = |offset: usize| {
        let bytes = entry
            .get(offset..offset + 4)
            .and_then(|b| b.try_into().ok());
        u32::from_ne_bytes(bytes.unwrap_or_default())
    };
    let align = u32_at(std::mem::offset_of!(CheckedBlock, align));
    let state = u32_at(std::mem::offset_of!(CheckedBlock, state));
    let freed = u32_at(std::mem::offset_of!(CheckedBlock, freed));
    BlockRecord {
        start: u64_at(std::mem::offset_of!(CheckedBlock, start)),
        size: u64_at(std::mem::offset_of!(CheckedBlock, size)),
        align: (align > 0).then_some(u64::from(align)),
        allocated: u32_at(std::mem::offset_of!(CheckedBlock, allocated)),
        freed: (state != BLOCK_LIVE).then_some(freed),
        moved: state == BLOCK_MOVED,
    }
}

/// Changed bytes before and after a live block: the nearest on each side.
fn damage(process: &StoppedProcess<'_>, index: u64, block: &BlockRecord) -> Vec<WrongRecord> {
    let end = block.start + block.size;
    let changed = |from: u64, to: u64| -> Vec<u64> {
        let mut bytes = vec![CANARY; usize::try_from(to - from).unwrap_or(0)];
        let got = process.read(from, &mut bytes);
        let changed = bytes[..got].iter().zip(from..);
        changed
            .filter(|(byte, _)| **byte != CANARY)
            .map(|(_, address)| address)
            .collect()
    };
    let before = changed(block.start / PAGE * PAGE, block.start);
    // An empty block has a page too.
    let pages_end = end.max(block.start + 1).next_multiple_of(PAGE);
    let after = changed(end, pages_end);
    let wrong = |kind: u32, address: &u64| WrongRecord {
        kind,
        stack: 0,
        address: *address,
        block: Some(index),
        given: None,
    };
    let before = before.last().map(|address| wrong(WRONG_BEFORE, address));
    let after = after.first().map(|address| wrong(WRONG_AFTER, address));
    before.into_iter().chain(after).collect()
}

/// Where an address lies in relation to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// In it.
    Inside,
    /// At or after its end.
    After,
    /// Before its start.
    Before,
}

impl CheckedEnd {
    /// The block that an address is in or next to, by index: of two neighbors the nearer.
    pub fn near(&self, address: u64) -> Option<(u64, Beside)> {
        let after = self.blocks.partition_point(|block| block.start <= address);
        let below = after.checked_sub(1).map(|i| (i, &self.blocks[i]));
        let above = self.blocks.get(after).map(|block| (after, block));
        if let Some((i, block)) = below
            && address - block.start < block.size
        {
            return Some((i as u64, Beside::Inside));
        }
        // No further than the guard: what lies beyond is nobody's.
        let below =
            below.map(|(i, block)| (address - (block.start + block.size), i, Beside::After));
        let above = above.map(|(i, block)| (block.start - address, i, Beside::Before));
        let reach = GUARD as u64 + PAGE;
        below
            .into_iter()
            .chain(above)
            .filter(|(distance, ..)| *distance <= reach)
            .min_by_key(|(distance, ..)| *distance)
            .map(|(_, i, beside)| (i as u64, beside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(start: u64, size: u64) -> BlockRecord {
        BlockRecord {
            start,
            size,
            align: None,
            allocated: 1,
            freed: None,
            moved: false,
        }
    }

    #[test]
    fn an_address_belongs_to_the_nearer_block() {
        let end = CheckedEnd {
            blocks: vec![block(0x1000_0f00, 0x100), block(0x1000_5f80, 0x80)],
            damaged: Vec::new(),
        };
        assert_eq!(end.near(0x1000_0f00), Some((0, Beside::Inside)));
        assert_eq!(end.near(0x1000_0fff), Some((0, Beside::Inside)));
        assert_eq!(end.near(0x1000_1000), Some((0, Beside::After)));
        assert_eq!(end.near(0x1000_5f7f), Some((1, Beside::Before)));
        assert_eq!(end.near(0x1000_0eff), Some((0, Beside::Before)));
        assert_eq!(end.near(0x2000_0000), None);
        assert_eq!(end.near(0), None);
    }
}
