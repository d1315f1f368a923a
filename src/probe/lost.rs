//! The lost blocks as a graph: which of them hold the others, and which keep each other alive in rings.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Rings of more blocks than this are told by stack, not block by block.
const EXACT: usize = 12;
/// Most kinds of rings that are told block by block.
const KINDS: usize = 1000;
const NONE: u32 = u32::MAX;

/// Pointers among lost blocks, which are numbered from 0. Entered block by block.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The pointers of block `i` are `targets[first[i]..first[i + 1]]`, in order of their places in memory.
    first: Vec<u32>,
    targets: Vec<u32>,
    /// Blocks that point to themselves, in order.
    to_itself: Vec<u32>,
    /// How many pointers lead to the block's start.
    to_start: Vec<u32>,
}

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

/// A lost block, as far as rings need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// The stack's id.
    pub(super) stack: u32,
    /// Bytes.
    pub(super) size: u64,
    /// The first two words: strong and weak count, if it is reference-counted.
    pub(super) words: [u64; 2],
}

/// What the graph shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Classes {
    /// For each block whether it is indirectly lost.
    pub(super) indirect: Vec<bool>,
    /// Rings by kind.
    pub(super) rings: Vec<Ring>,
}

impl Graph {
    pub(super) fn new(nodes: usize) -> Self {
        let mut first = Vec::with_capacity(nodes + 1);
        first.push(0);
        Self {
            first,
            targets: Vec::new(),
            to_itself: Vec::new(),
            to_start: vec![0; nodes],
        }
    }

    /// Notes a pointer of the block being entered.
    #[inline]
    pub(super) fn point(&mut self, to: u32, at_start: bool) {
        if at_start && let Some(pointers) = self.to_start.get_mut(to as usize) {
            *pointers = pointers.saturating_add(1);
        }
        let from = u32::try_from(self.first.len() - 1).unwrap_or(NONE);
        if to != from {
            self.targets.push(to);
        } else if self.to_itself.last() != Some(&from) {
            self.to_itself.push(from);
        }
    }

    /// All pointers of a block have been entered; the next block follows.
    #[inline]
    pub(super) fn next(&mut self) {
        self.first
            .push(u32::try_from(self.targets.len()).unwrap_or(NONE));
    }

    fn targets(&self, from: u32) -> &[u32] {
        &self.targets[self.first[from as usize] as usize..self.first[from as usize + 1] as usize]
    }

    fn points_to_itself(&self, block: u32) -> bool {
        self.to_itself.binary_search(&block).is_ok()
    }

    /// Definitely lost is one block of each component that no other lost block points to: the only one, or a ring's first.
    /// `node` tells about a block; it is asked for blocks of rings only.
    pub(super) fn classify(&self, node: impl FnMut(u32) -> Node) -> Classes {
        let nodes = self.to_start.len();
        if self.targets.is_empty() && self.to_itself.is_empty() {
            return Classes {
                indirect: vec![false; nodes],
                rings: Vec::new(),
            };
        }
        let mut rings = Rings::new(self, node);
        let component = self.components(|members| {
            if members.len() > 1 || self.points_to_itself(members[0]) {
                rings.add(members);
            }
        });
        let mut leads = vec![false; nodes];
        for (from, own) in component.iter().enumerate() {
            for to in self.targets(u32::try_from(from).unwrap_or(NONE)) {
                let to = component[*to as usize];
                if to != *own {
                    leads[to as usize] = true;
                }
            }
        }
        let indirect = component
            .iter()
            // The first of a component that nothing holds leads it; from then on the component counts as held.
            .map(|own| std::mem::replace(&mut leads[*own as usize], true))
            .collect();
        Classes {
            indirect,
            rings: rings.finish(),
        }
    }

