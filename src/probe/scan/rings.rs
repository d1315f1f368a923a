//! Rings of lost blocks: what they are made of and who points to whom in them, equal ones as one.

use std::collections::{BTreeMap, BTreeSet};

use super::heap::Heap;
use super::lost::Lost;
use super::memory::Memory;
use super::pointers::Pointers;
use crate::probe::layout::STACK_ID;

/// Rings of more blocks than this are told by stack, not block by block.
const EXACT: usize = 12;
/// Most kinds of rings that are told block by block.
const KINDS: usize = 1000;

/// Equal rings: blocks that keep each other alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// How many such rings there are.
    pub count: u64,
    /// What they are.
    pub shape: RingShape,
}

/// The blocks of a ring and the pointers between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RingShape {
    /// One for each block of a small ring, one for each stack of a larger one.
    pub members: Vec<RingMember>,
    /// Who points to whom: positions in `members`, each pair once, sorted.
    pub edges: Vec<(usize, usize)>,
}

/// A block of a ring, or the blocks that come from one stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RingMember {
    /// The stack's id.
    pub stack: u32,
    /// Blocks.
    pub blocks: u64,
    /// Bytes.
    pub bytes: u64,
    /// For reference-counted blocks: every count is explained by the pointers found in lost blocks, so nobody else holds it.
    pub counts_agree: bool,
}

/// The rings among the lost blocks.
pub(super) fn rings(
    memory: &Memory<'_>,
    heap: &Heap,
    pointers: &Pointers,
    lost: &Lost,
    is_lost: impl Fn(u32) -> bool,
) -> Vec<Ring> {
    if lost.in_rings().is_empty() {
        return Vec::new();
    }
    // By number: at first 1 for a block of a ring, then its position among them plus one. They are in order without being sorted.
    let mut slot = vec![0u32; pointers.numbers() as usize];
    for block in lost.in_rings() {
        slot[*block as usize] = 1;
    }
    let mut blocks = Vec::with_capacity(lost.in_rings().len());
    for (number, slot) in (0..).zip(&mut slot).filter(|(_, slot)| **slot != 0) {
        blocks.push(number);
        *slot = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    }
    let words = heap.beginnings(memory, &blocks);
    // How many pointers of lost blocks lead to each block's start.
    let mut held = vec![0u64; blocks.len()];
    for from in (0..pointers.numbers()).filter(|from| is_lost(*from)) {
        for (to, to_start) in pointers.of(from) {
            if let Some(i) = slot[to as usize].checked_sub(1).filter(|_| to_start) {
                held[i as usize] += 1;
            }
        }
    }
    let member = |block: u32| {
        let (size, site) = heap.size_and_site(block).unwrap_or_default();
        let i = slot[block as usize].saturating_sub(1) as usize;
        RingMember {
            stack: site & STACK_ID,
            blocks: 1,
            bytes: size,
            counts_agree: counts_agree(size, words[i], held[i]),
        }
    };
    by_kind(pointers, lost, member)
}

/// Whether a block's counts, if it has such, are all explained by this many pointers.
fn counts_agree(size: u64, [strong, weak]: [u64; 2], pointers: u64) -> bool {
    // Together the strong ones hold one weak count.
    let references = strong
        .checked_add(weak)
        .and_then(|count| count.checked_sub(1));
    size >= 16 && strong >= 1 && weak >= 1 && references == Some(pointers)
}

/// Equal rings as one.
fn by_kind(pointers: &Pointers, lost: &Lost, member: impl Fn(u32) -> RingMember) -> Vec<Ring> {
    let mut kinds: BTreeMap<RingShape, u64> = BTreeMap::new();
    // The kind seen last, and how often in a row: equal rings mostly come together.
    let mut last: Option<(RingShape, u64)> = None;
    // Used again for every ring: there may be many, and most are like the one before.
    let (mut shape, mut order) = (RingShape::default(), Vec::new());
    for blocks in lost.rings() {
        if blocks.len() <= EXACT && kinds.len() < KINDS {
            exact(pointers, blocks, &member, &mut order, &mut shape);
        } else {
            shape = by_stack(pointers, blocks, &member);
        }
        match &mut last {
            Some((known, times)) if *known == shape => *times += 1,
            _ => {
                if let Some((shape, times)) = last.replace((shape.clone(), 1)) {
                    *kinds.entry(shape).or_default() += times;
                }
            }
        }
    }
    if let Some((shape, times)) = last {
        *kinds.entry(shape).or_default() += times;
    }
    let kinds = kinds.into_iter();
    kinds.map(|(shape, count)| Ring { count, shape }).collect()
}

