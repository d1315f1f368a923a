//! What the program's own lines count: the learner's units, where no spec says them.

use super::numbers::{self, Unit};

/// Numbers of a line that are looked at.
const COLUMNS: usize = 8;
/// Longest word that is taken for what is counted.
const WORD: usize = 24;
/// Words beside a number that are not what it counts: little words, money, and what is measured.
const NOT_COUNTED: [&str; 39] = [
    "and",
    "are",
    "bit",
    "bits",
    "cents",
    "chf",
    "done",
    "dollar",
    "dollars",
    "eur",
    "euro",
    "euros",
    "for",
    "from",
    "gbp",
    "has",
    "have",
    "hours",
    "left",
    "microseconds",
    "milliseconds",
    "minutes",
    "more",
    "nanoseconds",
    "now",
    "out",
    "percent",
    "pounds",
    "remaining",
    "sec",
    "seconds",
    "status",
    "the",
    "this",
    "times",
    "usd",
    "was",
    "were",
    "with",
];

/// The count that lines carry, by the lines alone, and by how much it rises from the first to the last: the first whole number
/// that rises with every line and has the same word beside it each time: after it (`After 200,000 transactions`, `3 million
/// requests`, `5k requests`) or, in the plural, as its label (`transactions: 200000`). Units of something measured are none.
pub(super) fn guessed(lines: &[(u64, &str)]) -> Option<(f64, String)> {
    let found: Vec<Vec<Number>> = lines.iter().map(|(_, line)| numbers_of(line)).collect();
    let width = found.iter().map(Vec::len).min()?;
    (0..width).find_map(|column| {
        let values: Vec<&Number> = found.iter().filter_map(|row| row.get(column)).collect();
        let last = values.last()?;
        let rises = values.windows(2).all(|pair| pair[0].value < pair[1].value);
        let whole = values.iter().all(|number| number.value.fract() == 0.0);
        if values.len() < 2 || !rises || !whole {
            return None;
        }
        let after = values.iter().map(|number| number.after);
        let labels = values.iter().map(|number| number.label);
        let plural = last.label.ends_with('s') && !last.label.ends_with("ss");
        let unit = same_word(after).or_else(|| same_word(labels).filter(|_| plural))?;
        Some((last.value - values.first()?.value, unit))
    })
}

/// The last of some words, if it can be what is counted and all are the same.
fn same_word<'a>(mut words: impl DoubleEndedIterator<Item = &'a str>) -> Option<String> {
    let unit = counted_word(words.next_back()?)?;
    let wanted = unit.to_lowercase();
    let alike = |word: &str| stem(&word.to_lowercase()) == stem(&wanted);
    words.all(alike).then(|| unit.to_owned())
}

/// Whether the lines say that the work comes to an end: a percentage that rises, or a number that falls with every line.
pub(super) fn comes_to_an_end(lines: &[(u64, &str)]) -> bool {
    let found: Vec<Vec<Number>> = lines.iter().map(|(_, line)| numbers_of(line)).collect();
    let width = found.iter().map(Vec::len).min().unwrap_or(0);
    found.len() > 1
        && (0..width).any(|column| {
            let values: Vec<&Number> = found.iter().filter_map(|row| row.get(column)).collect();
            let pairs = || values.windows(2);
            let falls = pairs().all(|pair| pair[0].value > pair[1].value);
            let rises = pairs().all(|pair| pair[0].value < pair[1].value);
            let of_hundred = |n: &&Number| n.percent && (0.0..=100.0).contains(&n.value);
            falls && values.iter().all(|n| n.value >= 0.0) || rises && values.iter().all(of_hundred)
        })
}

/// A number in a line, with what stands beside it.
struct Number<'a> {
    value: f64,
    /// The word after it; empty if there is none, or a unit of size.
    after: &'a str,
    /// The word before it, where `:` or `=` stands in between.
    label: &'a str,
    percent: bool,
}

fn numbers_of(line: &str) -> Vec<Number<'_>> {
    let all = numbers::with_words(line).into_iter().take(COLUMNS);
    all.map(|(before, value, after)| {
        let (factor, rest) = multiplied(after);
        let value = value * factor;
        let label = before.trim_end().strip_suffix([':', '=']);
        let mut words = label
            .unwrap_or_default()
            .trim_end()
            .rsplit(|c: char| !c.is_alphabetic());
        let word = first_word(rest);
        // In `n=1 orders=10` the word is the label of what comes next.
        let of_the_next = rest
            .trim_start()
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with('='));
        Number {
            // `1.2 million` is a whole number.
            value: if (value - value.round()).abs() < 1e-6 {
                value.round()
            } else {
                value
            },
            after: if numbers::size_follows(rest) || of_the_next {
                ""
            } else {
                word
            },
            label: words.next().unwrap_or_default(),
            percent: after.trim_start().starts_with('%'),
        }
    })
    .collect()
}

