//! The lost blocks as a graph: which of them hold the others, and which keep each other alive in rings.

use std::collections::BTreeMap;

use crate::observe::Amount;

/// Pointers among lost blocks, which are numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The pointers of block `i` are `targets[first[i]..first[i + 1]]`.
    first: Vec<usize>,
    targets: Vec<u32>,
    /// Blocks that point to themselves.
    to_itself: Vec<bool>,
    /// How many pointers lead to the block's start.
    to_start: Vec<u64>,
}

/// Equal rings: blocks that keep each other alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// How many such rings there are.
    pub count: u64,
    /// Their blocks by stack.
    pub parts: Vec<RingPart>,
}

/// The blocks of a ring that come from one stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RingPart {
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

impl Graph {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            first: vec![0],
            targets: Vec::new(),
            to_itself: vec![false; nodes],
            to_start: vec![0; nodes],
        }
    }

    /// Notes a pointer of the block being entered.
    pub(super) fn point(&mut self, to: usize, at_start: bool) {
        let from = self.first.len() - 1;
        if at_start {
            self.to_start[to] += 1;
        }
        if to == from {
            self.to_itself[to] = true;
        } else {
            self.targets.push(u32::try_from(to).unwrap_or(u32::MAX));
        }
    }

    /// All pointers of a block have been entered; the next block follows.
    pub(super) fn next(&mut self) {
        self.first.push(self.targets.len());
    }

    fn targets(&self, from: usize) -> &[u32] {
        &self.targets[self.first[from]..self.first[from + 1]]
    }

    /// Strongly connected components (Tarjan 1972, with an explicit stack): for each block the number of its own.
    fn components(&self) -> (Vec<u32>, usize) {
        const NONE: u32 = u32::MAX;
        let nodes = self.to_itself.len();
        let mut component = vec![NONE; nodes];
        let mut order = vec![NONE; nodes];
        let mut low = vec![0u32; nodes];
        let mut next_edge: Vec<usize> = self.first[..nodes].to_vec();
        let (mut open, mut path) = (Vec::new(), Vec::new());
        let (mut clock, mut count) = (0u32, 0usize);
        for root in 0..nodes {
            if order[root] != NONE {
                continue;
            }
            path.push(root);
            while let Some(at) = path.last().copied() {
                if order[at] == NONE {
                    order[at] = clock;
                    low[at] = clock;
                    clock += 1;
                    open.push(at);
                }
                if next_edge[at] < self.first[at + 1] {
                    let to = self.targets[next_edge[at]] as usize;
                    next_edge[at] += 1;
                    if order[to] == NONE {
                        path.push(to);
                    } else if component[to] == NONE {
                        low[at] = low[at].min(order[to]);
                    }
                    continue;
                }
                path.pop();
                if let Some(parent) = path.last() {
                    low[*parent] = low[*parent].min(low[at]);
                }
                if low[at] == order[at] {
                    while let Some(member) = open.pop() {
                        component[member] = u32::try_from(count).unwrap_or(NONE - 1);
                        if member == at {
                            break;
                        }
                    }
                    count += 1;
                }
            }
        }
        (component, count)
    }

    /// For each block whether it is indirectly lost; and the rings.
    ///
    /// Definitely lost is one block of each component that no other lost block points to: the only one, or a ring's first.
    pub(super) fn classify(&self, nodes: &[Node]) -> (Vec<bool>, Vec<Ring>) {
        let (component, count) = self.components();
        let mut held = vec![false; count];
        let mut size = vec![0u64; count];
        for from in 0..nodes.len() {
            size[component[from] as usize] += 1;
            for to in self.targets(from) {
                let to = component[*to as usize];
                if to != component[from] {
                    held[to as usize] = true;
                }
            }
        }
        let mut leads = held;
        let indirect: Vec<bool> = component
            .iter()
            // The first of a component that nothing holds leads it; from then on the component counts as held.
            .map(|own| std::mem::replace(&mut leads[*own as usize], true))
            .collect();
        (indirect, self.rings(nodes, &component, &size))
    }

    fn rings(&self, nodes: &[Node], component: &[u32], size: &[u64]) -> Vec<Ring> {
        let mut parts: BTreeMap<u32, BTreeMap<u32, RingPart>> = BTreeMap::new();
        for (i, node) in nodes.iter().enumerate() {
            let own = component[i];
            if size[own as usize] < 2 && !self.to_itself[i] {
                continue;
            }
            let [strong, weak] = node.words;
            // Together the strong ones hold one weak count.
            let agrees = strong >= 1
                && weak >= 1
                && node.size >= 16
                && strong.checked_add(weak).and_then(|n| n.checked_sub(1))
                    == Some(self.to_start[i]);
            let part = parts
                .entry(own)
                .or_default()
                .entry(node.stack)
                .or_insert(RingPart {
                    stack: node.stack,
                    blocks: 0,
                    bytes: 0,
                    counts_agree: true,
                });
            part.blocks += 1;
            part.bytes += node.size;
            part.counts_agree &= agrees;
        }
        let mut equal: BTreeMap<Vec<RingPart>, u64> = BTreeMap::new();
        for ring in parts.into_values() {
            *equal.entry(ring.into_values().collect()).or_default() += 1;
        }
        equal
            .into_iter()
            .map(|(parts, count)| Ring { count, parts })
            .collect()
    }
}