    /// Strongly connected components (Tarjan 1972, with an explicit stack): for each block the number of its own, which is less
    /// than the number of blocks. `found` gets each component's blocks.
    fn components(&self, mut found: impl FnMut(&[u32])) -> Vec<u32> {
        let nodes = u32::try_from(self.to_start.len()).unwrap_or(NONE);
        let mut component = vec![NONE; nodes as usize];
        let mut order = vec![NONE; nodes as usize];
        // The earliest block that can be reached back from each.
        let mut low = vec![0u32; nodes as usize];
        let (mut open, mut path): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
        let (mut clock, mut count) = (0u32, 0u32);
        for root in 0..nodes {
            if order[root as usize] != NONE {
                continue;
            }
            if self.targets(root).is_empty() {
                // Most blocks point to none: a component of their own, without the bookkeeping.
                order[root as usize] = clock;
                clock += 1;
                component[root as usize] = count;
                count += 1;
                found(&[root]);
                continue;
            }
            path.push((root, self.first[root as usize]));
            while let Some((at, next)) = path.last_mut() {
                let (at, edge) = (*at as usize, *next);
                if order[at] == NONE {
                    order[at] = clock;
                    low[at] = clock;
                    clock += 1;
                    open.push(u32::try_from(at).unwrap_or(NONE));
                }
                if edge < self.first[at + 1] {
                    *next += 1;
                    let to = self.targets[edge as usize];
                    if order[to as usize] == NONE {
                        path.push((to, self.first[to as usize]));
                    } else if component[to as usize] == NONE {
                        low[at] = low[at].min(order[to as usize]);
                    }
                    continue;
                }
                path.pop();
                if let Some((parent, _)) = path.last() {
                    low[*parent as usize] = low[*parent as usize].min(low[at]);
                }
                if low[at] == order[at] {
                    let start = open
                        .iter()
                        .rposition(|member| *member as usize == at)
                        .unwrap_or(0);
                    for member in &open[start..] {
                        component[*member as usize] = count;
                    }
                    found(&open[start..]);
                    open.truncate(start);
                    count += 1;
                }
            }
        }
        component
    }
}

/// Collects rings, equal ones as one.
struct Rings<'a, F> {
    graph: &'a Graph,
    node: F,
    kinds: BTreeMap<RingShape, u64>,
    /// The kind seen last, and how often in a row: equal rings mostly come together.
    last: Option<(RingShape, u64)>,
}

impl<'a, F: FnMut(u32) -> Node> Rings<'a, F> {
    fn new(graph: &'a Graph, node: F) -> Self {
        Self {
            graph,
            node,
            kinds: BTreeMap::new(),
            last: None,
        }
    }

    fn add(&mut self, blocks: &[u32]) {
        let shape = if blocks.len() <= EXACT && self.kinds.len() < KINDS {
            self.exact(blocks)
        } else {
            self.by_stack(blocks)
        };
        match &mut self.last {
            Some((last, times)) if *last == shape => *times += 1,
            _ => {
                self.put_away();
                self.last = Some((shape, 1));
            }
        }
    }

    fn put_away(&mut self) {
        if let Some((shape, times)) = self.last.take() {
            *self.kinds.entry(shape).or_default() += times;
        }
    }

    fn finish(mut self) -> Vec<Ring> {
        self.put_away();
        let rings = self.kinds.into_iter();
        rings.map(|(shape, count)| Ring { count, shape }).collect()
    }

    fn member(&mut self, block: u32) -> RingMember {
        let node = (self.node)(block);
        let [strong, weak] = node.words;
        // Together the strong ones hold one weak count.
        let pointers = u64::from(self.graph.to_start[block as usize]);
        let counts_agree = strong >= 1
            && weak >= 1
            && node.size >= 16
            && strong.checked_add(weak).and_then(|n| n.checked_sub(1)) == Some(pointers);
        RingMember {
            stack: node.stack,
            blocks: 1,
            bytes: node.size,
            counts_agree,
        }
    }

