//! Proposing limits: between the solution's figure and that of the nearest known-wrong submission, in the middle by ratio, with the
//! margin on both sides, and a number that people would write.
//!
//! The main functions are [`proposals`] and [`render`]. Nothing is written: an author pastes the lines that seem right.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::bounds::{Bound, Side, Unit, whole};
use super::limits::Standing;
use super::margin::PART;
use super::mutate::CheckName;
use crate::course::load::document::{Document, Node, Notebook};
use crate::course::units::SIZE_UNITS;
use crate::diagnostic::Fault;
use crate::report::style::{Ink, Style};

/// Longer lines are cut.
const MOST_CHARS: usize = 2000;

/// A figure of 0 has no ratio to another; it stands for such a part of that.
const PART_OF_NOTHING: f64 = 16.0;

/// Where known-wrong submissions fail whatever the bound is, the solution gets so many times its own figure.
const ALONE: f64 = 2.0;

/// What there is to say about one bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Advice {
    /// This value, as it is written in a spec.
    Write(String),
    /// A known-wrong submission's figure is no worse than the solution's: no limit separates them.
    Overlap,
    /// They differ by less than the margins.
    TooClose,
    /// No known-wrong submission says that this bound keeps it out.
    NothingToSeparate,
    /// The solution passes at no limit, or there is none.
    NoFigure,
}

/// What is proposed for one bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The bound and the figures.
    pub standing: Standing,
    /// What to do.
    pub advice: Advice,
    /// Where its number stands in the spec; `None` where it was not found.
    pub at: Option<Range<usize>>,
    /// What stands there.
    pub written: String,
}

/// A line of a spec with the proposed values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// Its number, from 1.
    pub number: usize,
    /// The line.
    pub text: String,
}

/// What is proposed for each bound.
pub fn proposals(standings: Vec<Standing>, spec: &str) -> Vec<Proposal> {
    standings
        .into_iter()
        .map(|standing| {
            let at = place_of(spec, &standing.check, &standing.bound);
            let written = at.clone().and_then(|at| spec.get(at)).unwrap_or_default();
            Proposal {
                advice: advice(&standing, written),
                written: written.to_owned(),
                standing,
                at,
            }
        })
        .collect()
}

/// The lines of the spec that change, with all that is proposed for each of them.
pub fn new_lines(proposals: &[Proposal], spec: &str) -> Vec<NewLine> {
    let mut changes: BTreeMap<usize, Vec<(Range<usize>, &str)>> = BTreeMap::new();
    for proposal in proposals {
        if let (Some(at), Advice::Write(value)) = (&proposal.at, &proposal.advice)
            && spec.get(at.clone()).is_some_and(|old| old != value)
        {
            let line = spec[..at.start].matches('\n').count();
            changes.entry(line).or_default().push((at.clone(), value));
        }
    }
    let starts: Vec<usize> = std::iter::once(0)
        .chain(spec.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let lines = spec.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let mut changes = changes.remove(&index)?;
            changes.sort_by_key(|(at, _)| at.start);
            let start = starts.get(index)?;
            let mut text = line.to_owned();
            // From the end, so that the places before stay what they are.
            for (at, value) in changes.into_iter().rev() {
                text.replace_range(at.start - start..at.end - start, value);
            }
            Some(NewLine {
                number: index + 1,
                text,
            })
        })
        .collect()
}

/// What there is to propose for one exercise, for a terminal.
pub fn render(
    id: &str,
    spec_file: &str,
    spec: &str,
    proposals: &[Proposal],
    style: &Style,
) -> String {
    let clean = |text: &str| style.clean(text, MOST_CHARS);
    let mut out = format!("{}\n", style.paint(Ink::Strong, &clean(id)));
    if proposals.is_empty() {
        out.push_str("  every bound is exact: there is nothing to propose\n");
    }
    let mut check: Option<&CheckName> = None;
    for proposal in proposals {
        let standing = &proposal.standing;
        if check != Some(&standing.check) {
            check = Some(&standing.check);
            let _ = writeln!(out, "  {}", clean(&standing.check.full()));
        }
        out.push_str(&of_bound(proposal, style));
    }
    let lines = new_lines(proposals, spec);
    if lines.is_empty() && !proposals.is_empty() {
        out.push_str("  no line of the spec has to change\n");
    }
    for line in lines {
        let place = format!("{spec_file}:{}", line.number);
        let _ = writeln!(
            out,
            "\n  {} becomes",
            style.paint(Ink::Accent, &clean(&place))
        );
        let _ = writeln!(out, "{}", clean(&line.text));
    }
    out
}

