//! What a program of figures prints, `name = value unit` on each line, and what becomes of several runs of it.
//!
//! The main types are [`Reading`] (one run) and [`Measured`] (medians of several). All of it is untrusted: names and units are
//! bounded words, numbers are numbers, and a reason is escaped wherever it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MACHINE, is_name};
use crate::build::{Failure, Optimization};
use crate::course::units::{human_count, human_size};

/// Most figures of one run.
const MOST_FIGURES: usize = 500;
/// Most problems with one run that are told.
const MOST_PROBLEMS: usize = 20;
/// Longest reason for a figure that is not there.
const MOST_REASON: usize = 200;
/// Longest word for what is counted.
const MOST_NOUN: usize = 24;

/// What a figure is a number of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Time; the number is nanoseconds.
    Time,
    /// Memory, shown in the unit that fits.
    Size,
    /// Bytes, each of them shown.
    Bytes,
    /// A ratio.
    Times,
    /// Hundredths.
    Percent,
    /// Things that are counted, in the author's word; empty for a bare number.
    Things(String),
}

impl Unit {
    /// The unit as it is written, and what the number is to be multiplied by.
    fn read(word: &str) -> Option<(Self, f64)> {
        Some(match word {
            "ns" => (Self::Time, 1.0),
            "us" | "µs" => (Self::Time, 1e3),
            "ms" => (Self::Time, 1e6),
            "s" => (Self::Time, 1e9),
            "B" => (Self::Size, 1.0),
            "bytes" => (Self::Bytes, 1.0),
            "times" => (Self::Times, 1.0),
            "%" => (Self::Percent, 1.0),
            noun if noun.len() <= MOST_NOUN && noun.chars().all(|c| c.is_ascii_lowercase()) => {
                (Self::Things(noun.to_owned()), 1.0)
            }
            _ => return None,
        })
    }

    /// Whether it is something that varies from run to run by nature.
    fn varies(&self) -> bool {
        matches!(self, Self::Time | Self::Times | Self::Percent)
    }
}

/// What one run says of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// It was measured.
    Number(f64, Unit),
    /// It cannot be measured here, and why.
    Unknown(String),
}

/// Something that a program of figures printed and that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoFigure {
    /// The line, untrusted.
    pub line: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// What one run said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Figures by name.
    pub told: BTreeMap<String, Told>,
    /// Lines that are no figures.
    pub problems: Vec<NoFigure>,
}

impl Reading {
    /// Reads what a program printed.
    pub fn of(stdout: &[u8]) -> Self {
        let mut reading = Self::default();
        for line in String::from_utf8_lossy(stdout).lines() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let fresh = |name: &str| !reading.told.contains_key(name);
            let reason = match parse(line) {
                Ok((name, _)) if !fresh(name) => "this name was there before",
                Ok(_) if reading.told.len() == MOST_FIGURES => "there are too many figures",
                Ok((name, told)) => {
                    reading.told.insert(name.to_owned(), told);
                    continue;
                }
                Err(reason) => reason,
            };
            if reading.problems.len() < MOST_PROBLEMS {
                let line = line.chars().take(MOST_REASON).collect();
                reading.problems.push(NoFigure { line, reason });
            }
        }
        reading
    }
}

/// What came of building a program of figures and running it once.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// It does not compile.
    NotBuilt(Box<Failure>),
    /// It did not come to its end, and why: a sentence without a full stop, untrusted.
    Died(String),
    /// It printed this.
    Read(Reading),
}

fn parse(line: &str) -> Result<(&str, Told), &'static str> {
    let (name, value) = line
        .split_once('=')
        .ok_or("a figure is `name = value unit`")?;
    let (name, value) = (name.trim(), value.trim());
    if !is_name(name) {
        return Err("a name has letters `a` to `z`, digits and `_`");
    }
    if name == MACHINE {
        return Err("this name says where figures were measured, and is none");
    }
    if let Some(reason) = value.strip_prefix('?') {
        let reason: String = reason.trim().chars().take(MOST_REASON).collect();
        return if reason.is_empty() {
            Err("after `?` it needs a reason")
        } else {
            Ok((name, Told::Unknown(reason)))
        };
    }
    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
    let number: f64 = number
        .parse()
        .map_err(|_| "after `=` it needs a number, or `?` and a reason")?;
    let (unit, factor) = Unit::read(unit.trim())
        .ok_or("a unit is ns, us, ms, s, B, bytes, times, % or a word for what is counted")?;
    let number = number * factor;
    if !number.is_finite() || number < 0.0 {
        return Err("a number is finite and not negative");
    }
    Ok((name, Told::Number(number, unit)))
}

/// A figure from several runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The median; `None` where most runs could not measure it.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: Unit,
    /// Why there is no value.
    pub reason: Option<String>,
    /// From the smallest to the largest, as a part of the median; of five and more without the two at the ends.
    pub spread: f64,
}

