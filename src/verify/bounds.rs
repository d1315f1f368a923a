//! The inexact bounds of a check, one by one: where each stands, which way is tighter, and how to read and change it.
//!
//! The main function is [`of`]. Exact bounds are none of these: they have no room that could be stated.

use crate::course::spec::{Check, CountBound, CurveExpectation, SizeBound};
use crate::course::units::{Size, human_count, human_size};

/// Loosest value of a bound that cannot be left out.
const LOOSEST: u64 = 1 << 62;
const LOOSEST_PERCENT: f64 = 1e300;

/// Which figures a bound lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Those that are not smaller.
    AtLeast,
    /// Those that are not larger.
    AtMost,
}

/// What a bound's number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Things that are counted.
    Count,
    /// Percent.
    Percent,
    /// How many times as much.
    Times,
    /// A number in the unit of what was printed.
    Number,
}

/// One inexact bound of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Its keys in the spec, from the check on: `heap`, `peak_bytes`, `at_most`.
    pub keys: Vec<&'static str>,
    /// Which figures it lets pass.
    pub side: Side,
    /// What its number means.
    pub unit: Unit,
    /// The number.
    pub limit: f64,
}

impl Bound {
    /// Its keys as one name, without the check's own: `peak_bytes`, `holds_steady.within`.
    pub fn name(&self) -> String {
        let ends = ["at_least", "at_most"];
        let inner = self.keys.iter().skip(1).filter(|key| !ends.contains(key));
        let name = inner.copied().collect::<Vec<_>>().join(".");
        if name.is_empty() {
            self.keys.first().copied().unwrap_or_default().to_owned()
        } else {
            name
        }
    }

    /// `at most` or `at least`.
    pub fn side_words(&self) -> &'static str {
        match self.side {
            Side::AtLeast => "at least",
            Side::AtMost => "at most",
        }
    }

    /// Whether only whole numbers can stand there.
    pub fn is_whole(&self) -> bool {
        matches!(self.unit, Unit::Bytes | Unit::Count)
    }

    /// A figure of this bound's kind, for people.
    pub fn words(&self, figure: f64) -> String {
        match self.unit {
            Unit::Bytes if self.is_decimal() => decimal_size(figure),
            Unit::Bytes => human_size(whole(figure)),
            Unit::Count => human_count(whole(figure)),
            Unit::Percent => format!("{} %", short(figure)),
            Unit::Times => format!("{} times", short(figure)),
            Unit::Number => short(figure),
        }
    }

    /// Whether the bound is a round number of decimal units, as `500 MB` is.
    fn is_decimal(&self) -> bool {
        let exact = Size(whole(self.limit)).to_string();
        self.unit == Unit::Bytes && ["kB", "MB", "GB"].iter().any(|unit| exact.ends_with(unit))
    }

    /// The bound's own number: exact, as it stands in the spec.
    pub fn limit_words(&self) -> String {
        match self.unit {
            Unit::Bytes => {
                let exact = Size(whole(self.limit)).to_string();
                // `500000 B` says less than `488 KiB`.
                if exact.ends_with(" B") && self.limit >= 10_240.0 {
                    self.words(self.limit)
                } else {
                    exact
                }
            }
            _ => self.words(self.limit),
        }
    }
}

/// The nearest whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped just before"
)]
pub(super) fn whole(value: f64) -> u64 {
    value.round().clamp(0.0, LOOSEST as f64) as u64
}

/// A size in decimal units, for people who wrote the bound in such.
fn decimal_size(bytes: f64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.iter().find(|(_, factor)| bytes >= *factor) {
        Some((unit, factor)) => format!("{} {unit}", short(bytes / factor)),
        None => human_size(whole(bytes)),
    }
}

/// About three digits.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 || v == 0.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The inexact bounds of a check, in the order in which they are judged.
pub fn of(check: &Check) -> Vec<Bound> {
    let mut check = check.clone();
    slots(&mut check)
        .into_iter()
        .map(|(bound, _)| bound)
        .collect()
}

/// The check with bound number `index` of [`of`] set to `value`.
#[must_use]
pub fn with(check: &Check, index: usize, value: f64) -> Check {
    let mut changed = check.clone();
    if let Some((_, slot)) = slots(&mut changed).into_iter().nth(index) {
        slot.set(value);
    }
    changed
}

