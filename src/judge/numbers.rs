//! Numbers that stand in text: reading them, with their units and how precisely they were written.

use crate::course::units::human_size;

/// How far a number may be off.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Tolerance {
    /// In percent of the right number.
    pub(super) percent: f64,
    /// In the number's own unit.
    pub(super) absolute: f64,
}

impl Tolerance {
    /// How far a number may be from `right`.
    pub(super) fn around(self, right: f64) -> f64 {
        (right.abs() * self.percent.max(0.0) / 100.0).max(self.absolute.max(0.0))
    }

    /// In words.
    pub(super) fn words(self) -> String {
        match (self.percent > 0.0, self.absolute > 0.0) {
            (false, false) => "no deviation".to_owned(),
            (true, false) => format!("{} percent", self.percent),
            (false, true) => format!("{} either way", self.absolute),
            (true, true) => format!(
                "{} percent, or {} either way if that is more",
                self.percent, self.absolute
            ),
        }
    }
}

/// What a printed unit means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// So many bytes.
    Bytes(u64),
    /// Percent: a hundredth.
    Percent,
    /// Anything that is counted: blocks, times, `x`.
    Each,
}

impl Unit {
    /// What a word means as a unit, if it means anything.
    pub(super) fn read(word: &str) -> Option<Self> {
        let bytes = |n: u64| Some(Self::Bytes(n));
        match word.to_lowercase().as_str() {
            "b" | "byte" | "bytes" => bytes(1),
            "k" | "kb" => bytes(1000),
            "kib" => bytes(1 << 10),
            "m" | "mb" => bytes(1_000_000),
            "mib" => bytes(1 << 20),
            "g" | "gb" => bytes(1_000_000_000),
            "gib" => bytes(1 << 30),
            "tb" => bytes(1_000_000_000_000),
            "tib" => bytes(1 << 40),
            "%" | "percent" => Some(Self::Percent),
            "x" | "times" | "block" | "blocks" | "allocation" | "allocations" | "fault"
            | "faults" | "page" | "pages" => Some(Self::Each),
            _ => None,
        }
    }

    fn factor(self) -> f64 {
        match self {
            Self::Bytes(bytes) => bytes as f64,
            Self::Percent => 0.01,
            Self::Each => 1.0,
        }
    }

    /// The unit that is often mixed up with this one, and the difference in words.
    pub(super) fn twin(self) -> Option<(Self, &'static str)> {
        let (twin, words) = match self {
            Self::Bytes(1000) => (1 << 10, "KiB: a kB has 1,000 bytes, a KiB 1,024"),
            Self::Bytes(1_000_000) => (1 << 20, "MiB: an MB has 1,000,000 bytes, a MiB 1,048,576"),
            Self::Bytes(1_000_000_000) => {
                (1 << 30, "GiB: a GB has 1,000,000,000 bytes, a GiB more")
            }
            Self::Bytes(0x400) => (1000, "kB: a KiB has 1,024 bytes, a kB 1,000"),
            Self::Bytes(0x10_0000) => (1_000_000, "MB: a MiB has 1,048,576 bytes, an MB 1,000,000"),
            Self::Bytes(0x4000_0000) => {
                (1_000_000_000, "GB: a GiB has more than 1,000,000,000 bytes")
            }
            _ => return None,
        };
        Some((Self::Bytes(twin), words))
    }

    /// Its usual name, for units of more than a byte.
    fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Bytes(1000) => "kB",
            Self::Bytes(1_000_000) => "MB",
            Self::Bytes(1_000_000_000) => "GB",
            Self::Bytes(0x400) => "KiB",
            Self::Bytes(0x10_0000) => "MiB",
            Self::Bytes(0x4000_0000) => "GiB",
            _ => return None,
        })
    }
}

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Its value, without its unit.
    pub(super) value: f64,
    /// Half a unit of its last digit: how far the truth may be from what was rounded to it.
    pub(super) half_digit: f64,
    /// Bytes of text that it takes up.
    length: usize,
}