/// The figures of one bound, and what is proposed.
fn of_bound(proposal: &Proposal, style: &Style) -> String {
    let standing = &proposal.standing;
    let bound = &standing.bound;
    let mut out = format!(
        "    {} {} {}\n",
        bound.name(),
        bound.side_words(),
        bound.limit_words()
    );
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(out, "      {name:<9} {}", style.clean(text, MOST_CHARS));
    };
    let figures: Vec<f64> = standing.good.iter().copied().flatten().collect();
    let runs = standing.good.len();
    let low = figures.iter().copied().reduce(f64::min);
    let high = figures.iter().copied().reduce(f64::max);
    let passing = figures.len() == runs;
    let solution = match (low, high) {
        (Some(low), Some(high)) if passing => {
            let (low, high) = (bound.words(low), bound.words(high));
            match runs {
                1 => high,
                _ if low == high => format!("{high} in each of {runs} runs"),
                _ => format!("{low} to {high} in {runs} runs"),
            }
        }
        _ if runs == 0 => "there is none".to_owned(),
        _ => "does not pass, whatever the bound is".to_owned(),
    };
    row("solution", &solution);
    for (name, figure) in &standing.bad {
        let figure = match figure {
            Some(figure) => bound.words(*figure),
            None => "fails whatever the bound is".to_owned(),
        };
        row("wrong", &format!("{figure}  {name}"));
    }
    if standing.bad.is_empty() {
        row(
            "wrong",
            "no known-wrong submission says that this bound keeps it out",
        );
    }
    match &proposal.advice {
        Advice::Write(value) => {
            let same = proposal.written == *value;
            row(
                "proposed",
                &format!("{value}{}", if same { ", as it is" } else { "" }),
            );
        }
        Advice::Overlap => row(
            "proposed",
            "nothing: no limit separates them, a known-wrong submission is no worse than the solution here",
        ),
        Advice::TooClose => row("proposed", "nothing: no limit leaves 5 % to both sides"),
        Advice::NothingToSeparate => row(
            "proposed",
            "nothing, before there is a known-wrong submission that only this bound keeps out",
        ),
        Advice::NoFigure => row("proposed", "nothing: there is no figure of the solution"),
    }
    out
}

/// Whether no bound is where no limit can be.
pub fn all_separated(proposals: &[Proposal]) -> bool {
    let apart = |proposal: &Proposal| {
        matches!(
            proposal.advice,
            Advice::Write(_) | Advice::NothingToSeparate
        )
    };
    proposals.iter().all(apart)
}

/// Where the number of a bound stands in a spec.
fn place_of(spec: &str, check: &CheckName, bound: &Bound) -> Option<Range<usize>> {
    let mut notebook = Notebook::new("", spec, "spec", Fault::Author);
    let document = Document::read(spec, &mut notebook)?;
    let mut node = document.root();
    if !check.case.is_empty() {
        node = named(node, "case", &check.case)?;
    }
    node = named(node, "check", &check.check)?;
    for key in &bound.keys {
        node = node.get(key)?;
    }
    Some(node.span())
}

/// The table of a list that has this name.
fn named<'a>(owner: Node<'a>, list: &str, name: &str) -> Option<Node<'a>> {
    let mut nodes = owner.list(list);
    nodes.find(|node| node.get("name").and_then(|n| n.str()) == Some(name))
}

fn advice(standing: &Standing, written: &str) -> Advice {
    let bound = &standing.bound;
    let Some(good) = standing.nearest_good() else {
        return Advice::NoFigure;
    };
    if standing.bad.is_empty() {
        return Advice::NothingToSeparate;
    }
    let bad = standing.nearest_bad().map(|(_, figure)| figure);
    let part = f64::from(PART);
    let (tight, loose) = (part / (part + 1.0), part / (part - 1.0));
    // The lowest and the highest limit that leave the margin on both sides, and the middle.
    let (low, high, middle) = match (bound.side, bad) {
        (Side::AtMost, Some(bad)) => {
            if bad <= good {
                return Advice::Overlap;
            }
            (good * loose, bad * tight, geometric(good, bad))
        }
        (Side::AtLeast, Some(bad)) => {
            if bad >= good {
                return Advice::Overlap;
            }
            (bad * loose, good * tight, geometric(bad, good))
        }
        (Side::AtMost, None) => (good * loose, f64::INFINITY, good * ALONE),
        (Side::AtLeast, None) => (0.0, good * tight, good / ALONE),
    };
    match human(bound, written, low, high, middle) {
        Some(value) => Advice::Write(value),
        None => Advice::TooClose,
    }
}

/// The middle of two figures by ratio.
fn geometric(low: f64, high: f64) -> f64 {
    let low = if low > 0.0 {
        low
    } else {
        high / PART_OF_NOTHING
    };
    (low * high).sqrt()
}