/// The check with bound number `index` of [`of`] and no other. Of a tolerance in percent and an absolute one the larger counts, so
/// each of the two keeps the other.
#[must_use]
pub fn alone(check: &Check, index: usize) -> Check {
    let mut changed = check.clone();
    let keep = of(check)
        .into_iter()
        .nth(index)
        .map(|bound| bound.keys)
        .unwrap_or_default();
    let is_tolerance = |keys: &[&str]| matches!(keys.last(), Some(&("percent" | "absolute")));
    for (number, (bound, slot)) in slots(&mut changed).into_iter().enumerate() {
        let partner =
            is_tolerance(&keep) && is_tolerance(&bound.keys) && keep.first() != Some(&"curve");
        if number != index && !partner {
            slot.loosen(&bound);
        }
    }
    let mut exact = Vec::new();
    if let Some(heap) = &mut changed.heap {
        exact.extend([&mut heap.total_blocks, &mut heap.at_exit_blocks]);
        let sizes = [
            &mut heap.total_bytes,
            &mut heap.peak_bytes,
            &mut heap.at_exit_bytes,
        ];
        for bound in sizes.into_iter().flatten() {
            bound.exactly = None;
        }
    }
    if let Some(pages) = &mut changed.pages {
        exact.extend([&mut pages.minor_faults, &mut pages.major_faults]);
        let sizes = [&mut pages.resident, &mut pages.virtual_size];
        for bound in sizes.into_iter().flatten() {
            bound.exactly = None;
        }
    }
    if let Some(claim) = &mut changed.claim {
        exact.push(&mut claim.times);
    }
    for bound in exact.into_iter().flatten() {
        bound.exactly = None;
    }
    changed
}

/// Where a bound's number is.
pub(super) enum Slot<'a> {
    OptionalSize(&'a mut Option<Size>),
    Size(&'a mut Size),
    OptionalCount(&'a mut Option<u64>),
    Float(&'a mut Option<f64>),
}

impl Slot<'_> {
    fn get(&self) -> Option<f64> {
        match self {
            Self::OptionalSize(size) => size.map(|size| size.0 as f64),
            Self::Size(size) => Some(size.0 as f64),
            Self::OptionalCount(count) => count.map(|count| count as f64),
            Self::Float(value) => **value,
        }
    }

    fn set(self, value: f64) {
        match self {
            Self::OptionalSize(size) => *size = Some(Size(whole(value))),
            Self::Size(size) => *size = Size(whole(value)),
            Self::OptionalCount(count) => *count = Some(whole(value)),
            Self::Float(slot) => *slot = Some(value),
        }
    }

    /// Takes it out, or makes it so loose that it bounds nothing.
    fn loosen(self, bound: &Bound) {
        match self {
            Self::OptionalSize(size) => *size = None,
            Self::OptionalCount(count) => *count = None,
            Self::Size(size) => {
                *size = Size(match bound.side {
                    Side::AtLeast => 0,
                    Side::AtMost => LOOSEST,
                });
            }
            Self::Float(value) => *value = (bound.unit != Unit::Times).then_some(LOOSEST_PERCENT),
        }
    }
}

/// Collects the bounds of one check that have a number.
struct Found<'a>(Vec<(Bound, Slot<'a>)>);

