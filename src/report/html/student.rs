//! A student's page: what came of the hand-in, and why. Of hidden cases and checks only names, verdicts and points are on it.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::budget::Budget;
use super::checklist::ChecklistView;
use super::exercise::{ExerciseView, nothing_handed_in};
use super::finding::{Drawer, Files};
use super::points::{PointsView, Summary};
use super::source::File;
use super::text;
use crate::gradebook::record::Record;
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};

/// Bytes of a page without its frame and style, which take about 24 KiB more.
const PAGE: usize = 268 * 1024;
/// Bytes of the kinds of content. Sources come last and get what is left.
const POINTS: usize = 28 * 1024;
const HAND_IN: usize = 8 * 1024;
const ROWS: usize = 40 * 1024;
const FINDINGS: usize = 80 * 1024;
const CHECKLIST: usize = 36 * 1024;
const MEMORY: usize = 56 * 1024;
const PRINTED: usize = 16 * 1024;
/// Bytes of an exercise's headings, names and titles among them.
const FRAME: usize = 2500;
/// Sentences about the hand-in that are shown.
const NOTES: usize = 20;
/// Exercises that are shown.
const EXERCISES: usize = 60;

/// A student's page, for a template.
#[derive(Debug, Serialize)]
pub(super) struct StudentView {
    name: String,
    id: String,
    group: Option<String>,
    attempt: Option<String>,
    submitted: Option<String>,
    late: Option<bool>,
    handed_in: bool,
    notes: Vec<String>,
    notes_left_out: usize,
    summary: Summary,
    points: PointsView,
    exercises: Vec<ExerciseView>,
    exercises_left_out: usize,
    checklist: Option<ChecklistView>,
}

impl StudentView {
    pub(super) fn new(record: &Record) -> Self {
        let mut page = Budget::new(PAGE);
        let report = &record.report;
        let files: Files<'_> = record
            .sources
            .iter()
            .map(|(name, text)| (name.as_str(), File::new(text)))
            .collect();

        let mut part = page.part(POINTS);
        let points = PointsView::new(&record.grade, report, &mut part);
        page.give_back(&part);
        let mut part = page.part(HAND_IN);
        let notes: Vec<String> = record
            .notes
            .iter()
            .map(|note| text::line(note, MESSAGE_CHARS))
            .take(NOTES)
            .take_while(|note| part.take(text::weight(note) + 20))
            .collect();
        page.give_back(&part);

        let shown = report
            .exercises
            .iter()
            .take(EXERCISES)
            .take_while(|_| page.take(FRAME))
            .count();
        let judged = || report.exercises.iter().take(shown);
        let mut part = page.part(ROWS);
        let mut exercises: Vec<ExerciseView> = judged()
            .zip(1..)
            .map(|(exercise, number)| {
                let missing = nothing_handed_in(exercise, &record.sources);
                ExerciseView::new(number, exercise, missing, &mut part)
            })
            .collect();
        page.give_back(&part);

        let mut drawer = Drawer::default();
        let mut part = page.part(FINDINGS);
        for (exercise, view) in judged().zip(&mut exercises) {
            view.findings(exercise, &files, &mut drawer, &mut part);
        }
        page.give_back(&part);

        let mut part = page.part(CHECKLIST);
        let checklist = report
            .checklist
            .as_ref()
            .map(|checklist| ChecklistView::new(checklist, &files, &mut drawer, &mut part));
        page.give_back(&part);

        let mut part = page.part(MEMORY);
        for (exercise, view) in judged().zip(&mut exercises) {
            view.memory(exercise, &mut part);
        }
        page.give_back(&part);

        let mut part = page.part(PRINTED);
        for (exercise, view) in judged().zip(&mut exercises) {
            view.printed(exercise, &mut part);
        }
        page.give_back(&part);

        // What is left, shared: one long file must not take what the others need.
        let mut to_go = exercises.len();
        for (exercise, view) in judged().zip(&mut exercises) {
            let mut part = page.part(page.left() / to_go.max(1));
            view.sources(exercise, &files, &mut part);
            page.give_back(&part);
            to_go -= 1;
        }

        Self {
            name: name(record),
            id: text::line(&record.id, NAME_CHARS),
            group: record
                .group
                .as_deref()
                .map(|group| text::line(group, NAME_CHARS)),
            attempt: record
                .attempt
                .as_deref()
                .map(|attempt| text::line(attempt, NAME_CHARS)),
            submitted: record
                .submitted
                .map(|time| time.strftime("%Y-%m-%d %H:%M UTC").to_string()),
            late: record.late,
            handed_in: record.handed_in,
            notes_left_out: record.notes.len() - notes.len(),
            notes,
            summary: Summary::new(record),
            points,
            exercises,
            exercises_left_out: report.exercises.len() - shown,
            checklist,
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::from(Serde(self))
    }
}

/// The name where one is known, else the id.
pub(super) fn name(record: &Record) -> String {
    let name = record
        .name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    text::line(name.unwrap_or(&record.id), NAME_CHARS)
}
