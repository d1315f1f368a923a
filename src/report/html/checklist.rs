//! The checklist on a student's page: each question with what its points rest on.

use serde::Serialize;

use super::budget::{self, Budget};
use super::finding::{Drawer, Files, FindingView, With};
use super::memory_map::{self, MapView};
use super::text;
use super::verdict::VerdictView;
use crate::judge::{ChecklistReport, ItemReport, Verdict};
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::report::words;

/// Findings about the answers that are drawn.
const FINDINGS: usize = 8;
/// Checks that one question rests on, of which are shown.
const EVIDENCE: usize = 12;
/// Characters of a free text.
const ANSWER: usize = 3000;

/// The checklist, for a template.
#[derive(Debug, Serialize)]
pub(super) struct ChecklistView {
    score: String,
    items: Vec<ItemView>,
    findings: Vec<FindingView>,
    /// Questions and findings that there was no room for.
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct ItemView {
    id: String,
    question: String,
    verdict: VerdictView,
    says: String,
    score: String,
    evidence: Vec<EvidenceView>,
    answer: Option<String>,
    drawing: Option<MapView>,
    measured: Option<MapView>,
}

#[derive(Debug, Serialize)]
struct EvidenceView {
    check: String,
    verdict: VerdictView,
}

impl ChecklistView {
    pub(super) fn new(
        checklist: &ChecklistReport,
        files: &Files<'_>,
        drawer: &mut Drawer,
        budget: &mut Budget,
    ) -> Self {
        let mut view = Self {
            score: words::score(checklist.score),
            items: Vec::new(),
            findings: Vec::new(),
            left_out: 0,
        };
        for item in &checklist.items {
            let item = ItemView::new(item);
            if budget.take(item.weight()) {
                view.items.push(item);
            } else {
                view.left_out += 1;
            }
        }
        for finding in &checklist.findings {
            let with = With {
                files,
                from: None,
                cycles: &[],
            };
            let room = view.findings.len() < FINDINGS;
            let drawn = room.then(|| drawer.draw(finding, with));
            match drawn.filter(|(_, weight)| budget.take(*weight)) {
                Some((finding, _)) => view.findings.push(finding),
                None => view.left_out += 1,
            }
        }
        view
    }
}

impl ItemView {
    fn new(item: &ItemReport) -> Self {
        let (drawing, measured) = item
            .drawing
            .as_ref()
            .map(memory_map::of_drawing)
            .map_or((None, None), |(drawing, measured)| {
                (Some(drawing), measured)
            });
        Self {
            id: text::line(&item.id, NAME_CHARS),
            question: text::line(&item.question, MESSAGE_CHARS),
            verdict: item.verdict.into(),
            says: says(item),
            score: words::score(item.score),
            evidence: item
                .evidence
                .iter()
                .take(EVIDENCE)
                .map(|evidence| EvidenceView {
                    check: text::line(&evidence.check, NAME_CHARS),
                    verdict: evidence.verdict.into(),
                })
                .collect(),
            answer: item
                .answer
                .as_deref()
                .map(|answer| text::passage(answer, ANSWER)),
            drawing,
            measured,
        }
    }

    fn weight(&self) -> usize {
        let evidence = self
            .evidence
            .iter()
            .map(|evidence| text::weight(&evidence.check) + 160);
        let maps = [&self.drawing, &self.measured]
            .into_iter()
            .flatten()
            .map(MapView::weight);
        let texts = [&self.id, &self.question, &self.says]
            .into_iter()
            .chain(&self.answer);
        500 + evidence.chain(maps).sum::<usize>() + budget::weight(texts.map(String::as_str))
    }
}

/// Which half is there and which is missing.
fn says(item: &ItemReport) -> String {
    if let Some(message) = &item.message {
        return text::line(message, MESSAGE_CHARS);
    }
    let words = match (item.verdict, item.answer_right) {
        (Verdict::Passed, _) if item.evidence.is_empty() => "The answer is right.",
        (Verdict::Passed, _) => "The answer is right, and your programs show it.",
        (_, None) if item.pending => "Your teacher reads the answer.",
        (_, None) => "There is no answer yet.",
        (_, Some(false)) => "The answer is not right.",
        (_, Some(true)) => "The answer is right; not every check below has passed.",
    };
    words.to_owned()
}
