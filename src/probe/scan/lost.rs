//! Which of the lost blocks hold the others, and which keep each other alive.

use super::pointers::Pointers;

/// No number; numbers are kept plus one in tables that are zero at first, so that only what is used is touched.
const NONE: u32 = 0;

/// What the pointers among the lost blocks show.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// For each number whether it is lost and another lost block holds it.
    pub(super) indirect: Vec<bool>,
    /// Blocks that keep each other alive, ring after ring, and where each ring ends.
    members: Vec<u32>,
    ends: Vec<usize>,
}

impl Lost {
    /// `lost` says whether a number is a lost block.
    ///
    /// Definitely lost is one block of each component that no other lost block points to: the only one, or a ring's first.
    pub(super) fn of(pointers: &Pointers, lost: impl Fn(u32) -> bool) -> Self {
        let numbers = pointers.numbers();
        let mut result = Self {
            indirect: vec![false; numbers as usize],
            ..Self::default()
        };
        let holds_some = |from: u32| pointers.of(from).any(|(to, _)| lost(to));
        if !(0..numbers).any(|from| lost(from) && holds_some(from)) {
            return result;
        }
        let component = components(pointers, &lost, |members| {
            let itself = || pointers.of(members[0]).any(|(to, _)| to == members[0]);
            if members.len() > 1 || itself() {
                result.members.extend_from_slice(members);
                result.ends.push(result.members.len());
            }
        });
        // By component; there are no more of them than numbers.
        let mut leads = vec![false; numbers as usize + 1];
        for from in (0..numbers).filter(|from| lost(*from)) {
            let own = component[from as usize];
            for (to, _) in pointers.of(from).filter(|(to, _)| lost(*to)) {
                let to = component[to as usize];
                if to != own {
                    leads[to as usize] = true;
                }
            }
        }
        for from in (0..numbers).filter(|from| lost(*from)) {
            // The first of a component that nothing holds leads it; from then on the component counts as held.
            let own = component[from as usize];
            result.indirect[from as usize] = std::mem::replace(&mut leads[own as usize], true);
        }
        result
    }

    /// The blocks of each ring.
    pub(super) fn rings(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.members[start..*end])
    }

    /// The blocks of all rings.
    pub(super) fn in_rings(&self) -> &[u32] {
        &self.members
    }
}

/// Strongly connected components of the lost blocks (Tarjan 1972, with an explicit stack): for each block the number of its own,
/// from 1 on. `found` gets each component's blocks.
fn components(
    pointers: &Pointers,
    lost: &impl Fn(u32) -> bool,
    mut found: impl FnMut(&[u32]),
) -> Vec<u32> {
    let numbers = pointers.numbers();
    let mut component = vec![NONE; numbers as usize];
    let mut order = vec![NONE; numbers as usize];
    // The earliest block that can be reached back from each.
    let mut low = vec![NONE; numbers as usize];
    let (mut open, mut path): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
    let (mut clock, mut count) = (0u32, 0u32);
    for root in (0..numbers).filter(|root| lost(*root)) {
        if order[root as usize] != NONE {
            continue;
        }
        path.push((root, pointers.range(root).0));
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let slot = at as usize;
            let (begin, end) = pointers.range(at);
            if order[slot] == NONE {
                clock += 1;
                order[slot] = clock;
                if begin == end {
                    // Most blocks point to none: a component of their own, without the bookkeeping.
                    count += 1;
                    component[slot] = count;
                    path.pop();
                    continue;
                }
                low[slot] = clock;
                open.push(at);
            }
            if *next < end {
                let to = pointers.target(*next);
                *next += 1;
                if !lost(to) {
                    continue;
                }
                if order[to as usize] == NONE {
                    path.push((to, pointers.range(to).0));
                } else if component[to as usize] == NONE {
                    low[slot] = low[slot].min(order[to as usize]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[slot]);
            }
            if low[slot] == order[slot] {
                let start = open.iter().rposition(|member| *member == at).unwrap_or(0);
                count += 1;
                for member in &open[start..] {
                    component[*member as usize] = count;
                }
                found(&open[start..]);
                open.truncate(start);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pointers between blocks; every pointer leads to a start.
    pub(super) fn pointers<T: AsRef<[u32]>>(edges: &[T]) -> Pointers {
        let mut pointers = Pointers::with_room(edges.len());
        for targets in edges {
            for to in targets.as_ref() {
                pointers.point(*to, true);
            }
            pointers.next();
        }
        pointers
    }

    fn lost<T: AsRef<[u32]>>(edges: &[T]) -> (Vec<bool>, usize) {
        let lost = Lost::of(&pointers(edges), |_| true);
        let rings = lost.rings().count();
        (lost.indirect, rings)
    }

    #[test]
    fn what_is_held_is_indirectly_lost_whatever_the_order() {
        let none: &[u32] = &[];
        assert_eq!(lost(&[&[1], &[2], none]).0, [false, true, true]);
        assert_eq!(lost(&[none, &[0], &[1]]).0, [true, true, false]);
        // A leaf in front of the ring that holds it.
        assert_eq!(lost(&[none, &[2, 0], &[1]]).0, [true, false, true]);
        // A ring that is held from outside.
        assert_eq!(lost(&[&[1], &[0], &[0]]), (vec![true, true, false], 1));
        assert_eq!(lost(&[none, none]), (vec![false, false], 0));
        assert_eq!(lost(&[&[0u32]]), (vec![false], 1));
    }

    #[test]
    fn blocks_that_are_not_lost_hold_nothing_here() {
        let pointers = pointers(&[[1], [0], [1]]);
        let lost = Lost::of(&pointers, |number| number != 0);
        assert_eq!(lost.indirect, [false, true, false]);
        assert_eq!(lost.rings().count(), 0);
    }

    #[test]
    fn a_long_chain_does_not_recurse() {
        let edges: Vec<Vec<u32>> = (0..200_000u32)
            .map(|i| i.checked_sub(1).into_iter().collect())
            .collect();
        let (indirect, rings) = lost(&edges);
        assert_eq!(indirect.iter().filter(|i| !**i).count(), 1);
        assert_eq!(rings, 0);
    }
}
