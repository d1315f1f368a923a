//! The quiz: the checklist's questions, one after the other. Pure: keys come in, lines and answers go out.
//!
//! The main type is [`Quiz`]. It does not judge: whether an answer is right, and whether the learner's programs bear it out, is said
//! by `memgrade check`. So nobody gets through by trying.

use std::collections::BTreeMap;

use crate::course::SourceFile;
use crate::course::answers::{Answers, check_student};
use crate::course::checklist::{Answer, Checklist, Item};

mod draft;
mod line;
mod screen;

use draft::Draft;
use line::Line;

pub use screen::Screen;

/// What a learner pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// The space bar.
    Space,
    /// Keep this answer and go on.
    Enter,
    /// A new line within a text.
    NewLine,
    /// Leave this question as it is and go on.
    Skip,
    /// Go to the question before.
    Back,
    /// Save and end.
    Quit,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Delete to the left.
    Backspace,
    /// Delete to the right.
    Delete,
}

/// What is to be done after a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Draw the screen again.
    Stay,
    /// Write down who the learner is.
    SaveStudent(String),
    /// Write down the answer to a question.
    Save(String, Answer),
    /// End.
    Leave,
}

/// Where the quiz stands.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// Asks who the learner is.
    Student(Line),
    /// Asks the question with this index.
    Question(usize, Draft),
    /// All questions have been seen.
    End,
}

/// A quiz under way.
#[derive(Debug)]
pub struct Quiz<'a> {
    checklist: &'a Checklist,
    programs: &'a BTreeMap<String, SourceFile>,
    answers: Answers,
    stage: Stage,
    /// How far a long question is scrolled down, beyond what the cursor asks for.
    scroll: usize,
    notice: Option<String>,
}

/// Longest student id that can be typed.
const MAX_STUDENT: usize = 100;

impl<'a> Quiz<'a> {
    /// Begins at the first question that has no answer yet, after asking who the learner is where that matters and is not known.
    pub fn new(
        checklist: &'a Checklist,
        programs: &'a BTreeMap<String, SourceFile>,
        answers: Answers,
    ) -> Self {
        let mut quiz = Self {
            checklist,
            programs,
            answers,
            stage: Stage::End,
            scroll: 0,
            notice: None,
        };
        let matters = checklist
            .predictions()
            .any(|(_, predict)| !predict.parameters.is_empty());
        if matters && quiz.answers.student.is_none() {
            quiz.stage = Stage::Student(Line::new("", false, MAX_STUDENT));
        } else {
            quiz.resume();
        }
        quiz
    }

    /// How many questions have an answer, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let items = self.checklist.items.iter();
        let answered = items.filter(|item| self.answers.given.contains_key(&item.id));
        (answered.count(), self.checklist.items.len())
    }

    /// Goes to the first question without an answer.
    fn resume(&mut self) {
        let mut items = self.checklist.items.iter();
        let open = items.position(|item| !self.answers.given.contains_key(&item.id));
        self.go(open.unwrap_or(self.checklist.items.len()));
    }

    fn go(&mut self, index: usize) {
        self.scroll = 0;
        self.notice = None;
        let draft = self.checklist.items.get(index).and_then(|item| {
            let draft = Draft::of(item, self.answers.given.get(&item.id))?;
            Some(Stage::Question(index, draft))
        });
        self.stage = draft.unwrap_or(Stage::End);
    }

    fn item(&self, index: usize) -> Option<&'a Item> {
        self.checklist.items.get(index)
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        self.notice = None;
        match key {
            Key::Quit => return self.keep(Step::Leave),
            Key::PageDown => self.scroll += 5,
            Key::PageUp => self.scroll = self.scroll.saturating_sub(5),
            _ => {}
        }
        match &mut self.stage {
            Stage::Student(line) => match key {
                Key::Enter => {
                    let id = line.text().trim().to_owned();
                    if let Err(wanted) = check_student(&id) {
                        self.notice = Some(format!("a student id must be {wanted}"));
                        return Step::Stay;
                    }
                    self.resume();
                    if id.is_empty() {
                        return Step::Stay;
                    }
                    self.answers.student = Some(id.clone());
                    Step::SaveStudent(id)
                }
                Key::Skip => {
                    self.resume();
                    Step::Stay
                }
                key => {
                    line.key(key);
                    Step::Stay
                }
            },
            Stage::Question(index, draft) => {
                let index = *index;
                match key {
                    Key::Enter => return self.enter(index),
                    Key::Skip => self.go(index + 1),
                    Key::Back => {
                        if index > 0 {
                            self.go(index - 1);
                        }
                    }
                    key => draft.key(key),
                }
                Step::Stay
            }
            Stage::End => match key {
                Key::Back | Key::Up | Key::Left => {
                    self.go(self.checklist.items.len().saturating_sub(1));
                    Step::Stay
                }
                Key::Enter => Step::Leave,
                _ => Step::Stay,
            },
        }
    }

    /// Keeps the answer and goes on. Without an answer it says so once more, and stays.
    fn enter(&mut self, index: usize) -> Step {
        match self.keep(Step::Stay) {
            Step::Stay if self.notice.is_none() => {
                let unchanged = self
                    .item(index)
                    .is_some_and(|item| self.answers.given.contains_key(&item.id));
                if unchanged {
                    self.go(index + 1);
                } else {
                    self.notice =
                        Some("there is no answer yet; Tab goes on without one".to_owned());
                }
                Step::Stay
            }
            Step::Stay => Step::Stay,
            save => {
                self.go(index + 1);
                save
            }
        }
    }

    /// Takes the draft for the answer, if it is another one than before; else gives `otherwise`.
    fn keep(&mut self, otherwise: Step) -> Step {
        let leaving = otherwise == Step::Leave;
        let Stage::Question(index, draft) = &self.stage else {
            return otherwise;
        };
        let Some(item) = self.item(*index) else {
            return otherwise;
        };
        // An order that nobody touched is no answer when somebody only leaves.
        let blank = Draft::of(item, self.answers.given.get(&item.id));
        let touched = blank
            .as_ref()
            .is_some_and(|blank| blank.answer() != draft.answer());
        match draft.answer() {
            Err(_) if leaving => otherwise,
            Err(message) => {
                self.notice = Some(message.to_owned());
                Step::Stay
            }
            Ok(None) => otherwise,
            Ok(Some(_)) if leaving && !touched => otherwise,
            Ok(Some(answer)) => {
                if self.answers.given.get(&item.id) == Some(&answer) {
                    return otherwise;
                }
                self.answers.given.insert(item.id.clone(), answer.clone());
                Step::Save(item.id.clone(), answer)
            }
        }
    }
}

#[cfg(test)]
mod tests;