/// A number as people write it, as near to `middle` as one of few digits can be, above `low` and below `high`.
fn human(bound: &Bound, written: &str, low: f64, high: f64, middle: f64) -> Option<String> {
    let fits = |value: f64| value >= low && value <= high && (value > 0.0 || low <= 0.0);
    for digits in 1..=9 {
        let (factor, unit) = unit_for(bound, written, middle);
        let scaled = middle / factor;
        let step = 10_f64.powi(magnitude(scaled) - digits + 1);
        // Of numbers that are not whole, those below a step of a thousandth are noise.
        if step < 0.001 {
            break;
        }
        let value = (scaled / step).round() * step;
        let bytes_or_count = bound.is_whole();
        let exact = if bytes_or_count {
            (value * factor).round()
        } else {
            value * factor
        };
        if fits(exact) && (!bytes_or_count || factor > 1.0 || value.fract() == 0.0) {
            return Some(text(bound, value, unit));
        }
    }
    // Nothing round lies between them; perhaps a whole number does.
    let next = low.ceil();
    (bound.is_whole() && fits(next)).then(|| match bound.unit {
        Unit::Bytes => format!("\"{} B\"", whole(next)),
        _ => grouped(whole(next)),
    })
}

/// How many digits stand before the decimal point, less one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a logarithm of a number that a spec can hold is small"
)]
fn magnitude(value: f64) -> i32 {
    if value <= 0.0 {
        return 0;
    }
    value.log10().floor().clamp(-12.0, 18.0) as i32
}

/// The unit to write a value in: of the family of units that the spec's own number is written in.
fn unit_for(bound: &Bound, written: &str, value: f64) -> (f64, &'static str) {
    if bound.unit != Unit::Bytes {
        return (1.0, "");
    }
    let written = written.trim_matches(['"', '\'']);
    let decimal = ["kB", "MB", "GB"]
        .iter()
        .any(|unit| written.ends_with(unit));
    let family = |name: &str| name == "B" || name.ends_with("iB") != decimal;
    let units = SIZE_UNITS.iter().filter(|(name, _)| family(name));
    let (name, factor) = units
        .rev()
        .find(|(_, factor)| value >= *factor as f64)
        .unwrap_or(&SIZE_UNITS[0]);
    (*factor as f64, name)
}

fn text(bound: &Bound, value: f64, unit: &str) -> String {
    let mut number = format!("{value:.3}");
    if number.contains('.') {
        number.truncate(number.trim_end_matches('0').trim_end_matches('.').len());
    }
    match bound.unit {
        Unit::Bytes => format!("\"{number} {unit}\""),
        Unit::Count => grouped(whole(value)),
        Unit::Percent | Unit::Times | Unit::Number => number,
    }
}

/// `900_000`
fn grouped(count: u64) -> String {
    if count < 10_000 {
        return count.to_string();
    }
    crate::course::units::human_count(count).replace(',', "_")
}

#[cfg(test)]
mod tests {
    use super::super::bounds;
    use super::*;

    fn standing(expectation: &str, good: &[f64], bad: &[f64]) -> Standing {
        let check = bounds::check_of(expectation);
        let bad = bad.iter().map(|figure| ("w".to_owned(), Some(*figure)));
        Standing {
            check: CheckName {
                case: "c".to_owned(),
                check: "k".to_owned(),
            },
            bound: bounds::of(&check).remove(0),
            nearly_exact: false,
            good: good.iter().copied().map(Some).collect(),
            bad: bad.collect(),
        }
    }

    fn advised(expectation: &str, written: &str, good: &[f64], bad: &[f64]) -> String {
        match advice(&standing(expectation, good, bad), written) {
            Advice::Write(value) => value,
            other => format!("{other:?}"),
        }
    }

    const KIB: f64 = 1024.0;
    const MIB: f64 = 1_048_576.0;

    #[test]
    fn limits_lie_in_the_middle_and_are_round() {
        let peak = "heap = { peak_bytes = { at_most = 1 } }";
        let binary = |good, bad| advised(peak, "\"4 MiB\"", &[good], &[bad]);
        assert_eq!(binary(112.0 * KIB, 9.6 * MIB), "\"1 MiB\"");
        assert_eq!(binary(MIB, 10.0 * MIB), "\"3 MiB\"");
        assert_eq!(binary(0.0, 8.8 * MIB), "\"2 MiB\"");
        assert_eq!(binary(100.0, 100.0 * 1.21), "\"110 B\"");
        assert_eq!(binary(1000.0 * KIB, 1200.0 * KIB), "\"1.1 MiB\"");
        assert_eq!(advised(peak, "\"4 MB\"", &[MIB], &[10.0 * MIB]), "\"3 MB\"");
        // The worst of the repetitions counts, and the nearest of the known-wrong.
        assert_eq!(
            advised(peak, "", &[KIB, 16.0 * KIB], &[MIB, 2.0 * MIB]),
            "\"100 KiB\""
        );

        let least = "heap = { total_blocks = { at_least = 1 } }";
        assert_eq!(advised(least, "", &[1_000_000.0], &[9.0]), "3000");
        assert_eq!(advised(least, "", &[1_000_000.0], &[640_000.0]), "800_000");
        assert_eq!(advised(least, "", &[4.0], &[2.0]), "3");
        let percent = "claim = { line = \"x\", percent = 3 }";
        assert_eq!(advised(percent, "3", &[0.0], &[4.84]), "1");
        let times = "ratio = { at_least = 2.0 }";
        assert_eq!(advised(times, "", &[7.1], &[1.1]), "3");
    }

