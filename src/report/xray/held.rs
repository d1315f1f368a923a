//! Who holds what is still reachable at the end.

use super::Drawing;
use crate::course::units::human_size;
use crate::judge::holder;
use crate::observe::{Holder, Site};
use crate::report::escape::NAME_CHARS;
use crate::report::style::Ink;
use crate::report::words;

/// Holders that are listed.
const HOLDERS: usize = 4;

impl Drawing<'_> {
    pub(super) fn held(&mut self, sites: &[Site]) {
        let mut all: Vec<Holder> = Vec::new();
        for held in sites.iter().flat_map(|site| &site.holders) {
            let same = |known: &&mut Holder| (known.kind, &known.name) == (held.kind, &held.name);
            match all.iter_mut().find(same) {
                Some(known) => {
                    known.amount.bytes = known.amount.bytes.saturating_add(held.amount.bytes);
                    known.amount.blocks = known.amount.blocks.saturating_add(held.amount.blocks);
                }
                None => all.push(held.clone()),
            }
        }
        if all.is_empty() {
            return;
        }
        // Stable: of equals the first in the observation's order.
        all.sort_by_key(|held| std::cmp::Reverse(held.amount.bytes));
        self.gap();
        for (i, held) in all.iter().take(HOLDERS).enumerate() {
            let blocks = words::counted(held.amount.blocks, "block", "blocks");
            let text = format!(
                "{} in {blocks} by {}",
                human_size(held.amount.bytes),
                self.style.clean(&holder(held), NAME_CHARS)
            );
            self.said(if i == 0 { "held" } else { "" }, Ink::Plain, &text);
        }
        if let Some(left) = all.len().checked_sub(HOLDERS).filter(|left| *left > 0) {
            let text = words::counted(left as u64, "further holder", "further holders");
            self.said("", Ink::Faint, &text);
        }
    }
}