/// Block by block, from the one with the lowest stack on along the pointers, so that equal rings look equal. `order` becomes that
/// order, and `shape` what the ring is.
fn exact(
    pointers: &Pointers,
    blocks: &[u32],
    member: &impl Fn(u32) -> RingMember,
    order: &mut Vec<u32>,
    shape: &mut RingShape,
) {
    shape.members.clear();
    shape.edges.clear();
    order.clear();
    order.extend(blocks.iter().min_by_key(|block| {
        let member = member(**block);
        (member.stack, member.bytes, **block)
    }));
    let mut from = 0;
    while let Some(block) = order.get(from).copied() {
        for (to, _) in pointers.of(block).filter(|(to, _)| blocks.contains(to)) {
            let known = order.iter().position(|known| *known == to);
            let place = known.unwrap_or(order.len());
            if known.is_none() {
                order.push(to);
            }
            shape.edges.push((from, place));
        }
        from += 1;
    }
    shape.edges.sort_unstable();
    shape.edges.dedup();
    shape
        .members
        .extend(order.iter().map(|block| member(*block)));
}

/// By stack: the members of one line are one.
fn by_stack(pointers: &Pointers, blocks: &[u32], member: &impl Fn(u32) -> RingMember) -> RingShape {
    let mut members: BTreeMap<u32, RingMember> = BTreeMap::new();
    let mut stacks: Vec<(u32, u32)> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let member = member(*block);
        stacks.push((*block, member.stack));
        members
            .entry(member.stack)
            .and_modify(|known| {
                known.blocks += 1;
                known.bytes = known.bytes.saturating_add(member.bytes);
                known.counts_agree &= member.counts_agree;
            })
            .or_insert(member);
    }
    stacks.sort_unstable();
    // Pairs of stacks before positions: a ring of a million blocks has few of them.
    let mut pairs = BTreeSet::new();
    for (block, stack) in &stacks {
        for (to, _) in pointers.of(*block) {
            if let Ok(at) = stacks.binary_search_by_key(&to, |(block, _)| *block) {
                pairs.insert((*stack, stacks[at].1));
            }
        }
    }
    let place = |stack: u32| members.keys().position(|known| *known == stack);
    let pairs = pairs.into_iter();
    RingShape {
        edges: pairs
            .filter_map(|(from, to)| Some((place(from)?, place(to)?)))
            .collect(),
        members: members.into_values().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings(edges: &[Vec<u32>]) -> Vec<Ring> {
        let mut pointers = Pointers::with_room(edges.len());
        for targets in edges {
            for to in targets {
                pointers.point(*to, true);
            }
            pointers.next();
        }
        let lost = Lost::of(&pointers, |_| true);
        by_kind(&pointers, &lost, |_| RingMember {
            stack: 1,
            blocks: 1,
            bytes: 32,
            counts_agree: true,
        })
    }

    #[test]
    fn the_pointers_in_a_ring_are_told() {
        let pair = rings(&[vec![1], vec![0]]);
        assert_eq!(pair.len(), 1);
        assert_eq!(pair[0].shape.edges, [(0, 1), (1, 0)]);
        assert_eq!(rings(&[vec![0]])[0].shape.edges, [(0, 0)]);
        assert_eq!(rings(&[vec![1], vec![]]), []);
    }

    #[test]
    fn counts_must_be_explained() {
        assert!(counts_agree(32, [1, 1], 1));
        assert!(counts_agree(32, [2, 2], 3));
        // Somebody else holds a count.
        assert!(!counts_agree(32, [2, 1], 1));
        // No counts at all.
        assert!(!counts_agree(32, [0, 0], 1));
        assert!(!counts_agree(8, [1, 1], 1));
        assert!(!counts_agree(32, [u64::MAX, u64::MAX], 1));
    }

    #[test]
    fn equal_rings_are_one_kind_wherever_they_begin() {
        // Twice three in a ring, entered in different orders.
        let rings = rings(&[vec![1], vec![2], vec![0], vec![5], vec![3], vec![4]]);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].count, 2);
        assert_eq!(rings[0].shape.edges, [(0, 1), (1, 2), (2, 0)]);
    }

    #[test]
    fn a_long_ring_is_told_by_stack() {
        let edges: Vec<Vec<u32>> = (0..100_000).map(|i| vec![(i + 1) % 100_000]).collect();
        let rings = rings(&edges);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].shape.members.len(), 1);
        assert_eq!(rings[0].shape.members[0].blocks, 100_000);
        assert_eq!(rings[0].shape.edges, [(0, 0)]);
    }
}
