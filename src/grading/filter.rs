//! Which results are made again: `STUDENT/EXERCISE/CASE`, where `*` stands for anything.

use std::fmt;
use std::str::FromStr;

use crate::course::Entry;

/// Names of a student, an exercise and a case; those that are left out mean all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    student: String,
    exercise: String,
    case: String,
}

/// Several patterns; none means nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter(pub Vec<Pattern>);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A student's id may hold anything but a slash, as folders' names do.
        let mut parts = text.split('/');
        let mut part = || match parts.next() {
            None | Some("") => "*".to_owned(),
            Some(part) => part.to_owned(),
        };
        let pattern = Self {
            student: part(),
            exercise: part(),
            case: part(),
        };
        if parts.next().is_some() || text.is_empty() {
            return Err("write STUDENT/EXERCISE/CASE, such as `ada.lindqvist/memory_leak` or `*/paging/small`".to_owned());
        }
        Ok(pattern)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.student, self.exercise, self.case)
    }
}

impl Filter {
    /// The cases of an exercise that are run again for a student.
    pub fn cases(&self, student: &str, entry: &Entry) -> Vec<String> {
        let patterns = self.0.iter();
        let patterns: Vec<&Pattern> = patterns
            .filter(|one| matches(&one.student, student) && matches(&one.exercise, &entry.id))
            .collect();
        let cases = entry.exercise.cases.iter().map(|case| &case.name);
        cases
            .filter(|name| patterns.iter().any(|one| matches(&one.case, name)))
            .cloned()
            .collect()
    }
}

/// Whether a text is what a pattern says, in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("ann", "ann", true),
            ("ann", "anna", false),
            ("a*", "anna", true),
            ("*", "", true),
            ("*na", "anna", true),
            ("a*n*a", "anna", true),
            ("a*x*a", "anna", false),
            ("anna*a", "anna", false),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_left_out_means_all() {
        let pattern: Pattern = "ann/paging".parse().unwrap();
        assert_eq!(pattern.case, "*");
        assert_eq!("/paging".parse::<Pattern>().unwrap().student, "*");
        "".parse::<Pattern>().unwrap_err();
        "a/b/c/d".parse::<Pattern>().unwrap_err();
    }
}
