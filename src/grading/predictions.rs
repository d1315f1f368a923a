//! Programs whose figures learners predict: which runs the answers of a submission need.

use std::collections::BTreeMap;
use std::path::Path;

use crate::build::Request;
use crate::course::answers::{self, Answers};
use crate::course::checklist::{Answer, Checklist, Predict, filled};
use crate::course::spec::{Case, Edition, Exercise, Limits, Source, Starter, UnsafePolicy};
use crate::course::{Course, SourceFile};
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::intake;
use crate::judge::{self, Facts};
use crate::run::{Prepared, Work};

/// A submission's answers, and what is wrong with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    pub(super) answers: Answers,
    pub(super) findings: Vec<Finding>,
    pub(super) text: String,
}

/// Reads the answers in `folder`; `None` where the course asks nothing.
pub(super) fn read(course: &Course, folder: &Path) -> Result<Option<Read>, Error> {
    let Some(checklist) = &course.checklist else {
        return Ok(None);
    };
    let submission = intake::read(folder, [])?;
    let mut findings = submission.answer_findings;
    let text = submission.answers.unwrap_or_default();
    let (answers, of_text) = answers::parse_answers(intake::ANSWERS, &text, checklist);
    findings.extend(of_text);
    Ok(Some(Read {
        answers,
        findings,
        text,
    }))
}

/// A program to run for one answer.
#[derive(Debug)]
pub(super) struct Prediction<'a> {
    /// The question.
    pub(super) item: &'a str,
    /// The program as an exercise of one case.
    exercise: Exercise,
    program: &'a SourceFile,
}

impl<'a> Prediction<'a> {
    /// Those that a submission needs: of questions that it answers, with the learner's own parameters.
    pub(super) fn all(course: &'a Course, answers: &Answers) -> Vec<Self> {
        let questions = course.checklist.iter().flat_map(Checklist::predictions);
        let needed = questions.filter_map(|(item, predict)| {
            let Some(Answer::Number(_)) = answers.given.get(&item.id) else {
                return None;
            };
            let parameters = item.parameters(answers.student.as_deref())?;
            Some(Self {
                item: &item.id,
                exercise: exercise(predict, &parameters),
                program: course.programs.get(&predict.program)?,
            })
        });
        needed.collect()
    }

    /// The program and its arguments, by which equal ones are known.
    pub(super) fn given(&self) -> (&'a str, Vec<String>) {
        let args = self
            .exercise
            .cases
            .iter()
            .flat_map(|case| case.args.clone());
        (&self.program.path, args.collect())
    }

    /// What is to be done for it.
    pub(super) fn work(&self) -> Work<'_> {
        Work {
            exercise: &self.exercise,
            prepare: Box::new(|| {
                let path = self.program.path.clone();
                Ok(Prepared {
                    request: Some(Request {
                        files: BTreeMap::from([(
                            path.clone(),
                            self.program.text.clone().into_bytes(),
                        )]),
                        root: path,
                        edition: Edition::default(),
                        // The program is the author's.
                        unsafe_code: UnsafePolicy::Allow,
                        allow_lints: Vec::new(),
                        memory_errors: false,
                        harness: None,
                    }),
                    facts: Facts::default(),
                })
            }),
            again: Vec::new(),
        }
    }
}

fn exercise(predict: &Predict, parameters: &BTreeMap<String, i64>) -> Exercise {
    let args = predict.args.iter().map(|arg| filled(arg, parameters));
    let case = Case {
        name: judge::PREDICTION.to_owned(),
        args: args.collect(),
        stdin: String::new(),
        env: BTreeMap::new(),
        limits: Limits::default(),
        hidden: false,
        finishes_with: None,
        checks: Vec::new(),
    };
    Exercise {
        format_version: crate::course::spec::FORMAT_VERSION,
        title: String::new(),
        minutes: None,
        lesson: String::new(),
        figures: String::new(),
        source: Source::default(),
        harness: None,
        memory_errors: false,
        require: Vec::new(),
        forbid: Vec::new(),
        cases: vec![case],
        checks: Vec::new(),
        starter: Starter::default(),
        withheld: None,
    }
}