/// Sums by stack.
pub(super) fn add(table: &mut [Amount], stack: u32, size: u64) {
    if let Some(sum) = table.get_mut(stack as usize) {
        sum.blocks += 1;
        sum.bytes = sum.bytes.saturating_add(size);
    }
}

#[cfg(test)]
mod tests {
    use super::{Graph, Node};

    /// A graph from its edges; every pointer leads to a start, every node is an Rc whose counts are `counts`.
    fn classify(edges: &[&[usize]], counts: &[[u64; 2]]) -> (Vec<bool>, usize, bool) {
        let mut graph = Graph::new(edges.len());
        for targets in edges {
            for to in *targets {
                graph.point(*to, true);
            }
            graph.next();
        }
        let node = |i: usize| Node {
            stack: 1,
            size: 32,
            words: counts.get(i).copied().unwrap_or([0, 0]),
        };
        let nodes: Vec<Node> = (0..edges.len()).map(node).collect();
        let (indirect, rings) = graph.classify(&nodes);
        (
            indirect,
            rings.len(),
            rings
                .iter()
                .all(|ring| ring.parts.iter().all(|part| part.counts_agree)),
        )
    }

    #[test]
    fn what_is_held_is_indirectly_lost_whatever_the_order() {
        assert_eq!(classify(&[&[1], &[2], &[]], &[]).0, [false, true, true]);
        assert_eq!(classify(&[&[], &[0], &[1]], &[]).0, [true, true, false]);
        // A leaf in front of the ring that holds it.
        assert_eq!(classify(&[&[], &[2, 0], &[1]], &[]).0, [true, false, true]);
        // A ring that is held from outside.
        assert_eq!(classify(&[&[1], &[0], &[0]], &[]).0, [true, true, false]);
    }

    #[test]
    fn rings_are_found_and_their_counts_checked() {
        assert_eq!(
            classify(&[&[1], &[0]], &[[1, 1], [1, 1]]),
            (vec![false, true], 1, true)
        );
        assert_eq!(classify(&[&[0]], &[[1, 1]]), (vec![false], 1, true));
        // Somebody else holds a count: no ring of reference counts.
        assert!(!classify(&[&[1], &[0]], &[[2, 1], [1, 1]]).2);
        assert_eq!(classify(&[&[1], &[]], &[]).1, 0);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let edges: Vec<Vec<usize>> = (0..200_000)
            .map(|i| if i == 0 { vec![] } else { vec![i - 1] })
            .collect();
        let edges: Vec<&[usize]> = edges.iter().map(Vec::as_slice).collect();
        let (indirect, rings, _) = classify(&edges, &[]);
        assert_eq!(indirect.iter().filter(|i| !**i).count(), 1);
        assert_eq!(rings, 0);
    }
}
