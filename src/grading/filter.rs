//! Which results are made again: `STUDENT/EXERCISE/CASE`, where `*` stands for anything.

use std::fmt;
use std::str::FromStr;

use crate::class::fits;
use crate::course::Entry;
use crate::course::load::document::{nearest, shown};
use crate::error::Error;

/// Names of a student, an exercise and a case; those that are left out mean all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    student: String,
    exercise: String,
    case: String,
    /// As it was written.
    text: String,
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
            text: text.to_owned(),
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
    /// Refuses a pattern that names nothing: it was meant to name something.
    ///
    /// # Errors
    /// [`Error::Usage`] with what is near.
    pub fn check(&self, students: &[&str], entries: &[Entry]) -> Result<(), Error> {
        for pattern in &self.0 {
            let of_exercise = |entry: &&Entry| fits(&pattern.exercise, &entry.id);
            let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
            let cases: Vec<&str> = entries
                .iter()
                .filter(of_exercise)
                .flat_map(|entry| &entry.exercise.cases)
                .map(|case| case.name.as_str())
                .collect();
            for (what, wanted, known) in [
                ("student", &pattern.student, students),
                ("exercise", &pattern.exercise, &ids),
                ("case", &pattern.case, &cases),
            ] {
                if wanted != "*" && !known.iter().any(|name| fits(wanted, name)) {
                    let hint = match nearest(wanted, known.iter().copied()) {
                        Some(near) => format!("did you mean `{}`?", shown(near)),
                        None => "it is STUDENT/EXERCISE/CASE, with * for any".to_owned(),
                    };
                    let (wanted, text) = (shown(wanted), shown(&pattern.text));
                    return Err(Error::usage(
                        format!(
                            "there is no {what} `{wanted}`, which is to be run again (`{text}`)"
                        ),
                        hint,
                    ));
                }
            }
        }
        Ok(())
    }

    /// The cases of an exercise that are run again for a student.
    pub fn cases(&self, student: &str, entry: &Entry) -> Vec<String> {
        let patterns = self.0.iter();
        let patterns: Vec<&Pattern> = patterns
            .filter(|one| fits(&one.student, student) && fits(&one.exercise, &entry.id))
            .collect();
        let cases = entry.exercise.cases.iter().map(|case| &case.name);
        cases
            .filter(|name| patterns.iter().any(|one| fits(&one.case, name)))
            .cloned()
            .collect()
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
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
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
