//! What growth means in the learner's own units: when a server is full.

use crate::course::spec::CurveExpectation;
use crate::course::units::human_count;
use crate::observe::Observation;
use crate::observe::shape::{self, Projection, ShapeKind, Steps};

use super::words::{limit_size, rough_count};
use super::{counted, numbers};

/// Memory of the server, if the spec does not say.
const DEFAULT_SERVER: u64 = 8 << 30;

const DAYS_OF_YEAR: f64 = 365.25;
/// From so many years on nobody counts in days any more.
const FEWEST_YEARS: f64 = 3.0;

/// A count that the lines of a curve carry, such as the transactions so far.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts {
    /// How much it rises with each line.
    step: f64,
    unit: String,
}

impl Counts {
    /// `100,000 transactions`.
    pub(super) fn step_words(&self) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and casts of floats saturate"
        )]
        let step = self.step.round() as u64;
        format!("{} {}", human_count(step), self.unit)
    }
}

/// A number in a line.
struct Found {
    /// The line's place on the x axis.
    x: u64,
    value: f64,
    /// The spec's own unit follows.
    named: bool,
    /// A unit of size follows.
    size: bool,
}

/// The count in the lines, given with each line's place on the x axis: a whole number that rises by the same amount
/// with every line. A number before the spec's own unit goes first; another must rise by more than 1 (a round's
/// number is no count of transactions), and sizes never count.
pub(super) fn counts(lines: &[(u64, &str)], expected: &CurveExpectation) -> Option<Counts> {
    let unit = expected.unit.as_deref()?;
    let found: Vec<Vec<Found>> = lines
        .iter()
        .map(|(x, line)| {
            let numbers = numbers::all(line).into_iter();
            numbers
                .map(|(value, after)| Found {
                    x: *x,
                    value,
                    named: names(after, unit),
                    size: numbers::size_follows(after),
                })
                .collect()
        })
        .collect();
    let width = found.iter().map(Vec::len).min()?;
    let mut best = None;
    for column in 0..width {
        let values: Vec<&Found> = found
            .iter()
            .filter_map(|numbers| numbers.get(column))
            .collect();
        if values.iter().any(|found| found.size) {
            continue;
        }
        let Some(step) = even_step(&values) else {
            continue;
        };
        if values.iter().all(|found| found.named) {
            best = Some(step);
            break;
        }
        if step > 1.0 && best.is_none() {
            best = Some(step);
        }
    }
    best.map(|step| Counts {
        step,
        unit: unit.to_owned(),
    })
}

/// Whether the text begins with the unit, in singular or plural.
fn names(after: &str, unit: &str) -> bool {
    let after = after.trim_start().to_lowercase();
    let unit = unit.to_lowercase();
    let stem = unit.strip_suffix('s').unwrap_or(&unit);
    !stem.is_empty() && after.starts_with(stem)
}

fn even_step(values: &[&Found]) -> Option<f64> {
    let (first, last) = (values.first()?, values.last()?);
    if last.x <= first.x {
        return None;
    }
    let step = (last.value - first.value) / (last.x - first.x) as f64;
    let even = values.iter().all(|found| {
        let wanted = first.value + step * (found.x.saturating_sub(first.x)) as f64;
        found.value.fract() == 0.0 && (found.value - wanted).abs() < 1e-6 * wanted.abs().max(1.0)
    });
    (even && step > 0.0 && step.is_finite()).then_some(step)
}

/// Adds to the shape of a growing curve when a server would be full.
pub fn project(run: &mut Observation) {
    let projection = of_run(run);
    let shape = run.heap.as_mut().and_then(|heap| heap.shape.as_mut());
    if let Some(shape) = shape {
        shape.projection = projection;
    }
}

/// What growth means where no spec says what is counted: the lines themselves may. `None` where the heap does not grow from
/// line to line.
pub(super) fn of_run(run: &Observation) -> Option<Projection> {
    let shape = run.heap.as_ref()?.shape.as_ref()?;
    if (shape.kind, shape.over) != (ShapeKind::Growth, Steps::Lines) {
        return None;
    }
    let rise = shape::rise(&run.timeline).filter(|rise| rise.steps > 0)?;
    let slope = rise.bytes() as f64 / rise.steps as f64;
    let steps = shape::steps(&run.timeline);
    let lines: Vec<(u64, &str)> = steps
        .iter()
        .filter_map(|point| Some((point.number?, point.mark.as_deref()?)))
        .filter(|(number, _)| (rise.from.0..=rise.to.0).contains(number))
        .collect();
    let counts = counted::guessed(&lines).map(|(rise_of_count, unit)| Counts {
        step: rise_of_count / rise.steps as f64,
        unit,
    });
    if counts.is_none() && counted::comes_to_an_end(&lines) {
        return None;
    }
    let text = note(slope, counts.as_ref(), &CurveExpectation::default())?;
    let after = DEFAULT_SERVER as f64 / slope * counts.as_ref().map_or(1.0, |counts| counts.step);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and casts of floats saturate"
    )]
    let full_after = after.round() as u64;
    Some(Projection {
        server_bytes: DEFAULT_SERVER,
        full_after,
        unit: counts.map_or_else(|| "steps".to_owned(), |counts| counts.unit),
        text,
    })
}