/// The medians of several runs.
pub fn medians(readings: &[Reading]) -> BTreeMap<String, Figure> {
    let mut names: Vec<&String> = readings.iter().flat_map(|r| r.told.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name.clone(), median(name, readings)))
        .collect()
}

fn median(name: &str, readings: &[Reading]) -> Figure {
    let mut numbers = Vec::new();
    let mut unit = None;
    let mut reason = None;
    for reading in readings {
        match reading.told.get(name) {
            // The first run decides about the unit; a program that changes it makes no sense.
            Some(Told::Number(number, of)) if unit.as_ref().is_none_or(|unit| unit == of) => {
                unit = Some(of.clone());
                numbers.push(*number);
            }
            Some(Told::Unknown(why)) => reason = reason.or(Some(why.clone())),
            _ => {}
        }
    }
    numbers.sort_by(f64::total_cmp);
    let unit = unit.unwrap_or(Unit::Things(String::new()));
    if numbers.len() * 2 <= readings.len() {
        return Figure {
            value: None,
            unit,
            reason: reason.or_else(|| Some("only some runs could measure it".to_owned())),
            spread: 0.0,
        };
    }
    let (low, middle) = (numbers[(numbers.len() - 1) / 2], numbers[numbers.len() / 2]);
    let value = f64::midpoint(low, middle);
    // Of five runs and more one may be an accident on either side.
    let left_out = usize::from(numbers.len() >= 5);
    let range = numbers[numbers.len() - 1 - left_out] - numbers[left_out];
    Figure {
        value: Some(value),
        unit,
        reason: None,
        spread: if value > 0.0 { range / value } else { 0.0 },
    }
}

/// A spread from which on a figure is called uncertain.
const UNCERTAIN: f64 = 0.5;

impl Figure {
    /// The figure for people, in words that mean nothing to Markdown; `None` where it was not measured.
    pub fn text(&self) -> Option<String> {
        let value = self.value?;
        Some(match &self.unit {
            Unit::Time => time(value),
            Unit::Size => human_size(whole(value)),
            Unit::Bytes if whole(value) == 1 => "1 byte".to_owned(),
            Unit::Bytes => format!("{} bytes", exact(value)),
            Unit::Times => format!("{} times", rough(value)),
            Unit::Percent => format!("{} %", rough(value)),
            Unit::Things(noun) if noun.is_empty() => exact(value),
            Unit::Things(noun) => format!("{} {noun}", exact(value)),
        })
    }

    /// Whether the runs disagreed so much that the median says little.
    pub fn is_uncertain(&self) -> bool {
        self.value.is_some() && self.unit.varies() && self.spread > UNCERTAIN
    }
}

fn time(nanoseconds: f64) -> String {
    const UNITS: [(&str, f64); 4] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)];
    // What rounds up to the next unit is written in it: 999.6 ns is 1 µs.
    let fits = |(_, size): &&(&str, f64)| nanoseconds >= size * 0.995;
    let (name, size) = UNITS.iter().find(fits).unwrap_or(&("ns", 1.0));
    format!("{} {name}", rough(nanoseconds / size))
}

/// A whole number, exactly, with its thousands separated; another one roughly.
fn exact(value: f64) -> String {
    if value.fract() == 0.0 && value < 1e15 {
        human_count(whole(value))
    } else {
        rough(value)
    }
}

/// Two digits that count: nobody can rely on more of what was measured.
fn rough(value: f64) -> String {
    if value <= 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let magnitude = value.log10().floor();
    let step = 10f64.powf(magnitude - 1.0);
    let rounded = (value / step).round() * step;
    if rounded >= 9.95 {
        return human_count(whole(rounded));
    }
    // 0.34, 1.2: as many decimals as there are digits that count.
    let decimals = (1..=6).find(|decimals| rounded * 10f64.powi(*decimals) >= 9.95);
    let decimals = decimals.map_or(6, |decimals| decimals.unsigned_abs() as usize);
    format!("{rounded:.decimals$}")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped just before"
)]
fn whole(value: f64) -> u64 {
    value.round().clamp(0.0, 1e18) as u64
}

/// What was measured on a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// By optimized programs.
    pub optimized: BTreeMap<String, Figure>,
    /// By programs that were built as exercises are.
    pub unoptimized: BTreeMap<String, Figure>,
    /// Runs of each.
    pub runs: u32,
    /// Seconds since 1970.
    pub when: u64,
    /// Processor and system.
    pub machine: String,
    /// The compiler.
    pub compiler: String,
}