impl Number {
    /// Reads a number at the start of the text: a sign, digits with `,` or `_` between thousands, decimals.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut i = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let negative = bytes.first() == Some(&b'-');
        let digits_at = |from: usize| {
            bytes
                .iter()
                .skip(from)
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut digits = String::new();
        let first = digits_at(i);
        if first == 0 || first > 300 {
            return None;
        }
        digits.push_str(&text[i..i + first]);
        i += first;
        if first <= 3 {
            // Groups of exactly three, or it is a list.
            while matches!(bytes.get(i), Some(b',' | b'_'))
                && digits_at(i + 1) == 3
                && digits.len() < 300
            {
                digits.push_str(&text[i + 1..i + 4]);
                i += 4;
            }
        }
        // Underscores may stand anywhere in Rust's own way of writing.
        while bytes.get(i) == Some(&b'_') && digits_at(i + 1) > 0 && digits.len() < 300 {
            let more = digits_at(i + 1);
            digits.push_str(&text[i + 1..i + 1 + more]);
            i += 1 + more;
        }
        let mut decimals = 0;
        if bytes.get(i) == Some(&b'.') {
            decimals = digits_at(i + 1);
            if decimals > 0 {
                digits.push('.');
                digits.push_str(&text[i + 1..i + 1 + decimals]);
                i += 1 + decimals;
            }
        }
        let mut exponent = 0;
        if matches!(bytes.get(i), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(i + 1), Some(b'+' | b'-')));
            let count = digits_at(i + 1 + sign);
            if (1..=3).contains(&count) {
                exponent = text[i + 1..i + 1 + sign + count].parse().unwrap_or(0);
                i += 1 + sign + count;
            }
        }
        let magnitude = digits.parse::<f64>().ok()? * 10_f64.powi(exponent);
        let decimals = i32::try_from(decimals.min(300)).unwrap_or(300);
        let value = if negative { -magnitude } else { magnitude };
        value.is_finite().then_some(Self {
            value,
            half_digit: 0.5 * 10_f64.powi(exponent - decimals),
            length: i,
        })
    }

    /// The text after it.
    pub(super) fn rest<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.length..).unwrap_or_default()
    }
}

/// A number with its unit, as a program claims it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Claimed {
    number: Number,
    /// Its unit.
    pub(super) unit: Unit,
}

impl Claimed {
    /// Reads a claim: a number and perhaps a unit. Where it stands without one, `after` is what follows in the line
    /// and `default` what the spec says.
    pub(super) fn read(text: &str, after: &str, default: Option<&str>) -> Option<Self> {
        let text = text.trim();
        let number = Number::at_start(text)?;
        let own = number.rest(text).trim_start();
        let unit = if own.is_empty() {
            unit_at_start(after)
                .or_else(|| default.and_then(Unit::read))
                .unwrap_or(Unit::Each)
        } else {
            Unit::read(own)?
        };
        Some(Self { number, unit })
    }

    /// Its value in bytes, or counted.
    pub(super) fn value(&self) -> f64 {
        self.number.value * self.unit.factor()
    }

    /// How far the truth may be from it by rounding alone.
    pub(super) fn rounding(&self) -> f64 {
        self.number.half_digit * self.unit.factor()
    }

    /// The same number in another unit.
    pub(super) fn read_as(&self, unit: Unit) -> Self {
        Self {
            number: self.number,
            unit,
        }
    }

    /// Whether it is true, where the tolerance is around the measured figure.
    pub(super) fn is_true(&self, measured: f64, tolerance: Tolerance) -> bool {
        // Sums of floating-point numbers are not exact; a billionth part is no lie.
        let slack = measured.abs() * 1e-12 + 1e-9;
        (self.value() - measured).abs() <= self.rounding() + tolerance.around(measured) + slack
    }
}

