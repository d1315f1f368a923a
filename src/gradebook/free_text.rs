//! `free_text.csv` in the results: free texts that a teacher marks, and the points that they gave.
//!
//! The main type is [`FreeTexts`]. `grade` writes a row for each answer; a teacher fills in `points` and `comment` with any
//! spreadsheet; the next `grade` into the same folder counts them. Points hold for one text: when the answer changes they are asked
//! for again, and what was given before stands in the comment. A row that a teacher wrote into is never thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::roll::ByHand;
use super::table;
use crate::course::answers::Answers;
use crate::course::checklist::{Answer, Checklist, FreeText};
use crate::error::Error;
use crate::judge::{ChecklistReport, Given};
use crate::report::escape;

/// The file's name.
pub const FILE: &str = "free_text.csv";

const COLUMNS: [&str; 7] = [
    "student", "question", "answer", "rubric", "possible", "points", "comment",
];

/// One answer to mark. The cells are as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Row {
    student: String,
    question: String,
    answer: String,
    rubric: String,
    possible: String,
    points: String,
    comment: String,
}

/// All free texts of a class, with what was given for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FreeTexts {
    rows: Vec<Row>,
    /// Where the rows of each student are.
    of_student: BTreeMap<String, Vec<usize>>,
}

impl FreeTexts {
    fn new(rows: Vec<Row>) -> Self {
        let mut of_student: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            match of_student.get_mut(&row.student) {
                Some(indices) => indices.push(index),
                None => {
                    of_student.insert(row.student.clone(), vec![index]);
                }
            }
        }
        Self { rows, of_student }
    }

    /// The rows of a student, in the table's order.
    fn of(&self, student: &str) -> impl Iterator<Item = &Row> {
        let indices = self.of_student.get(escape::csv_cell(student).as_str());
        indices
            .into_iter()
            .flatten()
            .map(|index| &self.rows[*index])
    }

    /// Reads what a teacher has filled in; nothing if the file is not there.
    ///
    /// # Errors
    /// [`Error::Usage`] for a table that cannot be understood, with the line to change; [`Error::File`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let Some(text) = table::text_of(path)? else {
            return Ok(Self::default());
        };
        Self::parse(&text).map_err(|message| table::bad(path, &message))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut rows = Vec::new();
        for line in table::rows(text, &COLUMNS, &[])? {
            let cell = |index: usize| line.cells.get(index).cloned().unwrap_or_default();
            let row = Row {
                student: cell(0),
                question: cell(1),
                answer: cell(2),
                rubric: cell(3),
                possible: cell(4),
                points: cell(5).trim().to_owned(),
                comment: cell(6).trim().to_owned(),
            };
            if row.student.is_empty() && row.question.is_empty() {
                continue;
            }
            row.check()
                .map_err(|message| format!("line {}: {message}", line.number))?;
            rows.push(row);
        }
        Ok(Self::new(rows))
    }

    /// What was given for this very text.
    pub fn given(&self, student: &str, question: &str, answer: &str) -> Option<Given> {
        let row = self.row(student, question)?;
        if !same(&row.answer, answer) {
            return None;
        }
        Some(Given {
            points: row.points.parse().ok()?,
            comment: (!row.comment.is_empty()).then(|| row.comment.clone()),
        })
    }

    /// The rows that a teacher wrote into.
    pub fn by_hand(&self) -> Vec<ByHand> {
        self.rows.iter().filter_map(Row::by_hand).collect()
    }

    /// The same of one student.
    pub fn by_hand_of(&self, student: &str) -> Vec<ByHand> {
        self.of(student).filter_map(Row::by_hand).collect()
    }

    /// All points that were given for these very texts of a student, as one text: another one means that something is to be counted
    /// anew. What was given for an earlier text counts no more, so it is no part of it.
    pub fn marks_of(&self, student: &str, texts: &Texts) -> String {
        let marks: Vec<_> = self
            .marked_rows(student)
            .filter(|row| row.is_of(texts))
            .map(|row| (&row.question, &row.points, &row.comment))
            .collect();
        format!("{marks:?}")
    }

    /// The questions for which a student has points for another text than one of these.
    pub fn stale(&self, student: &str, texts: &Texts) -> BTreeSet<&str> {
        self.marked_rows(student)
            .filter(|row| !row.is_of(texts))
            .map(|row| row.question.as_str())
            .collect()
    }

    fn marked_rows(&self, student: &str) -> impl Iterator<Item = &Row> {
        self.of(student).filter(|row| !row.points.is_empty())
    }

    fn row(&self, student: &str, question: &str) -> Option<&Row> {
        self.of(student).find(|row| row.question == question)
    }

    /// The table after a grading: a row for each free text, with what was given for it so far.
    #[must_use]
    pub fn after(&self, checklist: &Checklist, graded: &[(String, ChecklistReport)]) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for (student, report) in graded {
            for item in &report.items {
                let question = checklist
                    .items
                    .iter()
                    .find(|question| question.id == item.id);
                if let Some(answer) = &item.answer
                    && let Some(text) = question.and_then(|question| question.text.as_ref())
                {
                    let before = self.row(student, &item.id);
                    rows.push(Row {
                        student: escape::csv_cell(student),
                        question: item.id.clone(),
                        answer: escape::csv_cell(answer),
                        rubric: escape::csv_cell(&rubric(text)),
                        possible: item.score.possible.to_string(),
                        ..marked(before, answer)
                    });
                }
            }
        }
        // Students who are gone, answers that are gone: the work on them stays.
        let there: BTreeSet<(&str, &str)> = rows
            .iter()
            .map(|row| (row.student.as_str(), row.question.as_str()))
            .collect();
        let left = self.rows.iter().filter(|old| {
            let worked_on = !old.points.is_empty() || !old.comment.is_empty();
            worked_on && !there.contains(&(old.student.as_str(), old.question.as_str()))
        });
        let left: Vec<Row> = left.cloned().collect();
        rows.extend(left);
        Self::new(rows)
    }

    /// Whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many answers wait to be marked.
    pub fn waiting(&self) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.points.is_empty()).count()
    }

    /// The file's text. No cell is a formula.
    ///
    /// # Errors
    /// What the writer of the table says.
    pub fn render(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS)?;
        for row in &self.rows {
            let cells = [
                &row.student,
                &row.question,
                &row.answer,
                &row.rubric,
                &row.possible,
                &row.points,
                &row.comment,
            ];
            writer.write_record(cells)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Row {
    /// Whether it is about one of these texts.
    fn is_of(&self, texts: &Texts) -> bool {
        texts.get(&self.question) == Some(&hash(&self.answer))
    }

    /// What a teacher wrote into it, if that is anything.
    fn by_hand(&self) -> Option<ByHand> {
        let said = !self.points.is_empty() || !self.comment.is_empty();
        said.then(|| ByHand {
            file: FILE,
            student: self.student.clone(),
            part: self.question.clone(),
            points: self.points.clone(),
            comment: self.comment.clone(),
        })
    }

    fn check(&self) -> Result<(), String> {
        if self.points.is_empty() {
            return Ok(());
        }
        let Ok(points) = self.points.parse::<u32>() else {
            let shown: String = self.points.chars().take(40).collect();
            return Err(format!(
                "`{shown}` in the column `points` is not a whole number"
            ));
        };
        match self.possible.trim().parse::<u32>() {
            Ok(possible) if points > possible => Err(format!(
                "{points} points are given where {possible} are possible"
            )),
            _ => Ok(()),
        }
    }
}

/// Points and comment for an answer, from the row that was there before.
fn marked(before: Option<&Row>, answer: &str) -> Row {
    let Some(before) = before else {
        return Row::default();
    };
    if same(&before.answer, answer) {
        return Row {
            points: before.points.clone(),
            comment: escape::csv_cell(&before.comment),
            ..Row::default()
        };
    }
    let comment = match before.points.as_str() {
        "" => before.comment.clone(),
        points => format!(
            "(the answer has changed; before it had {points} of {}) {}",
            before.possible, before.comment
        ),
    };
    Row {
        comment: escape::csv_cell(comment.trim()),
        ..Row::default()
    }
}

/// The free texts of a submission, by question: a hash of each, which is the same where [`FreeTexts`] takes two texts for the same.
pub type Texts = BTreeMap<String, blake3::Hash>;

/// The free texts among answers.
pub fn texts_of(answers: &Answers) -> Texts {
    let texts = answers
        .given
        .iter()
        .filter_map(|(question, answer)| match answer {
            Answer::Text(text) => Some((question.clone(), hash(&escape::csv_cell(text)))),
            _ => None,
        });
    texts.collect()
}

fn hash(cell: &str) -> blake3::Hash {
    let words: Vec<&str> = cell.split_whitespace().collect();
    blake3::hash(words.join(" ").as_bytes())
}

/// Whether a cell holds this answer: what a spreadsheet does to blanks and line ends is no change.
fn same(cell: &str, answer: &str) -> bool {
    let written = escape::csv_cell(answer);
    cell.split_whitespace().eq(written.split_whitespace())
}

fn rubric(text: &FreeText) -> String {
    let lines = text.rubric.iter();
    let lines = lines.map(|criterion| format!("{}: {}", criterion.points, criterion.says));
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
