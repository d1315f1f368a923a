//! Clones of GitHub Classroom: `<assignment>-submissions/<assignment>-<user>/`, with its `grades.csv` beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Entry, HandIn, Identity, Level, Part, Who, document, label, time};
use crate::class::files;
use crate::class::roster::table;
use crate::course::load::document::shown;

const ENDING: &str = "-submissions";
const GRADES: &str = "grades.csv";

/// A clone, and what it is a clone of.
pub(super) struct Repository {
    pub(super) entry: Entry,
    /// The assignment's short name.
    pub(super) slug: Option<String>,
    /// GitHub's user, or what stands in that place.
    pub(super) login: String,
}

/// What `grades.csv` says of a repository.
#[derive(Debug, Default, Clone)]
struct Told {
    login: Option<String>,
    identifier: Option<String>,
    group: Option<String>,
    submitted: Option<Timestamp>,
}

pub(super) fn is(level: &Level<'_>) -> bool {
    let folders = || level.entries.iter().filter(|entry| entry.is_folder());
    let by_slug = |entry: &Entry| {
        let of_slug = level.course.slug_end(&format!("-{}", entry.name));
        of_slug.is_some() && !level.course.knows(entry)
    };
    folders().any(|entry| entry.name.len() > ENDING.len() && entry.name.ends_with(ENDING))
        || (level.name.ends_with(ENDING) && folders().next().is_some())
        || level
            .entries
            .iter()
            .any(|entry| entry.is_file() && entry.name == GRADES && !grades(&entry.path).is_empty())
        || (folders().count() > 1 && folders().all(by_slug))
}

pub(super) fn read(level: &mut Level<'_>) -> Vec<HandIn> {
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    let mut tables = vec![level.folder.join(GRADES)];
    // `gh classroom` writes the table beside the folder with the clones.
    let is_own_top = level.root.is_own && level.folder == level.root.top;
    if level.folder != level.root.top || is_own_top && level.name.ends_with(ENDING) {
        let whole = std::fs::canonicalize(&level.folder).unwrap_or_default();
        tables.extend(whole.parent().map(|parent| parent.join(GRADES)));
    }
    let mut repositories: Vec<Repository> = Vec::new();
    let own_slug = level.name.strip_suffix(ENDING).map(str::to_owned);
    let mut clones: Vec<Entry> = Vec::new();
    for entry in level.entries() {
        let slug = entry
            .name
            .strip_suffix(ENDING)
            .filter(|slug| !slug.is_empty());
        match slug {
            Some(slug) if entry.is_folder() => {
                tables.push(entry.path.join(GRADES));
                let slug = slug.to_owned();
                let inner = files::list(&entry.path).unwrap_or_default();
                let (inner, others): (Vec<_>, Vec<_>) =
                    inner.into_iter().partition(Entry::is_folder);
                for other in others {
                    not_a_clone(level, &other);
                }
                repositories.extend(named(inner, Some(&slug), level));
            }
            _ if entry.is_folder() => clones.push(entry),
            _ => not_a_clone(level, &entry),
        }
    }
    repositories.extend(named(clones, own_slug.as_deref(), level));
    for table in &tables {
        let told_here = grades(table);
        not_cloned(level, table, &told_here, &repositories);
        told.extend(told_here);
    }
    hand_ins(level, repositories, |repository| {
        told.get(&repository.entry.name)
            .cloned()
            .unwrap_or_default()
    })
}

fn not_a_clone(level: &mut Level<'_>, entry: &Entry) {
    if entry.name != GRADES {
        level.unrecognized(&entry.path, "is no clone of a student's repository");
    }
}

/// Tells of repositories that a table names and that are not here: cloning them may have failed. A table of which nothing is here is
/// another assignment's, and lies beside this one.
fn not_cloned(
    level: &mut Level<'_>,
    table: &Path,
    told: &BTreeMap<String, Vec<Told>>,
    repositories: &[Repository],
) {
    let is_here = |name: &str| repositories.iter().any(|one| one.entry.name == name);
    let (here, missing): (Vec<&str>, Vec<&str>) = told
        .keys()
        .map(String::as_str)
        .partition(|name| is_here(name));
    let ([_, ..], [first, others @ ..]) = (here.as_slice(), missing.as_slice()) else {
        return;
    };
    let more = match others.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    level.unrecognized(
        table,
        format!(
            "names repositories that were not cloned: {}{more}",
            shown(first)
        ),
    );
}

