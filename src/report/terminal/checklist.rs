//! The checklist in a report for people.

use super::super::escape::{MESSAGE_CHARS, NAME_CHARS};
use super::super::{memory_drawing, words};
use super::{Drawing, Row, points};
use crate::judge::{ChecklistReport, ItemReport, Score, Verdict};

impl Drawing<'_> {
    pub(super) fn checklist(&mut self, checklist: &ChecklistReport) {
        self.heading("checklist", "", checklist.score);
        let unanswered =
            |item: &&ItemReport| item.answer_right.is_none() && item.verdict == Verdict::Failed;
        let silent: Vec<&ItemReport> = checklist.items.iter().filter(unanswered).collect();
        let mut rows: Vec<Row> = checklist
            .items
            .iter()
            .filter(|item| silent.len() < 2 || !unanswered(item))
            .map(|item| Row {
                name: self.style.clean(&item.id, NAME_CHARS),
                verdict: item.verdict,
                body: self.item(item),
                tail: points(item.verdict, item.score),
            })
            .collect();
        if silent.len() >= 2 {
            let mut score = Score::default();
            for item in &silent {
                score += item.score;
            }
            let names: Vec<String> = silent
                .iter()
                .map(|item| self.style.clean(&item.id, NAME_CHARS))
                .collect();
            rows.push(Row {
                name: words::counted(silent.len() as u64, "question", "questions"),
                verdict: Verdict::Failed,
                body: format!("no answer yet: {}", names.join(", ")),
                tail: points(Verdict::Failed, score),
            });
        }
        self.rows(&rows);
        self.out.push('\n');
        for item in &checklist.items {
            if let Some(drawing) = &item.drawing {
                let picture = memory_drawing::render(drawing, self.style);
                self.out.push_str(&picture);
                self.out.push('\n');
            }
        }
        for finding in &checklist.findings {
            self.finding(finding, None);
        }
    }

    fn item(&self, item: &ItemReport) -> String {
        if let Some(message) = &item.message {
            return self.style.clean(message, MESSAGE_CHARS);
        }
        match (item.verdict, item.answer_right) {
            (Verdict::Passed, _) if item.evidence.is_empty() => "the answer is right".to_owned(),
            (Verdict::Passed, _) => "the answer is right, and your programs show it".to_owned(),
            (_, None) => "not answered".to_owned(),
            (_, Some(false)) => "the answer is not right".to_owned(),
            (_, Some(true)) => {
                let missing: Vec<String> = item
                    .evidence
                    .iter()
                    .filter(|evidence| evidence.verdict != Verdict::Passed)
                    .map(|evidence| self.style.clean(&evidence.check, NAME_CHARS))
                    .collect();
                format!("the answer is right; still to pass: {}", missing.join(", "))
            }
        }
    }
}