impl Claimed {
    /// Whether it is true of a figure that lies somewhere from `low` to `high`; `None` if that depends on where.
    pub(super) fn is_true_between(
        &self,
        low: f64,
        high: f64,
        tolerance: Tolerance,
    ) -> Option<bool> {
        // Within the tolerance of an infinite figure lies every number.
        let holds = |figure: f64| figure.is_finite() && self.is_true(figure, tolerance);
        let nearest = self.value().max(low).min(high);
        match (holds(low) && holds(high), holds(nearest)) {
            (true, _) => Some(true),
            (false, false) if !holds(low) && !holds(high) => Some(false),
            _ => None,
        }
    }

    /// A measured figure, written like this one: in its unit and with its decimals, where it can be read so.
    pub(super) fn like(&self, measured: f64, size: bool) -> String {
        if !size {
            return figure(measured, Unit::Each);
        }
        let in_unit = measured / self.unit.factor();
        match self.unit.name() {
            Some(name) if (0.1..10_000.0).contains(&in_unit.abs()) => {
                let decimals = if self.number.half_digit < 0.03 { 2 } else { 1 };
                format!("{in_unit:.decimals$} {name}")
            }
            _ => figure(measured, Unit::Bytes(1)),
        }
    }
}

/// A unit of size or percent that follows a number directly.
fn unit_at_start(text: &str) -> Option<Unit> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    if text.starts_with('%') {
        return Some(Unit::Percent);
    }
    let word: String = text
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .take(12)
        .collect();
    match word.as_str() {
        // Single letters are too often something else.
        "" | "b" | "k" | "m" | "g" | "B" | "K" | "M" | "G" => None,
        _ => Unit::read(&word),
    }
}

/// A size or count for a finding.
pub(super) fn figure(value: f64, unit: Unit) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts of floats saturate, and the sign is written apart"
    )]
    let whole = value.abs().round() as u64;
    let sign = if value < 0.0 { "-" } else { "" };
    match unit {
        Unit::Bytes(_) => format!("{sign}{}", human_size(whole)),
        Unit::Each if (value - value.round()).abs() < 1e-9 => {
            format!("{sign}{}", crate::course::units::human_count(whole))
        }
        Unit::Each | Unit::Percent => format!("{value:.2}"),
    }
}

/// The text cut into words and numbers, in turns: a word (perhaps empty), a number, a word, …
fn pieces(line: &str) -> (Vec<&str>, Vec<(&str, Number)>) {
    let (mut words, mut numbers) = (Vec::new(), Vec::new());
    let (mut start, mut i) = (0, 0);
    let bytes = line.as_bytes();
    while i < bytes.len() {
        let in_word = i > 0
            && bytes
                .get(i - 1)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'.');
        let number = bytes
            .get(i)
            .filter(|b| !in_word && (b.is_ascii_digit() || matches!(b, b'-' | b'+')))
            .and_then(|_| line.get(i..))
            .and_then(Number::at_start);
        match number {
            Some(number) => {
                words.push(&line[start..i]);
                numbers.push((&line[i..i + number.length], number));
                i += number.length;
                start = i;
            }
            None => i += 1,
        }
    }
    words.push(&line[start..]);
    (words, numbers)
}

/// Whether two lines are equal but for their numbers.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    pieces(a).0 == pieces(b).0
}

/// Whether two lines are equal, where numbers may be off by the tolerance.
pub(super) fn lines_agree(wanted: &str, printed: &str, tolerance: Tolerance) -> bool {
    let ((words, numbers), (printed_words, printed_numbers)) = (pieces(wanted), pieces(printed));
    words == printed_words
        && numbers
            .iter()
            .zip(&printed_numbers)
            .all(|((text, wanted), (got_text, got))| {
                // Long integers are more exact than floating point: as text they are equal or not.
                let plain =
                    |text: &str| text.trim_start_matches(['+', '0']).replace([',', '_'], "");
                plain(text) == plain(got_text)
                    || ((text.len().max(got_text.len()) < 16
                        || tolerance.around(wanted.value) > 0.0)
                        && (wanted.value - got.value).abs()
                            <= tolerance.around(wanted.value) * (1.0 + 1e-12))
            })
}

