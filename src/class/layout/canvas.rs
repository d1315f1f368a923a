//! Canvas's download of all submissions: files that lie flat, `<name>[_LATE]_<user>_<attachment>_<file>`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Entry, HandIn, Identity, Level, Part, Who, archive, label};
use crate::class::files::{Kind, is_rust};
use crate::class::gathering::Course;

struct Patterns {
    anonymous: Regex,
    named: Regex,
    text: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    Some(Patterns {
        anonymous: Regex::new(
            "^(?<late>LATE_)?(?<user>anon_[A-Za-z0-9]+)_(?<attachment>[0-9]+)_(?<file>.+)$",
        )
        .ok()?,
        named: Regex::new(
            r"^(?<user>[\w-]+?)(?<late>_LATE)?_(?<id>[0-9]+)_(?<attachment>[0-9]+)_(?<file>.+)$",
        )
        .ok()?,
        text: Regex::new(
            r"^(?:(?<late>LATE_)?(?<anon>anon_[A-Za-z0-9]+)|(?<user>[\w-]+?)(?:_LATE)?_(?<id>[0-9]+))_(?:text|link)\.html$",
        )
        .ok()?,
    })
});

/// A name in parts.
#[derive(Debug, PartialEq, Eq)]
struct Named<'n> {
    user: &'n str,
    /// Canvas's number of the user; `None` where marking is anonymous.
    id: Option<&'n str>,
    late: bool,
    attachment: u64,
    /// The name that the student gave it; `None` for a text or a link.
    file: Option<&'n str>,
}

fn parse(name: &str) -> Option<Named<'_>> {
    let patterns = PATTERNS.as_ref()?;
    let found = patterns
        .text
        .captures(name)
        .or_else(|| patterns.anonymous.captures(name))
        .or_else(|| patterns.named.captures(name))?;
    let group = |name: &str| found.name(name).map(|found| found.as_str());
    Some(Named {
        user: group("user").or(group("anon"))?,
        id: group("id"),
        late: group("late").is_some(),
        attachment: group("attachment")
            .and_then(|a| a.parse().ok())
            .unwrap_or(0),
        file: group("file"),
    })
}

pub(super) fn is(level: &Level<'_>) -> bool {
    let fits = |entry: &Entry| entry.is_file() && parse(&entry.name).is_some();
    level.entries.iter().any(fits)
}

/// A file of a student's.
struct Attached {
    entry: Entry,
    late: bool,
    attachment: u64,
    file: String,
}

#[derive(Default)]
struct Student {
    who: Who,
    files: Vec<Attached>,
    problems: Vec<String>,
    places: Vec<std::path::PathBuf>,
}

pub(super) fn read(level: &mut Level<'_>) -> Vec<HandIn> {
    let mut students: BTreeMap<String, Student> = BTreeMap::new();
    for entry in level.entries() {
        let Some(named) = parse(&entry.name).filter(|_| entry.is_file()) else {
            let reason =
                "is not named as Canvas names hand-ins, `<name>_<user>_<attachment>_<file>`";
            level.unrecognized(&entry.path, reason);
            continue;
        };
        let key = named.id.unwrap_or(named.user).to_owned();
        let student = students.entry(key).or_default();
        if student.who.id.is_empty() {
            student.who = who(&named);
        }
        student.places.push(entry.path.clone());
        if let Some(file) = named.file {
            student.files.push(Attached {
                late: named.late,
                attachment: named.attachment,
                file: file.to_owned(),
                entry: entry.clone(),
            });
        } else {
            let what = "is a text or a link that was entered into Canvas";
            student.problems.push(format!(
                "{} {what}, and was not graded",
                super::shown(&entry.name)
            ));
            level.unrecognized(&entry.path, format!("{what}; only files are graded"));
        }
    }
    let course = level.course;
    students
        .into_values()
        .flat_map(|student| attempts(student, course))
        .collect()
}

fn who(named: &Named<'_>) -> Who {
    Who {
        // The number is what stays, whoever else hands in; the name is for people.
        id: match named.id {
            Some(id) => format!("{} ({id})", named.user),
            None => named.user.to_owned(),
        },
        identity: Identity {
            lms_id: named.id.map(str::to_owned),
            ..Identity::default()
        },
        joined: named.id.map(|_| named.user.to_owned()),
        ..Who::default()
    }
}

/// The newest files at one time, with the numbers of their attachments.
#[derive(Debug, Clone, Default)]
struct Snapshot {
    parts: BTreeMap<String, (u64, Part)>,
    /// Whether one of those that are new in it was late.
    late: bool,
}

