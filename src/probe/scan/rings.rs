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
/// Flag of what a block needs: it is reference-counted.
const COUNTED: u32 = 1 << 31;
/// Most times that rings are looked at again after something was taken out of them.
const ROUNDS: usize = 64;

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
    /// Whether `Rc` or `Arc` made them.
    pub counted: bool,
}

/// The reference cycles among the lost blocks. `counted` says of a stack whether `Rc` or `Arc` made its blocks.
///
/// A ring is a cycle if every reference-counted block in it is owned from within it: more pointers of the ring's lead to it than it
/// has weak references, so one at least owns it. (Together the owning ones hold one weak count, which is no reference.) A
/// forgotten tree whose children know their parents is a ring too, but nothing in it owns its root. What nothing in the ring owns is
/// taken out of it, and what is still a ring then is looked at again.
pub(super) fn cycles(
    memory: &Memory<'_>,
    heap: &Heap,
    pointers: &Pointers,
    mut lost: Lost,
    counted: impl Fn(u32) -> bool,
) -> Vec<Ring> {
    if lost.in_rings().is_empty() {
        return Vec::new();
    }
    let blocks = in_order(lost.in_rings(), pointers.numbers());
    let words = heap.beginnings(memory, &blocks);
    let mut rings = Rings::new(pointers);
    let stack = |block: u32| heap.size_and_site(block).unwrap_or_default().1 & STACK_ID;
    let mut by_stack: BTreeMap<u32, bool> = BTreeMap::new();
    for (block, counts) in blocks.iter().zip(words) {
        let stack = stack(*block);
        if *by_stack.entry(stack).or_insert_with(|| counted(stack)) {
            rings.counted(*block, counts);
        }
    }
    rings.settle(&mut lost);
    let member = |block: u32| {
        let (size, site) = heap.size_and_site(block).unwrap_or_default();
        RingMember {
            stack: site & STACK_ID,
            blocks: 1,
            bytes: size,
            counted: rings.is_counted(block),
        }
    };
    by_kind(pointers, &lost, member)
}

/// Blocks by number, which is cheaper to find out than to sort: there may be a million.
fn in_order(blocks: &[u32], numbers: u32) -> Vec<u32> {
    let mut there = vec![false; numbers as usize];
    for block in blocks {
        there[*block as usize] = true;
    }
    let all = (0..).zip(there);
    all.filter_map(|(block, there)| there.then_some(block))
        .collect()
}

/// Rings while it is found out which are cycles.
struct Rings<'a> {
    pointers: &'a Pointers,
    /// By block: the number of its ring plus one; 0 for blocks in none.
    ring: Vec<u32>,
    /// By block: how many pointers of its ring must lead to it, and [`COUNTED`].
    needs: Vec<u32>,
}

impl<'a> Rings<'a> {
    fn new(pointers: &'a Pointers) -> Self {
        let numbers = pointers.numbers() as usize;
        Self {
            pointers,
            ring: vec![0; numbers],
            needs: vec![1; numbers],
        }
    }

    /// Notes the counts of a reference-counted block.
    fn counted(&mut self, block: u32, [strong, weak]: [u64; 2]) {
        // Where the value is gone, its pointers are left-overs and it is owned by nobody.
        let needs = if strong == 0 { u64::MAX } else { weak.max(1) };
        let most = u64::from(COUNTED - 1);
        self.needs[block as usize] =
            COUNTED | u32::try_from(needs.min(most)).unwrap_or(COUNTED - 1);
    }

    fn is_counted(&self, block: u32) -> bool {
        self.needs[block as usize] & COUNTED != 0
    }

    fn is_owned(&self, block: u32, held: u32) -> bool {
        held >= self.needs[block as usize] & !COUNTED
    }

    /// Takes out what nothing owns, until each ring that is left is a cycle.
    fn settle(&mut self, lost: &mut Lost) {
        for _ in 0..ROUNDS {
            self.ring.fill(0);
            let mut changed = false;
            for (i, ring) in (1u32..).zip(lost.rings()) {
                // Without a count, as a leaked list is, it is none.
                if !ring.iter().any(|block| self.is_counted(*block)) {
                    changed = true;
                    continue;
                }
                for block in ring {
                    self.ring[*block as usize] = i;
                }
            }
            changed |= self.take_out(lost.in_rings());
            if !changed {
                return;
            }
            let ring = &self.ring;
            *lost = Lost::of(self.pointers, |block| ring[block as usize] != 0);
        }
        // Not decided within reason: none is claimed.
        *lost = Lost::default();
    }