/// Takes apart the names of clones of one assignment.
fn named(clones: Vec<Entry>, slug: Option<&str>, level: &Level<'_>) -> Vec<Repository> {
    let names: Vec<&str> = clones.iter().map(|entry| entry.name.as_str()).collect();
    let shared = shared_prefix(&names);
    let of = |name: &str| -> (Option<String>, String) {
        if let Some(slug) = slug {
            let login = name
                .strip_prefix(slug)
                .and_then(|rest| rest.strip_prefix('-'));
            if let Some(login) = login.filter(|login| !login.is_empty()) {
                return (Some(slug.to_owned()), login.to_owned());
            }
        }
        // What is put before the name, to find a slug that it begins with, is taken off again.
        let end = level
            .course
            .slug_end(&format!("-{name}"))
            .map(|end| end - 1);
        let end = end.filter(|end| *end < name.len());
        let end = end.or((shared > 0).then_some(shared));
        match end {
            Some(end) => {
                let (front, login) = name.split_at(end);
                let front = front.trim_end_matches('-');
                (Some(slug.unwrap_or(front).to_owned()), login.to_owned())
            }
            None => (slug.map(str::to_owned), name.to_owned()),
        }
    };
    let parts: Vec<(Option<String>, String)> = names.iter().map(|name| of(name)).collect();
    clones
        .into_iter()
        .zip(parts)
        .map(|(entry, (slug, login))| Repository { entry, slug, login })
        .collect()
}

/// How much all names begin with, up to a `-`; 0 when there is one name only.
pub(super) fn shared_prefix(names: &[&str]) -> usize {
    let [first, others @ ..] = names else {
        return 0;
    };
    if others.is_empty() {
        return 0;
    }
    let shared = |other: &&str| {
        let pairs = first.bytes().zip(other.bytes());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let most = others.iter().map(shared).min().unwrap_or(0);
    let at = first.as_bytes()[..most]
        .iter()
        .rposition(|byte| *byte == b'-');
    at.map_or(0, |at| at + 1)
}

/// Clones of one user are one hand-in, when each is of another assignment.
fn hand_ins(
    level: &Level<'_>,
    repositories: Vec<Repository>,
    told: impl Fn(&Repository) -> Vec<Told>,
) -> Vec<HandIn> {
    let mut hand_ins: BTreeMap<String, HandIn> = BTreeMap::new();
    for repository in repositories {
        let mut told = told(&repository);
        if told.is_empty() {
            told.push(Told::default());
        }
        // A group's repository is in the table once for each of them.
        for told in told {
            let login = told.login.unwrap_or_else(|| repository.login.clone());
            let hand_in = hand_ins
                .entry(login.to_lowercase())
                .or_insert_with(|| HandIn {
                    who: vec![Who {
                        id: told.identifier.clone().unwrap_or_else(|| login.clone()),
                        is_handle: true,
                        identity: Identity {
                            login: Some(login.clone()),
                            ..Identity::default()
                        },
                        group: told.group.clone(),
                        ..Who::default()
                    }],
                    label: label(&repository.entry.name),
                    ..HandIn::default()
                });
            hand_in.submitted = hand_in.submitted.max(told.submitted);
            add(hand_in, &repository, level);
        }
    }
    hand_ins.into_values().collect()
}

/// Adds a repository to what a student handed in.
pub(super) fn add(hand_in: &mut HandIn, repository: &Repository, level: &Level<'_>) {
    hand_in.places.push(repository.entry.path.clone());
    hand_in.parts.push(Part {
        path: repository.entry.path.clone(),
        name: repository.entry.name.clone(),
        exercise: repository
            .slug
            .as_deref()
            .and_then(|slug| level.course.of_slug(slug)),
    });
}

/// By the repository's name.
fn grades(path: &Path) -> BTreeMap<String, Vec<Told>> {
    let read = || -> Option<BTreeMap<String, Vec<Told>>> {
        let text = document(path)?;
        let (mut reader, header) = table(&text).ok()?;
        let at = |name: &str| {
            header
                .iter()
                .position(|cell| cell.eq_ignore_ascii_case(name))
        };
        let repository = at("student_repository_name")?;
        at("github_username")?;
        let mut rows: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for record in reader.records() {
            let Ok(record) = record else { break };
            let cell = |name: &str| {
                let cell = record.get(at(name)?)?;
                (!cell.is_empty()).then(|| cell.to_owned())
            };
            let Some(name) = record.get(repository).filter(|name| !name.is_empty()) else {
                continue;
            };
            let told = Told {
                login: cell("github_username"),
                identifier: cell("roster_identifier"),
                group: cell("group_name"),
                submitted: cell("submission_timestamp").and_then(|text| time(&text)),
            };
            rows.entry(name.to_owned()).or_default().push(told);
        }
        Some(rows)
    };
    read().unwrap_or_default()
}

/// A place below a repository.
pub(super) fn below(repository: &Entry, path: &str) -> PathBuf {
    repository.path.join(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_front_ends_with_a_dash() {
        assert_eq!(shared_prefix(&["a-b-ada", "a-b-adam"]), 4);
        assert_eq!(shared_prefix(&["a-b-ada", "a-c-bob"]), 2);
        assert_eq!(shared_prefix(&["ada", "adam"]), 0);
        assert_eq!(shared_prefix(&["a-b"]), 0);
        assert_eq!(shared_prefix(&[]), 0);
    }
}