/// A file that comes again begins a new attempt; in it are the newest of all files until then.
fn attempts(mut student: Student, course: &Course<'_>) -> Vec<HandIn> {
    student.files.sort_by_key(|file| file.attachment);
    // Canvas takes feedback under the name of a file of the newest submission. The newest of all files is one of it.
    let newest = student.files.last().map(|file| file.entry.name.clone());
    student.who.identity.lms_folder = newest;
    let names: Vec<String> = student.files.iter().map(|file| file.file.clone()).collect();
    let mut snapshots: Vec<Snapshot> = Vec::new();
    let mut fresh: Vec<String> = Vec::new();
    for file in student.files {
        let name = without_number(&file.file, &names, course);
        let mut snapshot = if snapshots.is_empty() || fresh.contains(&name) {
            fresh.clear();
            let parts = snapshots.last().map(|before| before.parts.clone());
            Snapshot {
                parts: parts.unwrap_or_default(),
                late: false,
            }
        } else {
            snapshots.pop().unwrap_or_default()
        };
        fresh.push(name.clone());
        let part = Part {
            path: file.entry.path,
            name: name.clone(),
            exercise: None,
        };
        snapshot.parts.insert(name, (file.attachment, part));
        snapshot.late |= file.late;
        snapshots.push(snapshot);
    }
    if snapshots.is_empty() {
        snapshots.push(Snapshot::default());
    }
    let last = snapshots.len() - 1;
    let hand_in = |(index, snapshot): (usize, Snapshot)| {
        // The newest first: where two files are for one exercise, the first is taken.
        let mut parts: Vec<(u64, Part)> = snapshot.parts.into_values().collect();
        // A file of Rust that is named otherwise may be anything, and comes after the exercise's own.
        let is_other = |part: &Part| is_rust(&part.name) && !knows(&part.name, course);
        parts.sort_by_key(|(attachment, part)| (is_other(part), std::cmp::Reverse(*attachment)));
        let parts: Vec<Part> = parts.into_iter().map(|(_, part)| part).collect();
        let label_of = |part: &Part| {
            let name = part.path.file_name().unwrap_or_default();
            label(&name.to_string_lossy())
        };
        HandIn {
            who: vec![student.who.clone()],
            label: parts
                .first()
                .map_or_else(|| student.who.id.clone(), label_of),
            late: (!parts.is_empty()).then_some(snapshot.late),
            parts,
            problems: if index == last {
                student.problems.clone()
            } else {
                Vec::new()
            },
            places: student.places.clone(),
            ..HandIn::default()
        }
    };
    snapshots.into_iter().enumerate().map(hand_in).collect()
}

/// Whether a file's name says for which exercise it is.
fn knows(name: &str, course: &Course<'_>) -> bool {
    course.knows(&Entry {
        name: name.to_owned(),
        path: name.into(),
        kind: Kind::File,
    })
}

/// The name without the `-1` that Canvas gives to what is uploaded again, where it is sure that it is Canvas's.
fn without_number(file: &str, all: &[String], course: &Course<'_>) -> String {
    let (stem, end) = match archive::stem(file) {
        Some(stem) => file.split_at(stem.len()),
        None => file.split_at(file.rfind('.').unwrap_or(file.len())),
    };
    let Some((base, number)) = stem.rsplit_once('-') else {
        return file.to_owned();
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let name = format!("{base}{end}");
    let sure = knows(&name, course) && !knows(file, course) || all.contains(&name);
    if is_number && sure {
        name
    } else {
        file.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (text, user, id, late, attachment, file) in [
            (
                "lindqvistada_1001_2002_memory_leak.rs",
                "lindqvistada",
                Some("1001"),
                false,
                2002,
                Some("memory_leak.rs"),
            ),
            (
                "lindqvistada_LATE_1001_2002_a.zip",
                "lindqvistada",
                Some("1001"),
                true,
                2002,
                Some("a.zip"),
            ),
            (
                "anon_aB3_77_leak.rs",
                "anon_aB3",
                None,
                false,
                77,
                Some("leak.rs"),
            ),
            (
                "LATE_anon_aB3_77_leak.rs",
                "anon_aB3",
                None,
                true,
                77,
                Some("leak.rs"),
            ),
            (
                "lindqvistada_1001_text.html",
                "lindqvistada",
                Some("1001"),
                false,
                0,
                None,
            ),
            (
                "müllerzoë_5_6_x.rs",
                "müllerzoë",
                Some("5"),
                false,
                6,
                Some("x.rs"),
            ),
        ] {
            let expected = Named {
                user,
                id,
                late,
                attachment,
                file,
            };
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        assert_eq!(parse("ada.lindqvist.rs"), None);
    }
}
