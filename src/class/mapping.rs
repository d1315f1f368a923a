//! `--map FROM=EXERCISE`: files that are named otherwise than their exercise.

use std::str::FromStr;

use crate::error::Error;

/// Assigns files or folders of a name to an exercise, or to `answers.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    from: String,
    to: String,
}

impl Mapping {
    /// The name of the files, where `*` stands for any characters.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The exercise's id, or `answers.toml`.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// Whether it speaks of this name.
    pub(super) fn matches(&self, name: &str) -> bool {
        fits(&self.from, name)
    }
}

impl FromStr for Mapping {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let usage = |message: String| {
            Error::usage(
                message,
                "write FROM=EXERCISE, such as `leak*.rs=memory_leak`, or `answers.txt=answers.toml`",
            )
        };
        let parts = text.rsplit_once('=');
        let Some((from, to)) = parts.filter(|(from, to)| !from.is_empty() && !to.is_empty()) else {
            return Err(usage(format!("`{text}` assigns nothing")));
        };
        if from.contains(['/', '\\']) {
            return Err(usage(format!(
                "`{from}` is a path, and a mapping takes the name of a file or folder alone"
            )));
        }
        Ok(Self {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }
}

/// Whether a name fits a pattern with `*` for any characters.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    // The first place that fits leaves the most for what follows.
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name, expected) in [
            ("leak*.rs", "leak.rs", true),
            ("leak*.rs", "leak (1).rs", true),
            ("leak*.rs", "leak.txt", false),
            ("leak*.rs", "leak.r", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("leak.rs", "leak.rs", true),
            ("leak.rs", "leak.rs2", false),
            ("*é*", "café.rs", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_assigns_nothing_is_refused() {
        let mapping: Mapping = "a=b.rs=memory_leak".parse().unwrap();
        assert_eq!((mapping.from(), mapping.to()), ("a=b.rs", "memory_leak"));
        for text in ["leak.rs", "=x", "x=", "a/b.rs=x"] {
            let error = text.parse::<Mapping>().unwrap_err();
            assert!(error.hints()[0].contains("FROM=EXERCISE"), "{text}");
        }
    }
}
