//! The figure that a prediction is marked against, out of the program's own run.

use crate::course::checklist::{NumberAnswer, Predict, Predicted};
use crate::course::spec::OutcomeKind;
use crate::judge::bounds::Known;
use crate::judge::figures::{self, Counter};
use crate::judge::marks::{self, Marks};
use crate::judge::numbers::Tolerance;
use crate::judge::pages;
use crate::judge::ruling::{Judged, Ruling};
use crate::judge::{Facts, Verdict};
use crate::observe::Observation;

use super::in_unit;

/// The name of the one case of a prediction's program.
pub const CASE: &str = "prediction";

/// What came of a prediction.
#[derive(Debug, PartialEq)]
pub(super) enum Marked {
    Right,
    /// Wrong; the words say in which direction.
    Wrong(&'static str),
    /// Nobody can tell; why.
    Undecided(Verdict, String),
}

/// Marks `answer` against what the program did.
pub(super) fn mark(predict: &Predict, answer: &NumberAnswer, facts: Option<&Facts>) -> Marked {
    let figure = match figure(predict, facts) {
        Ok(figure) => figure,
        Err(ruling) => {
            let message = ruling
                .finding
                .map_or_else(String::new, |finding| finding.message);
            return Marked::Undecided(ruling.verdict, message);
        }
    };
    let tolerance = Tolerance {
        percent: predict.percent.unwrap_or(0.0),
        absolute: predict.absolute.unwrap_or(0.0),
    };
    // The figure in the question's unit, in which the absolute tolerance is meant too.
    let Some((measured, given)) = in_unit(answer, figure, predict) else {
        return Marked::Wrong("its unit does not fit the question");
    };
    let low = measured.0 - tolerance.around(measured.0);
    let high = measured.1 + tolerance.around(measured.1);
    let slack = measured.1.abs() * 1e-9;
    if given < low - slack {
        Marked::Wrong("it is more than that")
    } else if given > high + slack {
        Marked::Wrong("it is less than that")
    } else {
        Marked::Right
    }
}

/// Between what and what the figure lies, in bytes or counts.
fn figure(predict: &Predict, facts: Option<&Facts>) -> Judged<(f64, f64)> {
    let run = run(facts)?;
    let exactly = |value: i128| Ok((value as f64, value as f64));
    let marks = Marks::new(run);
    let span = marks.span(predict.between.as_ref());
    let span =
        span.map_err(|_| author("the lines that bound the phase of this question never came"))?;
    let rise = |counter| figures::rise(run, &span, counter);
    match predict.of {
        Predicted::PeakBytes => {
            let Known { low, high } = figures::peak(run, &span)?;
            Ok((low as f64, high as f64))
        }
        Predicted::TotalBytes => exactly(rise(Counter::TotalBytes)?),
        Predicted::TotalBlocks => exactly(rise(Counter::TotalBlocks)?),
        Predicted::LiveBytes => exactly(figures::level(run, &span, Counter::LiveBytes)?.into()),
        Predicted::LiveBlocks => exactly(figures::level(run, &span, Counter::LiveBlocks)?.into()),
        Predicted::LostBytes | Predicted::LostBlocks => {
            let heap = figures::heap(run)?;
            let (Some(direct), Some(indirect)) = (heap.definitely_lost, heap.indirectly_lost)
            else {
                return marks::unmeasured(run, "what is lost").stop();
            };
            exactly(if predict.of == Predicted::LostBytes {
                i128::from(direct.bytes) + i128::from(indirect.bytes)
            } else {
                i128::from(direct.blocks) + i128::from(indirect.blocks)
            })
        }
        Predicted::MinorFaults => exactly(pages::measure(Counter::MinorFaults, run, &span)?),
        Predicted::Resident => exactly(pages::measure(Counter::Resident, run, &span)?),
        Predicted::VirtualSize => exactly(pages::measure(Counter::Virtual, run, &span)?),
        Predicted::StackPeak => match run.stack.peak_bytes {
            Some(bytes) => exactly(bytes.into()),
            None => marks::unmeasured(run, "the depth of the stack").stop(),
        },
        Predicted::Printed => {
            let value = printed(predict, run)?;
            Ok((value, value))
        }
    }
}

/// The run that counts: of a program that compiled and ended as it should.
fn run(facts: Option<&Facts>) -> Judged<&Observation> {
    let Some(facts) = facts else {
        return Ruling::unmeasurable("run/not-run", "the program was not run").stop();
    };
    if let Some(failure) = &facts.build_failure {
        return author(&format!(
            "the program of this question was not built: {}",
            failure.finding.message
        ))
        .stop();
    }
    if let Some(finding) = facts.unmeasurable.get(CASE) {
        return Ruling::by_fault(finding.clone()).stop();
    }
    let run = facts.runs.get(CASE).and_then(|runs| runs.first());
    let Some(run) = run else {
        return Ruling::unmeasurable("run/not-run", "the program was not run").stop();
    };
    if run.outcome.kind == OutcomeKind::Exited || run.outcome.kind == OutcomeKind::StackOverflow {
        Ok(run)
    } else {
        author("the program of this question did not end by itself").stop()
    }
}

fn author(message: &str) -> Ruling {
    Ruling::author("spec/prediction", message)
}

fn printed(predict: &Predict, run: &Observation) -> Judged<f64> {
    let regex = marks::regex(predict.line.as_deref().unwrap_or_default())?;
    let found = run.stdout.text.lines().find_map(|line| {
        let value = regex.captures(line)?.name("value")?.as_str();
        value.replace(['_', ','], "").parse::<f64>().ok()
    });
    match found.filter(|value| value.is_finite()) {
        Some(value) => Ok(value),
        None => {
            author("the program of this question did not print the number that is asked for").stop()
        }
    }
}