/// Numbers in a line, with the text right after each.
pub(super) fn all(line: &str) -> Vec<(f64, &str)> {
    let (words, numbers) = pieces(line);
    numbers
        .iter()
        .zip(words.into_iter().skip(1))
        .map(|((_, number), after)| (number.value, after))
        .collect()
}

/// The numbers of a line, each with the text before and after it.
pub(super) fn with_words(line: &str) -> Vec<(&str, f64, &str)> {
    let (words, numbers) = pieces(line);
    let beside = words.windows(2);
    let found = beside.zip(&numbers);
    found
        .map(|(words, (_, number))| (words[0], number.value, words[1]))
        .collect()
}

/// Whether the text begins with a unit of size.
pub(super) fn size_follows(after: &str) -> bool {
    matches!(unit_at_start(after), Some(Unit::Bytes(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(text: &str) -> Option<(f64, f64)> {
        Claimed::read(text, "", None).map(|claim| (claim.value(), claim.rounding()))
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(claim("1048576"), Some((1_048_576.0, 0.5)));
        assert_eq!(claim("1,048,576 bytes"), Some((1_048_576.0, 0.5)));
        assert_eq!(claim("1_000"), Some((1000.0, 0.5)));
        assert_eq!(claim("9.5 MB"), Some((9_500_000.0, 50_000.0)));
        assert_eq!(claim("4KiB"), Some((4096.0, 512.0)));
        assert_eq!(claim("-3"), Some((-3.0, 0.5)));
        assert_eq!(claim("50 %"), Some((0.5, 0.005)));
        assert_eq!(claim("12x"), Some((12.0, 0.5)));
        assert_eq!(claim("1e6"), Some((1e6, 500_000.0)));
        assert_eq!(claim("many"), None);
        assert_eq!(claim("12 parsecs"), None);
        assert_eq!(claim(""), None);
    }

    #[test]
    fn a_unit_is_taken_from_the_text_the_line_or_the_spec() {
        let value = |text, after, default| Claimed::read(text, after, default).map(|c| c.value());
        assert_eq!(value("2 KiB", "", Some("MB")), Some(2048.0));
        assert_eq!(value("2", " MB used", None), Some(2e6));
        assert_eq!(value("2", " more", Some("kB")), Some(2000.0));
        assert_eq!(value("2", " b", None), Some(2.0));
    }

    #[test]
    fn a_claim_is_true_within_half_its_last_digit() {
        let claim = Claimed::read("9.5 MB", "", None).unwrap();
        let exact = Tolerance::default();
        assert!(claim.is_true(9_550_000.0, exact));
        assert!(claim.is_true(9_450_000.0, exact));
        assert!(!claim.is_true(9_550_001.0, exact));
        let loose = Tolerance {
            percent: 10.0,
            absolute: 0.0,
        };
        assert!(claim.is_true(10_500_000.0, loose));
        assert!(!claim.is_true(10_700_000.0, loose));
    }

    #[test]
    fn lines_agree_number_by_number() {
        let exact = Tolerance::default();
        let five = Tolerance {
            percent: 0.0,
            absolute: 5.0,
        };
        assert!(lines_agree("a 1,000 b", "a 1000 b", exact));
        assert!(lines_agree("a 10 b", "a 15 b", five));
        assert!(!lines_agree("a 10 b", "a 16 b", five));
        assert!(!lines_agree("a 10 b", "a 10 c", five));
        assert!(!lines_agree("a 10", "a 10 10", five));
        assert!(
            !lines_agree("x86", "x87", five),
            "digits in a word are no number"
        );
        let long = "9".repeat(60);
        let other = format!("{}8", "9".repeat(59));
        assert!(lines_agree(&long, &long, exact));
        assert!(
            !lines_agree(&long, &other, exact),
            "a long integer is compared to its last digit"
        );
    }

    #[test]
    fn lists_are_not_thousands() {
        assert_eq!(
            all("1,2,3").iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            [1.0, 2.0, 3.0]
        );
        assert_eq!(
            all("after 100,000 tx: 9.6 MB"),
            [(100_000.0, " tx: "), (9.6, " MB")]
        );
    }
}
