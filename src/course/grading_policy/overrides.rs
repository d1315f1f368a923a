//! What the command line amends: `due=2026-11-20T23:59+01:00`, `points.memory_leak=10`.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;

use super::{Grading, Problem};
use crate::course::load::document::{nearest, shown};

/// Every key, as it can stand in front of `=`.
const KEYS: [&str; 12] = [
    "points",
    "attempts",
    "due",
    "timezone",
    "grace",
    "late_per_day",
    "late_at_most",
    "cutoff",
    "after_cutoff",
    "late_without_time",
    "drop_lowest",
    "round",
];

/// One key of a policy with its value: `KEY=VALUE`, or `points.EXERCISE=VALUE`. An empty value takes the key away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyOverride {
    key: String,
    value: String,
}

impl FromStr for PolicyOverride {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(Problem::new(&shown(text), "a value is missing")
                .help("write KEY=VALUE, such as `late_per_day=10%`"));
        };
        let new = Self {
            key: key.trim().to_owned(),
            value: value.trim().to_owned(),
        };
        // Whatever can be said of it alone is said at once.
        new.amend(&mut Grading::default())?;
        Ok(new)
    }
}

impl PolicyOverride {
    fn amend(&self, grading: &mut Grading) -> Result<(), Problem> {
        let value = self.value.as_str();
        let given = (!value.is_empty()).then_some(value);
        let text = given.map(str::to_owned);
        match self.key.as_str() {
            "attempts" => grading.attempts = self.word(given)?,
            "due" => grading.due = text,
            "timezone" => grading.timezone = text,
            "grace" => grading.grace = text,
            "late_per_day" => grading.late_per_day = self.number(given)?,
            "late_at_most" => grading.late_at_most = self.number(given)?,
            "cutoff" => grading.cutoff = text,
            "after_cutoff" => grading.after_cutoff = self.number(given)?,
            "late_without_time" => grading.late_without_time = self.word(given)?,
            "drop_lowest" => {
                let count = given.map(str::parse).transpose();
                grading.drop_lowest = count.map_err(|_| {
                    Problem::new(
                        &self.key,
                        format!("`{}` is not a whole number", shown(value)),
                    )
                })?;
            }
            "round" => grading.round = self.word(given)?,
            key => match (key.strip_prefix("points."), given) {
                (None | Some(""), _) => return Err(self.unknown()),
                (Some(id), None) => {
                    grading.points.remove(id);
                }
                (Some(id), Some(_)) => {
                    if let Some(amount) = self.number(given)? {
                        grading.points.insert(id.to_owned(), amount);
                    }
                }
            },
        }
        Ok(())
    }

    fn number<T: FromStr<Err = String>>(&self, given: Option<&str>) -> Result<Option<T>, Problem> {
        let read = given.map(str::parse).transpose();
        read.map_err(|message| Problem::new(&self.key, message))
    }

    fn word<T: for<'de> Deserialize<'de>>(
        &self,
        given: Option<&str>,
    ) -> Result<Option<T>, Problem> {
        let read = given.map(|word| {
            let word: serde::de::value::StrDeserializer<'_, ValueError> = word.into_deserializer();
            T::deserialize(word)
        });
        read.transpose().map_err(|error| {
            Problem::new(
                &self.key,
                error
                    .to_string()
                    .replace("unknown variant", "there is no word"),
            )
        })
    }

    fn unknown(&self) -> Problem {
        if self.key == "points" || self.key == "points." {
            return Problem::new("points", "an exercise is missing")
                .help("write it like `points.memory_leak=10`");
        }
        let problem = Problem::new(&shown(&self.key), "there is no such key");
        match nearest(&self.key, KEYS) {
            Some(near) => problem.help(format!("write `{near}`")),
            None => problem.help(format!("the keys are {}", KEYS.join(", "))),
        }
    }
}

impl Grading {
    /// The same, amended; of overrides of the same key the last one holds. What they come to is for [`Grading::policy`] to say.
    #[must_use]
    pub fn with(&self, overrides: &[PolicyOverride]) -> Self {
        let mut amended = self.clone();
        for new in overrides {
            // It was amended once when it was read, so it can be amended.
            let _ = new.amend(&mut amended);
        }
        amended
    }
}
