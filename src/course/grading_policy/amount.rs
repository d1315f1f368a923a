//! Points as authors write them: exact to a hundredth, never negative.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::MAX_POINTS;

/// Points in hundredths. Written as a number with at most two decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i64);

impl Amount {
    /// An amount of so many hundredths; `None` if nothing can be worth that.
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        (0..=MAX_POINTS * 100)
            .contains(&hundredths)
            .then_some(Self(hundredths))
    }

    /// The hundredths.
    pub fn hundredths(self) -> i64 {
        self.0
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hundredths = hundredths(text.trim())?;
        Self::from_hundredths(hundredths)
            .ok_or_else(|| format!("points lie between 0 and {MAX_POINTS}"))
    }
}

/// Hundredths of a plain decimal number with a sign or without, at most two decimals, a point or a comma between.
pub(crate) fn hundredths(text: &str) -> Result<i64, String> {
    let shown = || super::read::shown(text);
    let not_a_number = || format!("`{}` is not a number such as `7.5`", shown());
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || digits.ends_with(['.', ',']) {
        return Err(not_a_number());
    }
    let part = part.trim_end_matches('0');
    if part.len() > 2 {
        return Err(format!("`{}` has more than two decimals", shown()));
    }
    let whole: i64 = whole
        .parse()
        .ok()
        .filter(|n| *n <= MAX_POINTS)
        .ok_or_else(|| format!("`{}` is more than {MAX_POINTS}", shown()))?;
    let part: i64 = format!("{part:0<2}").parse().map_err(|_| not_a_number())?;
    let value = whole * 100 + part;
    Ok(if negative { -value } else { value })
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal(self.0))
    }
}

/// Hundredths as people write them: `7.5`, `-0.25`, `10`.
pub(crate) fn decimal(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", size / 100, size % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Share::deserialize(deserializer)? {
            Share::Points(amount) => Ok(amount),
            Share::Percent(_) => Err(serde::de::Error::custom("expected a number of points")),
        }
    }
}

/// A part of what could be had: `"10%"`, or points: `2.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Percent, in hundredths of a percent.
    Percent(Amount),
    /// Points.
    Points(Amount),
}

impl Default for Share {
    fn default() -> Self {
        Self::Points(Amount::default())
    }
}

impl Share {
    /// The share of `possible`, both in hundredths of a point; halves are rounded away from zero.
    pub fn of(self, possible: i64) -> i64 {
        match self {
            Self::Points(amount) => amount.0,
            Self::Percent(percent) => scaled(possible, percent.0, 100 * 100),
        }
    }
}

/// `value * numerator / denominator` of numbers that are not negative, halves rounded up; 0 where the denominator is.
pub(crate) fn scaled(value: i64, numerator: i64, denominator: i64) -> i64 {
    if denominator <= 0 {
        return 0;
    }
    let (value, denominator) = (i128::from(value.max(0)), i128::from(denominator));
    let product = value * i128::from(numerator.max(0));
    let rounded = (2 * product + denominator) / (2 * denominator);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some(number) = text.strip_suffix('%') else {
            return text.parse().map(Self::Points);
        };
        let percent: Amount = number.parse()?;
        if percent.0 > 100 * 100 {
            return Err(format!("{percent} % is more than there is"));
        }
        Ok(Self::Percent(percent))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent} %"),
            Self::Points(amount) if amount.0 == 100 => f.write_str("1 point"),
            Self::Points(amount) => write!(f, "{amount} points"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Percent(percent) => serializer.serialize_str(&format!("{percent}%")),
            Self::Points(amount) => amount.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Share;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of points, or a percentage such as \"10%\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Share, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Share, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Share, E> {
                self.visit_str(&number.to_string())
            }

            // The shortest text that reads as this number is what was written.
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Share, E> {
                self.visit_str(&number.to_string())
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::Share;

    impl JsonSchema for Share {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Share".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "number"] })
        }
    }
}