impl<'a> Found<'a> {
    fn add(&mut self, keys: &[&'static str], side: Side, unit: Unit, slot: Slot<'a>) {
        if let Some(limit) = slot.get() {
            let keys = keys.to_vec();
            self.0.push((
                Bound {
                    keys,
                    side,
                    unit,
                    limit,
                },
                slot,
            ));
        }
    }

    fn sizes(&mut self, keys: [&'static str; 2], bound: &'a mut Option<SizeBound>) {
        let Some(bound) = bound else { return };
        let [family, name] = keys;
        for (key, side, slot) in [
            ("at_least", Side::AtLeast, &mut bound.at_least),
            ("at_most", Side::AtMost, &mut bound.at_most),
        ] {
            let slot = Slot::OptionalSize(slot);
            self.add(&[family, name, key], side, Unit::Bytes, slot);
        }
    }

    fn counts(&mut self, keys: [&'static str; 2], bound: &'a mut Option<CountBound>) {
        let Some(bound) = bound else { return };
        let [family, name] = keys;
        for (key, side, slot) in [
            ("at_least", Side::AtLeast, &mut bound.at_least),
            ("at_most", Side::AtMost, &mut bound.at_most),
        ] {
            let slot = Slot::OptionalCount(slot);
            self.add(&[family, name, key], side, Unit::Count, slot);
        }
    }

    fn curve(&mut self, curve: &'a mut CurveExpectation) {
        use Side::{AtLeast, AtMost};
        if let Some(grows) = &mut curve.grows {
            let slot = Slot::Size(&mut grows.per_mark);
            self.add(&["curve", "grows", "per_mark"], AtLeast, Unit::Bytes, slot);
            let slot = Slot::Float(&mut grows.percent);
            self.add(&["curve", "grows", "percent"], AtMost, Unit::Percent, slot);
        }
        if let Some(steady) = &mut curve.holds_steady {
            let keys = ["curve", "holds_steady", "within"];
            self.add(&keys, AtMost, Unit::Bytes, Slot::Size(&mut steady.within));
        }
        if let Some(returns) = &mut curve.returns {
            let keys = ["curve", "returns", "within"];
            self.add(&keys, AtMost, Unit::Bytes, Slot::Size(&mut returns.within));
            let keys = ["curve", "returns", "after_rising"];
            let slot = Slot::OptionalSize(&mut returns.after_rising);
            self.add(&keys, AtLeast, Unit::Bytes, slot);
        }
    }
}

/// The inexact bounds of a check with the places of their numbers.
pub(super) fn slots(check: &mut Check) -> Vec<(Bound, Slot<'_>)> {
    use Side::{AtLeast, AtMost};
    let mut found = Found(Vec::new());
    if let Some(numbers) = check
        .output
        .as_mut()
        .and_then(|output| output.numbers.as_mut())
    {
        let slot = Slot::Float(&mut numbers.percent);
        found.add(
            &["output", "numbers", "percent"],
            AtMost,
            Unit::Percent,
            slot,
        );
        let slot = Slot::Float(&mut numbers.absolute);
        found.add(
            &["output", "numbers", "absolute"],
            AtMost,
            Unit::Number,
            slot,
        );
    }
    if let Some(heap) = &mut check.heap {
        found.counts(["heap", "total_blocks"], &mut heap.total_blocks);
        found.sizes(["heap", "total_bytes"], &mut heap.total_bytes);
        found.sizes(["heap", "peak_bytes"], &mut heap.peak_bytes);
        found.sizes(["heap", "at_exit_bytes"], &mut heap.at_exit_bytes);
        found.counts(["heap", "at_exit_blocks"], &mut heap.at_exit_blocks);
    }
    if let Some(curve) = &mut check.curve {
        found.curve(curve);
    }
    if let Some(leak) = &mut check.leak {
        let slot = Slot::OptionalSize(&mut leak.at_least);
        found.add(&["leak", "at_least"], AtLeast, Unit::Bytes, slot);
    }
    if let Some(pages) = &mut check.pages {
        found.counts(["pages", "minor_faults"], &mut pages.minor_faults);
        found.counts(["pages", "major_faults"], &mut pages.major_faults);
        found.sizes(["pages", "resident"], &mut pages.resident);
        found.sizes(["pages", "virtual_size"], &mut pages.virtual_size);
    }
    if let Some(stack) = &mut check.stack {
        let peak = &mut stack.peak;
        let slot = Slot::OptionalSize(&mut peak.at_least);
        found.add(&["stack", "peak", "at_least"], AtLeast, Unit::Bytes, slot);
        let slot = Slot::OptionalSize(&mut peak.at_most);
        found.add(&["stack", "peak", "at_most"], AtMost, Unit::Bytes, slot);
    }
    if let Some(ratio) = &mut check.ratio {
        let slot = Slot::Float(&mut ratio.at_least);
        found.add(&["ratio", "at_least"], AtLeast, Unit::Times, slot);
        let slot = Slot::Float(&mut ratio.at_most);
        found.add(&["ratio", "at_most"], AtMost, Unit::Times, slot);
    }
    if let Some(claim) = &mut check.claim {
        let slot = Slot::Float(&mut claim.percent);
        found.add(&["claim", "percent"], AtMost, Unit::Percent, slot);
        let slot = Slot::OptionalSize(&mut claim.absolute);
        found.add(&["claim", "absolute"], AtMost, Unit::Bytes, slot);
        found.counts(["claim", "times"], &mut claim.times);
    }
    found.0
}

#[cfg(test)]
pub(super) fn check_of(expectation: &str) -> Check {
    let text = format!(
        "format_version = 1\ntitle = \"t\"\n[[case]]\nname = \"c\"\n[[case.check]]\nname = \"k\"\n{expectation}\n"
    );
    let mut exercise: crate::course::spec::Exercise = toml::from_str(&text).unwrap();
    exercise.cases.remove(0).checks.remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inexact_bound_is_found_and_no_exact_one() {
        let table = [
            ("outcome = { exit_code = 0 }", ""),
            (
                "output = { numbers = { lines = [\"1\"], percent = 2.0, absolute = 5.0 } }",
                "numbers.percent numbers.absolute",
            ),
            (
                "heap = { peak_bytes = { at_least = 1, at_most = 2 }, total_blocks = { exactly = 3 } }",
                "peak_bytes peak_bytes",
            ),
            (
                "heap = { at_exit_blocks = { at_most = 2 }, at_exit_bytes = { at_least = 9 }, total_bytes = { at_most = 1 } }",
                "total_bytes at_exit_bytes at_exit_blocks",
            ),
            (
                "curve = { grows = { per_mark = 5, percent = 10.0 } }",
                "grows.per_mark grows.percent",
            ),
            ("curve = { grows = { per_mark = 5 } }", "grows.per_mark"),
            (
                "curve = { holds_steady = { within = 5 } }",
                "holds_steady.within",
            ),
            (
                "curve = { returns = { within = 5, after_rising = 9 } }",
                "returns.within returns.after_rising",
            ),
            ("leak = { none = true }", ""),
            ("leak = { at_least = 5 }", "leak"),
            (
                "pages = { resident = { at_most = 5 }, virtual_size = { at_least = 1 }, minor_faults = { at_least = 3 }, major_faults = { at_most = 1 } }",
                "minor_faults major_faults resident virtual_size",
            ),
            (
                "stack = { peak = { at_least = 5, at_most = 7 } }",
                "peak peak",
            ),
            ("ratio = { at_least = 2.0, at_most = 3.0 }", "ratio ratio"),
            (
                "claim = { line = \"x\", percent = 3.0, absolute = 5, times = { at_least = 2, at_most = 4 } }",
                "percent absolute times times",
            ),
            ("claim = { line = \"x\", times = { exactly = 2 } }", ""),
        ];
        for (text, names) in table {
            let found: Vec<String> = of(&check_of(text)).iter().map(Bound::name).collect();
            assert_eq!(found.join(" "), names, "{text}");
        }
    }

    #[test]
    fn a_bound_can_be_set_and_left_alone() {
        let check = check_of(
            "heap = { between = { to = { number = 1 } }, peak_bytes = { at_least = 10, at_most = 20 }, total_blocks = { exactly = 3 } }",
        );
        let heap = with(&check, 1, 30.4).heap.unwrap();
        assert_eq!(heap.peak_bytes.unwrap().at_most, Some(Size(30)));
        assert_eq!(heap.peak_bytes.unwrap().at_least, Some(Size(10)));
        let heap = alone(&check, 1).heap.unwrap();
        assert_eq!(heap.peak_bytes.unwrap().at_most, Some(Size(20)));
        assert_eq!(heap.peak_bytes.unwrap().at_least, None);
        assert_eq!(heap.total_blocks.unwrap(), CountBound::default());
        assert!(heap.between.is_some());

        let check = check_of(
            "claim = { line = \"x\", percent = 3.0, absolute = 5, times = { exactly = 2 } }",
        );
        let claim = alone(&check, 0).claim.unwrap();
        assert_eq!((claim.percent, claim.absolute), (Some(3.0), Some(Size(5))));
        assert_eq!(claim.times, Some(CountBound::default()));

        let check = check_of("curve = { grows = { per_mark = 5, percent = 10.0 } }");
        let grows = alone(&check, 0).curve.unwrap().grows.unwrap();
        assert_eq!(grows.percent, Some(LOOSEST_PERCENT));
        let grows = alone(&check, 1).curve.unwrap().grows.unwrap();
        assert_eq!((grows.per_mark, grows.percent), (Size(0), Some(10.0)));
    }

    #[test]
    fn figures_are_told_in_their_units() {
        let words = |text: &str, figure| of(&check_of(text))[0].words(figure);
        assert_eq!(
            words("leak = { at_least = 5 }", 9.6 * 1_048_576.0),
            "9.6 MiB"
        );
        assert_eq!(
            words("heap = { total_blocks = { at_most = 5 } }", 1e6),
            "1,000,000"
        );
        assert_eq!(words("ratio = { at_least = 2.0 }", 7.126), "7.13 times");
        assert_eq!(words("claim = { line = \"x\", percent = 3.0 }", 0.0), "0 %");
        assert_eq!(
            words("claim = { line = \"x\", percent = 3.0 }", 0.0489),
            "0.049 %"
        );
        let decimal = |figure| words("leak = { at_least = \"500 MB\" }", figure);
        assert_eq!(decimal(477.0 * 1_048_576.0), "500 MB");
        assert_eq!(decimal(1_234_567.0), "1.23 MB");
        assert_eq!(decimal(12.0), "12 bytes");
        let limit = |text: &str| of(&check_of(text))[0].limit_words();
        assert_eq!(limit("leak = { at_least = \"64 KiB\" }"), "64 KiB");
        assert_eq!(limit("leak = { at_least = 500001 }"), "488 KiB");
        assert_eq!(limit("claim = { line = \"x\", percent = 3.0 }"), "3 %");
    }
}