    /// Block by block, from the one with the lowest stack on along the pointers, so that equal rings look equal.
    fn exact(&mut self, blocks: &[u32]) -> RingShape {
        let mut members: Vec<(u32, RingMember)> = Vec::with_capacity(blocks.len());
        for block in blocks {
            let member = self.member(*block);
            members.push((*block, member));
        }
        let start = members
            .iter()
            .min_by_key(|(block, m)| (m.stack, m.bytes, *block));
        let mut order: Vec<u32> = start.iter().map(|(block, _)| *block).collect();
        let mut pending: VecDeque<u32> = order.iter().copied().collect();
        while let Some(from) = pending.pop_front() {
            for to in self.graph.targets(from) {
                if blocks.contains(to) && !order.contains(to) {
                    order.push(*to);
                    pending.push_back(*to);
                }
            }
        }
        let place = |block: u32| order.iter().position(|known| *known == block);
        let mut edges = Vec::new();
        for (from, block) in order.iter().enumerate() {
            edges.extend(
                self.graph
                    .targets(*block)
                    .iter()
                    .filter_map(|to| Some((from, place(*to)?))),
            );
            if self.graph.points_to_itself(*block) {
                edges.push((from, from));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        members.sort_by_key(|(block, _)| place(*block));
        RingShape {
            members: members.into_iter().map(|(_, member)| member).collect(),
            edges,
        }
    }

    /// By stack: the members of one line are one.
    fn by_stack(&mut self, blocks: &[u32]) -> RingShape {
        let mut members: BTreeMap<u32, RingMember> = BTreeMap::new();
        let mut stacks: Vec<(u32, u32)> = Vec::with_capacity(blocks.len());
        for block in blocks {
            let member = self.member(*block);
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
            for to in self.graph.targets(*block) {
                if let Ok(at) = stacks.binary_search_by_key(to, |(block, _)| *block) {
                    pairs.insert((*stack, stacks[at].1));
                }
            }
            if self.graph.points_to_itself(*block) {
                pairs.insert((*stack, *stack));
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
}

#[cfg(test)]
mod tests {
    use super::{Graph, Node, Ring};

    /// A graph from its edges; every pointer leads to a start, every node is an Rc whose counts are `counts`.
    fn classify(edges: &[&[u32]], counts: &[[u64; 2]]) -> (Vec<bool>, Vec<Ring>) {
        let mut graph = Graph::new(edges.len());
        for targets in edges {
            for to in *targets {
                graph.point(*to, true);
            }
            graph.next();
        }
        let classes = graph.classify(|i| Node {
            stack: 1,
            size: 32,
            words: counts.get(i as usize).copied().unwrap_or([0, 0]),
        });
        (classes.indirect, classes.rings)
    }

    fn agree(rings: &[Ring]) -> bool {
        rings
            .iter()
            .all(|ring| ring.shape.members.iter().all(|member| member.counts_agree))
    }

    #[test]
    fn what_is_held_is_indirectly_lost_whatever_the_order() {
        assert_eq!(classify(&[&[1], &[2], &[]], &[]).0, [false, true, true]);
        assert_eq!(classify(&[&[], &[0], &[1]], &[]).0, [true, true, false]);
        // A leaf in front of the ring that holds it.
        assert_eq!(classify(&[&[], &[2, 0], &[1]], &[]).0, [true, false, true]);
        // A ring that is held from outside.
        assert_eq!(classify(&[&[1], &[0], &[0]], &[]).0, [true, true, false]);
        assert_eq!(classify(&[&[], &[]], &[]).0, [false, false]);
    }

    #[test]
    fn rings_are_found_and_their_counts_checked() {
        let (indirect, rings) = classify(&[&[1], &[0]], &[[1, 1], [1, 1]]);
        assert_eq!((indirect, rings.len()), (vec![false, true], 1));
        assert!(agree(&rings));
        assert_eq!(rings[0].shape.edges, [(0, 1), (1, 0)]);
        let (indirect, rings) = classify(&[&[0]], &[[1, 1]]);
        assert_eq!((indirect, rings.len()), (vec![false], 1));
        assert!(agree(&rings));
        assert_eq!(rings[0].shape.edges, [(0, 0)]);
        // Somebody else holds a count: no ring of reference counts.
        assert!(!agree(&classify(&[&[1], &[0]], &[[2, 1], [1, 1]]).1));
        assert_eq!(classify(&[&[1], &[]], &[]).1, []);
    }

    #[test]
    fn equal_rings_are_one_kind_wherever_they_begin() {
        // Twice three in a ring, entered in different orders.
        let (_, rings) = classify(&[&[1], &[2], &[0], &[5], &[3], &[4]], &[]);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].count, 2);
        assert_eq!(rings[0].shape.edges, [(0, 1), (1, 2), (2, 0)]);
    }

    #[test]
    fn a_long_ring_is_told_by_stack() {
        let edges: Vec<Vec<u32>> = (0..100_000).map(|i| vec![(i + 1) % 100_000]).collect();
        let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
        let (indirect, rings) = classify(&edges, &[]);
        assert_eq!(indirect.iter().filter(|i| !**i).count(), 1);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].shape.members.len(), 1);
        assert_eq!(rings[0].shape.members[0].blocks, 100_000);
        assert_eq!(rings[0].shape.edges, [(0, 0)]);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let edges: Vec<Vec<u32>> = (0..200_000u32)
            .map(|i| if i == 0 { vec![] } else { vec![i - 1] })
            .collect();
        let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
        let (indirect, rings) = classify(&edges, &[]);
        assert_eq!(indirect.iter().filter(|i| !**i).count(), 1);
        assert_eq!(rings, []);
    }
}
