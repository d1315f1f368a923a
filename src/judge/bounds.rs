//! Bounds on figures, and how far a figure may be known.

use crate::course::spec::{CountBound, SizeBound};
use crate::course::units::human_count;

use super::words::limit_size;

/// `exactly`, `at_least` and `at_most`, of sizes or counts alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) exactly: Option<u64>,
    pub(super) at_least: Option<u64>,
    pub(super) at_most: Option<u64>,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Count,
}

/// How a figure lies to its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Within.
    Within,
    /// Beyond `at_most` or `exactly`.
    TooMuch,
    /// Short of `at_least` or `exactly`.
    TooLittle,
    /// The figure is not known well enough to say.
    Unknown,
}

/// What is known of a figure: it lies between the two ends, which are equal if it was measured exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Known {
    /// Measured exactly.
    pub(super) fn exactly(value: i128) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// At least so much; the rest was not recorded.
    pub(super) fn at_least(value: i128) -> Self {
        Self {
            low: value,
            high: i128::MAX,
        }
    }
}

impl From<SizeBound> for Bound {
    fn from(bound: SizeBound) -> Self {
        Self {
            exactly: bound.exactly.map(|size| size.0),
            at_least: bound.at_least.map(|size| size.0),
            at_most: bound.at_most.map(|size| size.0),
            unit: Unit::Bytes,
        }
    }
}

impl From<CountBound> for Bound {
    fn from(bound: CountBound) -> Self {
        Self {
            exactly: bound.exactly,
            at_least: bound.at_least,
            at_most: bound.at_most,
            unit: Unit::Count,
        }
    }
}

impl Bound {
    /// How a figure lies to it, where it may be off by `slack` either way.
    pub(super) fn fit(&self, figure: Known, slack: u64) -> Fit {
        let slack = i128::from(slack);
        let least = [self.exactly, self.at_least].into_iter().flatten().max();
        let most = [self.exactly, self.at_most].into_iter().flatten().min();
        let too_little = least.map(|least| {
            let least = i128::from(least) - slack;
            (figure.high < least, figure.low < least)
        });
        let too_much = most.map(|most| {
            let most = i128::from(most) + slack;
            (figure.low > most, figure.high > most)
        });
        let (surely_little, maybe_little) = too_little.unwrap_or_default();
        let (surely_much, maybe_much) = too_much.unwrap_or_default();
        if surely_much {
            Fit::TooMuch
        } else if surely_little {
            Fit::TooLittle
        } else if maybe_much || maybe_little {
            Fit::Unknown
        } else {
            Fit::Within
        }
    }

    /// Whether it bounds nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.exactly.is_none() && self.at_least.is_none() && self.at_most.is_none()
    }

    /// In words: `exactly 0`, `at least 8.0 MiB and at most 9.0 MiB`.
    pub(super) fn words(&self) -> String {
        let value = |value: u64| match self.unit {
            Unit::Bytes => limit_size(value),
            Unit::Count => human_count(value),
        };
        let parts: Vec<String> = [
            self.exactly.map(|v| format!("exactly {}", value(v))),
            self.at_least.map(|v| format!("at least {}", value(v))),
            self.at_most.map(|v| format!("at most {}", value(v))),
        ]
        .into_iter()
        .flatten()
        .collect();
        parts.join(" and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(exactly: Option<u64>, at_least: Option<u64>, at_most: Option<u64>) -> Bound {
        CountBound {
            exactly,
            at_least,
            at_most,
        }
        .into()
    }

    #[test]
    fn bounds_are_inclusive() {
        let cases = [
            (bound(None, None, Some(10)), 10, Fit::Within),
            (bound(None, None, Some(10)), 11, Fit::TooMuch),
            (bound(None, Some(10), None), 10, Fit::Within),
            (bound(None, Some(10), None), 9, Fit::TooLittle),
            (bound(Some(0), None, None), 0, Fit::Within),
            (bound(Some(0), None, None), 1, Fit::TooMuch),
            (bound(Some(3), None, None), 2, Fit::TooLittle),
            (bound(None, Some(5), Some(7)), 6, Fit::Within),
            (bound(None, Some(5), Some(7)), -1, Fit::TooLittle),
        ];
        for (bound, value, expected) in cases {
            assert_eq!(
                bound.fit(Known::exactly(value), 0),
                expected,
                "{bound:?} {value}"
            );
        }
    }

    #[test]
    fn a_figure_known_in_part_decides_only_what_it_can() {
        let some = Known::at_least(10);
        assert_eq!(bound(None, Some(10), None).fit(some, 0), Fit::Within);
        assert_eq!(bound(None, Some(11), None).fit(some, 0), Fit::Unknown);
        assert_eq!(bound(None, None, Some(9)).fit(some, 0), Fit::TooMuch);
        assert_eq!(bound(None, None, Some(10)).fit(some, 0), Fit::Unknown);
    }

    #[test]
    fn slack_widens_both_ends() {
        assert_eq!(
            bound(None, None, Some(10)).fit(Known::exactly(12), 2),
            Fit::Within
        );
        assert_eq!(
            bound(None, Some(10), None).fit(Known::exactly(8), 2),
            Fit::Within
        );
        assert_eq!(
            bound(None, Some(10), None).fit(Known::exactly(7), 2),
            Fit::TooLittle
        );
    }

    #[test]
    fn words_say_each_bound() {
        assert_eq!(
            bound(None, Some(5), Some(1000)).words(),
            "at least 5 and at most 1,000"
        );
    }
}