impl Measured {
    /// A figure, if the program told it.
    pub fn figure(&self, name: &str, optimization: Optimization) -> Option<&Figure> {
        match optimization {
            Optimization::None => self.unoptimized.get(name),
            Optimization::Release => self.optimized.get(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let reading = Reading::of(line.as_bytes());
        assert_eq!(reading.problems, [], "{line}");
        let figures = medians(&[reading]);
        figures.into_values().next().unwrap().text().unwrap()
    }

    #[test]
    fn figures_are_shown_with_two_digits_and_the_unit_that_fits() {
        for (line, text) in [
            ("a = 0.3417 ns", "0.34 ns"),
            ("a = 1.249 ns", "1.2 ns"),
            ("a = 0.999 ns", "1.0 ns"),
            ("a = 9.96 ns", "10 ns"),
            ("a = 12.6 ns", "13 ns"),
            ("a = 523 ns", "520 ns"),
            ("a = 0.523 us", "520 ns"),
            ("a = 999.6 ns", "1.0 µs"),
            ("a = 1e-3 ms", "1.0 µs"),
            ("a = 38500 ns", "39 µs"),
            ("a = 2.5 s", "2.5 s"),
            ("a = 125 s", "130 s"),
            ("a = 0 ns", "0 ns"),
            ("a = 4096 bytes", "4,096 bytes"),
            ("a = 1 bytes", "1 byte"),
            ("a = 8388608 B", "8.0 MiB"),
            ("a = 1.349 times", "1.3 times"),
            ("a = 153811 times", "150,000 times"),
            ("a = 12 %", "12 %"),
            ("a = 174762 levels", "174,762 levels"),
            ("a = 0.5 levels", "0.50 levels"),
            ("a = 7", "7"),
        ] {
            assert_eq!(shown(line), text, "{line}");
        }
    }

    #[test]
    fn what_is_no_figure_is_told_with_the_reason() {
        for line in [
            "hello",
            "machine = 1 ns",
            "Name = 1 ns",
            "a = x ns",
            "a = -1 ns",
            "a = inf ns",
            "a = NaN",
            "a = 1e300 s x",
            "a = 1 KiB",
            "a = 1 \u{1b}[31m",
            "a = ?",
            "a =",
            "a = 1 ns ns",
        ] {
            let reading = Reading::of(line.as_bytes());
            assert_eq!(reading.problems.len(), 1, "{line}: {reading:?}");
            assert!(reading.told.is_empty(), "{line}");
        }
        let twice = Reading::of(b"a = 1 ns\n\n  a = 2 ns\n");
        assert_eq!(twice.problems.len(), 1);
        assert_eq!(twice.told["a"], Told::Number(1.0, Unit::Time));
    }

    #[test]
    fn hostile_output_stays_small() {
        let many: Vec<String> = (0..100_000).map(|n| format!("a{n} = 1 ns")).collect();
        let reading = Reading::of(many.join("\n").as_bytes());
        assert_eq!(reading.told.len(), MOST_FIGURES);
        assert_eq!(reading.problems.len(), MOST_PROBLEMS);
        let reading = Reading::of(format!("a = ? {}", "x".repeat(1 << 20)).as_bytes());
        assert_eq!(reading.told["a"], Told::Unknown("x".repeat(MOST_REASON)));
        let reading = Reading::of(b"\xff\xfe = 1\na = 1 \xff\n");
        assert_eq!(reading.problems.len(), 2);
    }

    #[test]
    fn several_runs_give_the_median_and_how_far_they_are_apart() {
        let runs: Vec<Reading> = [
            "a = 3 ns\nb = ? no disk",
            "a = 2 ns\nb = ? no disk",
            "a = 40 ns\nb = 7 ns",
        ]
        .iter()
        .map(|text| Reading::of(text.as_bytes()))
        .collect();
        let figures = medians(&runs);
        assert_eq!(figures["a"].value, Some(3.0));
        assert!(figures["a"].is_uncertain());
        assert_eq!(figures["b"].value, None);
        assert_eq!(figures["b"].reason.as_deref(), Some("no disk"));
        assert!(!figures["b"].is_uncertain());
        let mut more = runs.clone();
        more.extend(["a = 3 ns", "a = 3.1 ns"].map(|text| Reading::of(text.as_bytes())));
        assert!(
            !medians(&more)["a"].is_uncertain(),
            "one of five runs was disturbed"
        );
        let even = medians(&runs[..2]);
        assert_eq!(even["a"].value, Some(2.5));
        assert!(!even["a"].is_uncertain());
    }

    #[test]
    fn what_is_remembered_comes_back_whole() {
        let measured = Measured {
            optimized: medians(&[Reading::of(b"a = 3 ns\nb = 7 levels")]),
            unoptimized: BTreeMap::new(),
            runs: 5,
            when: 1,
            machine: "m".to_owned(),
            compiler: "c".to_owned(),
        };
        let text = serde_json::to_string(&measured).unwrap();
        assert_eq!(serde_json::from_str::<Measured>(&text).unwrap(), measured);
        assert!(measured.figure("a", Optimization::Release).is_some());
        assert!(measured.figure("a", Optimization::None).is_none());
    }
}
