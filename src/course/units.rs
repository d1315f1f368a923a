//! Sizes and times as authors write them: `"64 KiB"`, `"1.5 MB"`, `"500 ms"`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of bytes. Written as an integer, or as a string with a unit:
/// B, kB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Size(pub u64);

/// A span of time in microseconds. Written as a string with a unit: `us`, `ms`, `s`, `min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time(pub u64);

/// Units of sizes, smallest first, with their bytes.
pub const SIZE_UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

/// Units of time, smallest first, with their microseconds.
pub const TIME_UNITS: [(&str, u64); 4] = [
    ("us", 1),
    ("ms", 1000),
    ("s", 1_000_000),
    ("min", 60_000_000),
];

/// Why a size or time could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// No number in front.
    #[error("expected a number and a unit, such as `{0}`")]
    NoNumber(&'static str),
    /// A number without a unit.
    #[error("a unit is missing; write `{number} {suggestion}`")]
    NoUnit {
        /// The number.
        number: String,
        /// A unit that fits.
        suggestion: &'static str,
    },
    /// A unit that does not exist.
    #[error("unknown unit `{unit}`; did you mean `{suggestion}`?")]
    UnknownUnit {
        /// What was written.
        unit: String,
        /// The nearest unit.
        suggestion: &'static str,
    },
    /// Negative, not whole after conversion, or beyond 2^63.
    #[error("out of range")]
    OutOfRange,
}

fn parse(
    text: &str,
    units: &'static [(&'static str, u64)],
    example: &'static str,
    default: &'static str,
) -> Result<u64, UnitError> {
    let text = text.trim();
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
        .unwrap_or(text.len());
    let (number, unit) = (&text[..split], text[split..].trim());
    let digits = number.replace('_', "");
    let Ok(value) = digits.parse::<f64>() else {
        return Err(UnitError::NoNumber(example));
    };
    if unit.is_empty() {
        return Err(UnitError::NoUnit {
            number: number.to_owned(),
            suggestion: default,
        });
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        return Err(UnitError::UnknownUnit {
            unit: unit.to_owned(),
            suggestion: nearest(unit, units),
        });
    };
    if let Ok(whole) = digits.parse::<u64>() {
        return whole
            .checked_mul(*factor)
            .filter(|n| *n < 1 << 63)
            .ok_or(UnitError::OutOfRange);
    }
    let scaled = value * (*factor as f64);
    if !(0.0..9.0e18).contains(&scaled) {
        return Err(UnitError::OutOfRange);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range checked just above"
    )]
    Ok(scaled.round() as u64)
}

/// The unit that looks most like what was written: the same letters in another case first, then by edit distance.
fn nearest(written: &str, units: &'static [(&'static str, u64)]) -> &'static str {
    let key = |name: &str| {
        let same_letters = name.eq_ignore_ascii_case(written);
        let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &written.to_lowercase());
        (!same_letters, distance)
    };
    units
        .iter()
        .min_by_key(|(name, _)| key(name))
        .map_or("B", |(name, _)| name)
}

impl FromStr for Size {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        parse(text, &SIZE_UNITS, "64 KiB", "KiB").map(Self)
    }
}

impl FromStr for Time {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        parse(text, &TIME_UNITS, "500 ms", "ms").map(Self)
    }
}

impl From<Time> for std::time::Duration {
    fn from(time: Time) -> Self {
        Self::from_micros(time.0)
    }
}

/// Writes the largest unit that divides the value, so that reading gives the same value back.
fn exact(value: u64, units: &[(&'static str, u64)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let unit = units
        .iter()
        .rev()
        .find(|(_, factor)| value >= *factor && value.is_multiple_of(*factor))
        .or(units.first());
    match unit {
        Some((name, factor)) => write!(f, "{} {name}", value / factor),
        None => write!(f, "{value}"),
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        exact(self.0, &SIZE_UNITS, f)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        exact(self.0, &TIME_UNITS, f)
    }
}

/// A size for people: binary units, about three digits (`9.6 MiB`, `512 bytes`).
pub fn human_size(bytes: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let value = bytes as f64 / unit as f64;
        // Round first: 9.96 prints as 10, not as 10.0.
        if (value * 10.0).round() < 100.0 {
            format!("{value:.1} {name}")
        } else {
            format!("{value:.0} {name}")
        }
    };
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_064 => scaled(1 << 10, "KiB"),
        1_048_064..1_073_217_536 => scaled(1 << 20, "MiB"),
        _ => scaled(1 << 30, "GiB"),
    }
}

/// A count for people, with thousands separated: `1,000,000`.
pub fn human_count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

struct SizeVisitor;

impl serde::de::Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size such as \"64 KiB\", or a number of bytes")
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Size, E> {
        Ok(Size(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Size, E> {
        u64::try_from(value)
            .map(Size)
            .map_err(|_| E::custom("a size cannot be negative"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Size, E> {
        text.parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the JSON Schema says of a size or a time; the loader reads `format` to check the text.
#[cfg(test)]
mod schema {
    use super::{Size, Time};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    impl JsonSchema for Size {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Size".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "integer"], "minimum": 0, "format": "size",
                "description": "A number of bytes: an integer, or a string with a unit (B, kB, MB, GB, KiB, MiB, GiB)." })
        }
    }

    impl JsonSchema for Time {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Time".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "format": "time",
                "description": "A span of time: a string with a unit (us, ms, s, min)." })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_units() {
        assert_eq!("64 KiB".parse(), Ok(Size(65536)));
        assert_eq!("1.5MB".parse(), Ok(Size(1_500_000)));
        assert_eq!("10_000 B".parse(), Ok(Size(10_000)));
        assert_eq!(
            "64".parse::<Size>(),
            Err(UnitError::NoUnit {
                number: "64".into(),
                suggestion: "KiB"
            })
        );
        assert_eq!(
            "64 Kb".parse::<Size>(),
            Err(UnitError::UnknownUnit {
                unit: "Kb".into(),
                suggestion: "kB"
            })
        );
        assert_eq!(
            "99999999999 GiB".parse::<Size>(),
            Err(UnitError::OutOfRange)
        );
    }

    #[test]
    fn people_read_about_three_digits() {
        assert_eq!(human_size(1023), "1023 bytes");
        assert_eq!(human_size(10_066_330), "9.6 MiB");
        assert_eq!(human_size(100_663_296), "96 MiB");
        assert_eq!(human_size(10_480_000), "10 MiB");
        assert_eq!(human_size((1 << 20) - 1), "1.0 MiB");
        assert_eq!(human_count(1_000_000), "1,000,000");
        assert_eq!(human_count(999), "999");
    }

    proptest::proptest! {
        #[test]
        fn sizes_and_times_are_read_as_they_were_written(n in 0u64..1 << 63) {
            proptest::prop_assert_eq!(Size(n).to_string().parse(), Ok(Size(n)));
            proptest::prop_assert_eq!(Time(n).to_string().parse(), Ok(Time(n)));
        }

        #[test]
        fn no_text_makes_them_panic(text in "\\PC*", number in "[0-9._]{0,30}", unit in "[a-zA-Z ]{0,5}") {
            let _ = text.parse::<Size>();
            let _ = format!("{number}{unit}").parse::<Size>();
            let _ = format!("{number}{unit}").parse::<Time>();
        }
    }
}