    #[test]
    fn figures_that_cannot_be_separated_are_told() {
        let peak = "heap = { peak_bytes = { at_most = 1 } }";
        assert_eq!(advised(peak, "", &[10.0], &[10.0]), "Overlap");
        assert_eq!(advised(peak, "", &[10.0, 30.0], &[20.0]), "Overlap");
        assert_eq!(advised(peak, "", &[1000.0], &[1050.0]), "TooClose");
        assert_eq!(advised(peak, "", &[], &[20.0]), "NoFigure");
        let least = "heap = { total_blocks = { at_least = 1 } }";
        assert_eq!(advised(least, "", &[9.0], &[10.0]), "Overlap");
        assert_eq!(advised(peak, "", &[MIB], &[]), "NothingToSeparate");
        // They fail whatever the bound is: twice the solution's own.
        let mut anyway = standing(peak, &[MIB], &[]);
        anyway.bad.push(("w".to_owned(), None));
        assert_eq!(advice(&anyway, ""), Advice::Write("\"2 MiB\"".to_owned()));
    }

    #[test]
    fn every_proposal_leaves_its_margin() {
        for bad in 1..200 {
            for good in 1..40 {
                let (good, bad) = (f64::from(good) * 37.0, f64::from(bad) * 41.0);
                let peak = "heap = { peak_bytes = { at_most = 1 } }";
                let Advice::Write(value) = advice(&standing(peak, &[good], &[bad]), "") else {
                    assert!(bad <= good * 1.2, "{good} {bad}");
                    continue;
                };
                let value: crate::course::units::Size = value.trim_matches('"').parse().unwrap();
                let value = value.0 as f64;
                assert!(value - value / 20.0 >= good - 1.0, "{good} {value} {bad}");
                assert!(value + value / 20.0 <= bad + 1.0, "{good} {value} {bad}");
            }
        }
    }

    const SPEC: &str = "format_version = 1\ntitle = \"t\"\n\n[[case]]\nname = \"c\"\n\n[[case.check]]\nname = \"k\"\n\
        heap = { peak_bytes = { at_least = \"1 KiB\", at_most = \"2 KiB\" } } # \"2 KiB\"\n\n[[case.check]]\nname = \"l\"\n\
        [case.check.leak]\nat_least = 5\n\n[[check]]\nname = \"k\"\nratio = { at_most = 3.5 }\n";

    #[test]
    fn lines_are_found_and_changed_where_the_number_stands() {
        let place = |case: &str, check: &str, keys: &[&'static str]| {
            let name = CheckName {
                case: case.to_owned(),
                check: check.to_owned(),
            };
            let bound = Bound {
                keys: keys.to_vec(),
                ..standing("leak = { at_least = 1 }", &[], &[]).bound
            };
            place_of(SPEC, &name, &bound).map(|at| &SPEC[at])
        };
        let most = ["heap", "peak_bytes", "at_most"];
        assert_eq!(place("c", "k", &most), Some("\"2 KiB\""));
        assert_eq!(place("c", "l", &["leak", "at_least"]), Some("5"));
        assert_eq!(place("", "k", &["ratio", "at_most"]), Some("3.5"));
        assert_eq!(place("c", "m", &most), None);

        let mut both = vec![
            standing(
                "heap = { peak_bytes = { at_least = 1024 } }",
                &[9000.0],
                &[100.0],
            ),
            standing(
                "heap = { peak_bytes = { at_most = 2048 } }",
                &[9000.0],
                &[90000.0],
            ),
        ];
        both[1].check.case = "c".to_owned();
        let proposals = proposals(both, SPEC);
        assert_eq!(
            new_lines(&proposals, SPEC),
            [NewLine {
                number: 9,
                text: "heap = { peak_bytes = { at_least = \"900 B\", at_most = \"30 KiB\" } } # \"2 KiB\"".to_owned()
            }]
        );
    }
}