    /// Takes blocks that nothing in their ring owns out of it, and says whether there were any.
    fn take_out(&mut self, blocks: &[u32]) -> bool {
        // How many pointers from its ring lead to each block.
        let mut held = vec![0u32; self.ring.len()];
        for from in blocks {
            for to in self.held_by(*from) {
                held[to as usize] = held[to as usize].saturating_add(1);
            }
        }
        let in_one = |block: &u32| self.ring[*block as usize] != 0;
        let free = |block: &u32| in_one(block) && !self.is_owned(*block, held[*block as usize]);
        let mut pending: Vec<u32> = blocks.iter().copied().filter(free).collect();
        let changed = !pending.is_empty();
        while let Some(block) = pending.pop() {
            for to in self.held_by(block) {
                held[to as usize] -= 1;
                if !self.is_owned(to, held[to as usize]) {
                    pending.push(to);
                }
            }
            self.ring[block as usize] = 0;
        }
        changed
    }

    /// The blocks of its ring that a block points to, as often as it does; of counted ones only their starts are meant.
    fn held_by(&self, from: u32) -> impl Iterator<Item = u32> + '_ {
        let ring = self.ring[from as usize];
        let of_it = move |to: u32, start: bool| {
            ring != 0 && self.ring[to as usize] == ring && (start || !self.is_counted(to))
        };
        let targets = self.pointers.of(from);
        targets.filter_map(move |(to, start)| of_it(to, start).then_some(to))
    }
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
            counted: true,
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

    /// Blocks of the cycles where each block has these pointers and counts.
    fn in_cycles(blocks: &[(Vec<u32>, Option<[u64; 2]>)]) -> Vec<u32> {
        let mut pointers = Pointers::with_room(blocks.len());
        for (targets, _) in blocks {
            for to in targets {
                pointers.point(*to, true);
            }
            pointers.next();
        }
        let mut rings = Rings::new(&pointers);
        for (i, (_, counts)) in (0u32..).zip(blocks) {
            if let Some(counts) = counts {
                rings.counted(i, *counts);
            }
        }
        let mut lost = Lost::of(&pointers, |_| true);
        rings.settle(&mut lost);
        let mut found = lost.in_rings().to_vec();
        found.sort_unstable();
        found
    }

    #[test]
    fn a_ring_whose_members_own_each_other_is_a_cycle() {
        let pair = |counts| [(vec![1], Some(counts)), (vec![0], Some([1, 1]))];
        assert_eq!(in_cycles(&pair([1, 1])), [0, 1]);
        // Forgotten as well.
        assert_eq!(in_cycles(&pair([2, 1])), [0, 1]);
        // The only pointer to it is its weak reference; its value is gone; no counts at all.
        assert!(in_cycles(&pair([1, 2])).is_empty());
        assert!(in_cycles(&pair([0, 1])).is_empty());
        assert!(in_cycles(&pair([0, 0])).is_empty());
        assert!(in_cycles(&[(vec![1], None), (vec![0], None)]).is_empty());
        // A stale copy of a pointer beside it changes nothing.
        assert_eq!(
            in_cycles(&[(vec![1, 1], Some([1, 1])), (vec![0], Some([1, 1]))]),
            [0, 1]
        );
    }

    #[test]
    fn a_cycle_within_a_forgotten_tree_is_found_alone() {
        // 0 owns 1 and 4, which know it weakly; 1 and 2 own each other through 3; 4 owns 5, which knows it.
        let blocks = [
            (vec![1, 4], Some([1, 3])),
            (vec![0, 2], Some([2, 1])),
            (vec![3], Some([1, 1])),
            (vec![1], None),
            (vec![0, 5], Some([1, 2])),
            (vec![4], Some([1, 1])),
        ];
        assert_eq!(in_cycles(&blocks), [1, 2, 3]);
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
