//! Reading a `[grading]` table: each key by itself, then what they come to together.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{CHECKLIST, Grading, Policy};
use crate::course::load::document::nearest;
pub(in crate::course) use crate::course::load::document::shown;

/// What is wrong with a key's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}`: {message}")]
pub struct Problem {
    /// The key.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    pub(super) fn new(key: &str, message: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

/// What a text comes to, or why it cannot be read.
pub(in crate::course) type Read<T> = Result<T, Problem>;

/// Longest span of time that a policy can name.
const MAX_DAYS: i64 = 1000;

/// A span of time such as `90 min`, `2 h 30 min`, `7 days`. A day has 24 hours.
pub(in crate::course) fn span(key: &str, text: &str) -> Read<SignedDuration> {
    let bad = |message: String| {
        Problem::new(key, message).help("write it like `15 min`, `12 h` or `7 days`")
    };
    let span: jiff::Span = text
        .trim()
        .parse()
        .map_err(|_| bad(format!("`{}` is not a span of time", shown(text))))?;
    let calendar = span.get_years() != 0 || span.get_months() != 0;
    let length = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
    match length {
        Ok(length) if !calendar && length.is_negative() => {
            Err(bad("a span of time cannot be negative".to_owned()))
        }
        Ok(length) if !calendar && length.as_secs() <= MAX_DAYS * 86_400 => Ok(length),
        _ if calendar => Err(bad(
            "months and years have no fixed length; say it in days".to_owned()
        )),
        _ => Err(bad(format!(
            "`{}` is longer than {MAX_DAYS} days",
            shown(text)
        ))),
    }
}

fn zone(text: &str) -> Read<TimeZone> {
    TimeZone::get(text.trim()).map_err(|_| {
        let message = format!("there is no time zone `{}`", shown(text));
        let names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
        let near = nearest(text, names.iter().map(String::as_str));
        let near = near.unwrap_or("Europe/Stockholm");
        Problem::new("timezone", message).help(format!("write it like `{near}`"))
    })
}

/// A moment: with its offset, or in the time of `zone`.
fn moment(key: &str, text: &str, zone: Option<&TimeZone>) -> Read<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let unreadable = || {
        Problem::new(key, format!("`{}` is not a date and time", shown(text)))
            .help("write it like `2026-11-20T23:59+01:00`")
    };
    let local: DateTime = text.parse().map_err(|_| unreadable())?;
    if !text.contains(':') {
        // A date alone would be its first minute, and who writes it means the last.
        return Err(
            Problem::new(key, format!("`{}` has no time of day", shown(text)))
                .help(format!("write `{}T23:59`", local.date())),
        );
    }
    // What is more than a local time was no timestamp, and its offset must not be passed over.
    let plain = |c: char| c.is_ascii_digit() || "-:. T".contains(c);
    let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
    if !text.chars().all(plain) || time.contains('-') {
        return Err(unreadable());
    }
    let Some(zone) = zone else {
        return Err(Problem::new(
            key,
            format!("`{}` does not say where it is that time", shown(text)),
        )
        .help("add the offset, as in `2026-11-20T23:59+01:00`, or the key `timezone`"));
    };
    // Of an hour that comes twice the later one: a doubt is for the student.
    let zoned = zone.to_ambiguous_zoned_datetime(local).later();
    zoned
        .map(|zoned| zoned.timestamp())
        .map_err(|_| unreadable())
}