/// When a server is full, if the heap grows by `slope` bytes with every line.
pub(super) fn note(
    slope: f64,
    counts: Option<&Counts>,
    expected: &CurveExpectation,
) -> Option<String> {
    if slope <= 0.0 || !slope.is_finite() {
        return None;
    }
    let server = expected.server.map_or(DEFAULT_SERVER, |size| size.0);
    let lines = server as f64 / slope;
    let size = limit_size(server);
    let article = if size.starts_with('8') { "an" } else { "a" };
    let Some(counts) = counts else {
        return Some(format!(
            "{article} {size} server is full after {} such steps",
            rough_count(lines)
        ));
    };
    let units = lines * counts.step;
    let mut note = format!(
        "{article} {size} server is full after {} {}",
        rough_count(units),
        counts.unit
    );
    if let Some(per_day) = expected.per_day.filter(|per_day| *per_day > 0) {
        let day = (units / per_day as f64).floor() + 1.0;
        let rate = match per_day {
            1_000_000 => "a million".to_owned(),
            n => rough_count(n as f64),
        };
        let when = match day / DAYS_OF_YEAR {
            years if years < FEWEST_YEARS => format!("on day {}", rough_count(day)),
            years => format!("in {} years", rough_count(years.floor())),
        };
        note = format!("{note}: {when} at {rate} a day");
    }
    Some(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::units::Size;

    fn expected(unit: Option<&str>) -> CurveExpectation {
        CurveExpectation {
            unit: unit.map(str::to_owned),
            per_day: Some(1_000_000),
            ..CurveExpectation::default()
        }
    }

    #[test]
    fn the_count_is_the_number_that_rises_evenly() {
        let lines = [
            (0, "After 100000 transactions: 9.6 MB"),
            (1, "After 200,000 transactions: 19.2 MB"),
        ];
        let found = counts(&lines, &expected(Some("transactions"))).unwrap();
        assert_eq!(found.step_words(), "100,000 transactions");
        assert_eq!(counts(&lines, &expected(None)), None);
        let thinned = [(0, "n=5"), (2, "n=15"), (3, "n=20")];
        assert_eq!(
            counts(&thinned, &expected(Some("requests")))
                .unwrap()
                .step_words(),
            "5 requests"
        );
    }

    #[test]
    fn neither_a_rounds_number_nor_a_size_is_a_count() {
        let lines = [(0, "round 1: 10 MB, 7 left"), (1, "round 2: 20 MB, 3 left")];
        assert_eq!(counts(&lines, &expected(Some("transactions"))), None);
        assert_eq!(
            counts(&lines, &expected(Some("rounds"))),
            None,
            "the unit stands before it"
        );
        let named = [(0, "1 round done"), (1, "2 rounds done")];
        assert_eq!(
            counts(&named, &expected(Some("rounds")))
                .unwrap()
                .step_words(),
            "1 rounds"
        );
    }

    #[test]
    fn growth_of_a_run_is_projected() {
        use crate::judge::testing::run;
        let mut growing = (1..=5)
            .fold(run(), |run, i| {
                run.mark(&format!("After {i}000 requests"), i << 20)
            })
            .build();
        let heap = growing.heap.as_mut().unwrap();
        heap.shape = shape::shape(&growing.timeline, heap);
        let projection = of_run(&growing).unwrap();
        assert_eq!(
            projection.text,
            "an 8 GiB server is full after 8.2 million requests"
        );
        assert_eq!(
            (projection.full_after, projection.unit.as_str()),
            (8_192_000, "requests")
        );
        for point in &mut growing.timeline {
            point.mark = Some("tick".to_owned());
        }
        assert_eq!(
            of_run(&growing).unwrap().text,
            "an 8 GiB server is full after 8,192 such steps"
        );
        growing.heap.as_mut().unwrap().shape.as_mut().unwrap().kind = ShapeKind::Plateau;
        assert_eq!(of_run(&growing), None);
    }

    #[test]
    fn a_server_fills_up() {
        let found = Counts {
            step: 100_000.0,
            unit: "transactions".to_owned(),
        };
        let full = note(100_000_000.0, Some(&found), &expected(Some("transactions"))).unwrap();
        assert_eq!(
            full,
            "an 8 GiB server is full after 8.6 million transactions: on day 9 at a million a day"
        );
        let slow = note(28_672.0, Some(&found), &expected(Some("transactions"))).unwrap();
        assert_eq!(
            slow,
            "an 8 GiB server is full after 30 billion transactions: in 82 years at a million a day"
        );
        let small = CurveExpectation {
            server: Some(Size(1 << 30)),
            ..CurveExpectation::default()
        };
        assert_eq!(
            note(1_048_576.0, None, &small).unwrap(),
            "a 1 GiB server is full after 1,024 such steps"
        );
        assert_eq!(note(0.0, None, &small), None);
    }
}