/// `million`, or `k` right after the number and before another word, multiplies it.
fn multiplied(after: &str) -> (f64, &str) {
    let spelled = [("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];
    let word = first_word(after);
    let rest = after.strip_prefix(' ').unwrap_or(after);
    for (name, factor) in spelled {
        if word == name {
            return (factor, &rest[name.len()..]);
        }
    }
    let short = [("k ", 1e3), ("K ", 1e3), ("M ", 1e6)];
    for (name, factor) in short {
        if let Some(rest) = after.strip_prefix(name)
            && !first_word(rest).is_empty()
        {
            return (factor, rest);
        }
    }
    (1.0, after)
}

/// The word at the start of the text, after at most a space.
fn first_word(text: &str) -> &str {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    &text[..end]
}

/// A word, if it can be what is counted.
fn counted_word(word: &str) -> Option<&str> {
    let measured = matches!(Unit::read(word), Some(Unit::Bytes(_)));
    let known = NOT_COUNTED.contains(&word.to_lowercase().as_str());
    ((3..=WORD).contains(&word.chars().count()) && !measured && !known).then_some(word)
}

/// Singular and plural are one unit.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<String> {
        let lines: Vec<(u64, &str)> = (1..).zip(lines.iter().copied()).collect();
        guessed(&lines).map(|(rise, unit)| format!("{rise} {unit}"))
    }

    #[test]
    fn the_lines_say_what_they_count() {
        let rows: [(&[&str], Option<&str>); 19] = [
            (
                &[
                    "After 100000 transactions: 9.6 MB",
                    "After 200,000 transactions: 19 MB",
                ],
                Some("100000 transactions"),
            ),
            (
                &["1 request done, 5 blocks", "2 requests done, 9 blocks"],
                Some("1 requests"),
            ),
            (
                &["round 1: 500 users", "round 2: 700 users"],
                Some("200 users"),
            ),
            (
                &["5 MiB after 10 jobs", "6 MiB after 20 jobs"],
                Some("10 jobs"),
            ),
            (
                &["After 1 million requests", "After 3 million requests"],
                Some("2000000 requests"),
            ),
            (
                &["900 thousand orders", "1.2 million orders"],
                Some("300000 orders"),
            ),
            (&["5k requests", "7k requests"], Some("2000 requests")),
            (&["5k", "7k"], None),
            (&["After 5 million", "After 6 million"], None),
            (
                &["transactions: 1000, 1 MB", "transactions: 3000, 2 MB"],
                Some("2000 transactions"),
            ),
            (&["n=1 orders=10", "n=2 orders=20"], Some("10 orders")),
            (&["step: 1", "step: 2"], None),
            (&["bytes: 1", "bytes: 2"], None),
            (
                &["5 EUR after 2 transfers", "9 EUR after 4 transfers"],
                Some("2 transfers"),
            ),
            (&["9 users", "8 users"], None),
            (&["5 seconds", "6 seconds"], None),
            (&["5 apples", "6 pears"], None),
            (&["1.5 users", "2.5 users"], None),
            (&["round 1", "round 2"], None),
        ];
        for (lines, expected) in rows {
            assert_eq!(found(lines).as_deref(), expected, "{lines:?}");
        }
        assert_eq!(found(&["5 users"]), None);
        assert_eq!(found(&["é: 5 é", "é: 6 é"]), None);
    }

    #[test]
    fn work_that_ends_is_seen() {
        let ends = |lines: &[&str]| {
            let lines: Vec<(u64, &str)> = (1..).zip(lines.iter().copied()).collect();
            comes_to_an_end(&lines)
        };
        assert!(ends(&["5% complete", "10% complete", "15 % complete"]));
        assert!(ends(&[
            "3 items remaining",
            "2 items remaining",
            "0 items remaining"
        ]));
        assert!(!ends(&["cache 50%", "cache 40%", "cache 60%"]));
        assert!(!ends(&["step 1", "step 2"]));
        assert!(!ends(&["80% of 5", "110% of 5"]));
        assert!(!ends(&["5% complete"]));
    }
}