impl Grading {
    /// Every problem of single keys, in no particular order. `exercises` are the course's, where they are known.
    pub(in crate::course) fn problems(&self, exercises: Option<&[&str]>) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(exercises) = exercises {
            let unknown = self
                .points
                .keys()
                .filter(|id| id.as_str() != CHECKLIST && !exercises.contains(&id.as_str()));
            for id in unknown {
                found.push(unknown_part(id, exercises));
            }
            let dropped = self.drop_lowest.map_or(0, |count| count as usize);
            if dropped > 0 && dropped >= exercises.len() {
                let message = format!(
                    "the course has {} exercises, so none would be left",
                    exercises.len()
                );
                found.push(Problem::new("drop_lowest", message));
            }
        }
        let zone = self.timezone.as_deref().map(zone).transpose();
        let zone = zone.unwrap_or_else(|problem| {
            found.push(problem);
            // What depends on it has no problem of its own.
            Some(TimeZone::UTC)
        });
        if let Some(due) = &self.due {
            found.extend(moment("due", due, zone.as_ref()).err());
        }
        if let Some(grace) = &self.grace {
            found.extend(span("grace", grace).err());
        }
        if let Some(cutoff) = &self.cutoff {
            found.extend(When::read("cutoff", cutoff, zone.as_ref()).err());
        }
        found
    }

    /// Reads it: what grading goes by.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn policy(&self, exercises: &[&str]) -> Result<Policy, Problem> {
        if let Some(problem) = self.problems(Some(exercises)).into_iter().next() {
            return Err(problem);
        }
        let zone = self.timezone.as_deref().map(zone).transpose()?;
        let zone = zone.as_ref();
        let due = self.due.as_deref();
        let due = due.map(|text| moment("due", text, zone)).transpose()?;
        let cutoff = self.cutoff.as_deref();
        let cutoff = cutoff
            .map(|text| When::read("cutoff", text, zone))
            .transpose()?;
        let grace = self.grace.as_deref();
        let grace = grace.map(|text| span("grace", text)).transpose()?;
        let cutoff = match (cutoff, due) {
            (Some(When::At(moment)), Some(due)) if moment < due => {
                return Err(Problem::new("cutoff", "it lies before `due`"));
            }
            (Some(When::At(moment)), _) => Some(moment),
            (Some(When::After(span)), Some(due)) => {
                let moment = due.checked_add(span);
                Some(moment.map_err(|_| Problem::new("cutoff", "it is beyond all calendars"))?)
            }
            (Some(When::After(_)), None) | (None, _) => None,
        };
        Ok(Policy {
            points: self.points.clone(),
            attempts: self.attempts.unwrap_or_default(),
            due,
            grace: grace.unwrap_or_default(),
            late_per_day: self.late_per_day,
            late_at_most: self.late_at_most,
            cutoff,
            after_cutoff: self.after_cutoff.unwrap_or_default(),
            late_without_time: self.late_without_time.unwrap_or_default(),
            drop_lowest: self.drop_lowest.map_or(0, |count| count as usize),
            round: self.round.unwrap_or_default(),
            warnings: self.idle_keys(due.is_some(), cutoff.is_some()),
        })
    }

    /// Keys that have no effect as things are.
    fn idle_keys(&self, due: bool, cutoff: bool) -> Vec<String> {
        let one_day = self.late_without_time.unwrap_or_default() == super::LateWithoutTime::OneDay;
        let per_day = self.late_per_day.is_some();
        let keys = [
            (per_day && !due && !one_day, "late_per_day", "`due`"),
            (self.grace.is_some() && !due, "grace", "`due`"),
            (self.cutoff.is_some() && !cutoff, "cutoff", "`due`"),
            (
                self.late_at_most.is_some() && !per_day,
                "late_at_most",
                "`late_per_day`",
            ),
            (
                self.after_cutoff.is_some() && self.cutoff.is_none(),
                "after_cutoff",
                "`cutoff`",
            ),
            (one_day && !per_day, "late_without_time", "`late_per_day`"),
            (
                due && !per_day && self.cutoff.is_none(),
                "due",
                "`late_per_day` or `cutoff`",
            ),
        ];
        let idle = keys.into_iter().filter(|(idle, ..)| *idle);
        idle.map(|(_, key, needed)| format!("`{key}` has no effect without {needed}"))
            .collect()
    }
}

fn unknown_part(id: &str, exercises: &[&str]) -> Problem {
    let message = format!("there is no exercise `{}` in this course", shown(id));
    let problem = Problem::new(&format!("points.{id}"), message);
    match nearest(id, exercises.iter().copied().chain([CHECKLIST])) {
        Some(near) => problem.help(format!("write `{near}`")),
        None => problem,
    }
}

/// So long after the due time, or a moment of its own, as it is written.
enum When {
    At(Timestamp),
    After(SignedDuration),
}

impl When {
    fn read(key: &str, text: &str, zone: Option<&TimeZone>) -> Read<Self> {
        if is_dated(text) {
            moment(key, text, zone).map(Self::At)
        } else {
            span(key, text).map(Self::After)
        }
    }
}

/// Whether a text is meant as a moment: one begins with the year.
fn is_dated(text: &str) -> bool {
    let start = text.trim().get(..5);
    start
        .is_some_and(|start| start.ends_with('-') && start[..4].bytes().all(|b| b.is_ascii_digit()))
}

/// More time than others have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// So long after the due time.
    By(SignedDuration),
    /// Another due time.
    Until(Timestamp),
}

impl Grading {
    /// Reads an extension: `3 days`, or a moment as `due` is written.
    ///
    /// # Errors
    /// What is wrong with it; the key is `extension`.
    pub fn extension(&self, text: &str) -> Result<Extension, Problem> {
        let zone = self.timezone.as_deref().map(zone).transpose()?;
        match When::read("extension", text, zone.as_ref()) {
            Ok(When::At(moment)) => Ok(Extension::Until(moment)),
            Ok(When::After(span)) => Ok(Extension::By(span)),
            Err(problem) if is_dated(text) => Err(problem),
            Err(problem) => {
                Err(problem.help("write it like `3 days`, `12 h` or `2026-11-27T23:59`"))
            }
        }
    }
}
