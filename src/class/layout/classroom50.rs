//! Clones of Classroom 50: `<classroom>-<assignment>-<user>`, with a `result.json` where one was made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::github::{self, Repository};
use super::{Entry, HandIn, Identity, Level, Who, document, label, time};

const SCHEMA: &str = "classroom50/result/v1";

/// What is taken from a `result.json`. A student could have written it: it is believed no more than the name of the folder.
#[derive(Debug, Deserialize)]
struct Told {
    schema: String,
    #[serde(default)]
    assignment: Option<String>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    datetime: Option<String>,
}

fn told(repository: &Entry) -> Option<Told> {
    ["result.json", "release/result.json"]
        .iter()
        .filter_map(|path| document(&github::below(repository, path)))
        .filter_map(|text| serde_json::from_str::<Told>(&text).ok())
        .find(|told| told.schema == SCHEMA)
}

pub(super) fn is(level: &Level<'_>) -> bool {
    let folders = || level.entries.iter().filter(|entry| entry.is_folder());
    folders().any(|entry| told(entry).is_some())
        || (folders().next().is_some()
            && folders().all(|entry| {
                let by_slug = level.course.slug_end(&entry.name);
                entry.name.matches('-').count() > 1
                    && by_slug.is_some_and(|end| end < entry.name.len())
            }))
        || level.roster.is_some_and(|roster| {
            let named = |entry: &Entry| {
                let mut at = entry.name.match_indices('-').map(|(at, _)| at);
                entry.name.matches('-').count() > 1
                    && at.any(|at| roster.has_login(&entry.name[at + 1..]))
            };
            folders().filter(|entry| named(entry)).count() * 2 > folders().count()
        })
}

pub(super) fn read(level: &mut Level<'_>) -> Vec<HandIn> {
    let mut clones = Vec::new();
    for entry in level.entries() {
        if entry.is_folder() {
            clones.push(entry);
        } else {
            level.unrecognized(&entry.path, "is no clone of a student's repository");
        }
    }
    let names: Vec<String> = clones.iter().map(|entry| entry.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shared = github::shared_prefix(&names);
    let mut hand_ins: BTreeMap<String, HandIn> = BTreeMap::new();
    for entry in clones {
        let told = told(&entry);
        let owner = told.as_ref().and_then(|told| told.owner.clone());
        let (slug, login) = apart(&entry.name, owner.as_deref(), shared, level);
        let assignment = told.as_ref().and_then(|told| told.assignment.clone());
        let submitted = told.and_then(|told| time(&told.datetime?));
        let repository = Repository {
            entry,
            slug: assignment.or(slug),
            login,
        };
        let hand_in = hand_ins
            .entry(repository.login.to_lowercase())
            .or_insert_with(|| begun(&repository));
        hand_in.submitted = hand_in.submitted.max(submitted);
        github::add(hand_in, &repository, level);
    }
    hand_ins.into_values().collect()
}

fn begun(repository: &Repository) -> HandIn {
    HandIn {
        who: vec![Who {
            id: repository.login.clone(),
            identity: Identity {
                login: Some(repository.login.clone()),
                ..Identity::default()
            },
            ..Who::default()
        }],
        label: label(&repository.entry.name),
        submitted: None::<Timestamp>,
        ..HandIn::default()
    }
}

/// The front and the user of a name: users may have dashes too, so what is known of them goes first.
fn apart(
    name: &str,
    owner: Option<&str>,
    shared: usize,
    level: &Level<'_>,
) -> (Option<String>, String) {
    let of_owner = owner.filter(|owner| !owner.is_empty()).and_then(|owner| {
        let front = name.strip_suffix(owner)?;
        front.ends_with('-').then_some(front.len())
    });
    let of_roster = || {
        let roster = level.roster?;
        let mut dashes = name.match_indices('-').map(|(at, _)| at + 1);
        dashes.find(|at| roster.has_login(&name[*at..]))
    };
    let of_slug = || level.course.slug_end(name).filter(|end| *end < name.len());
    let end = of_owner
        .or_else(of_roster)
        .or_else(of_slug)
        .or_else(|| (shared > 0 && shared < name.len()).then_some(shared))
        .or_else(|| name.rfind('-').map(|at| at + 1))
        .filter(|end| *end < name.len())
        .unwrap_or(0);
    let (front, login) = name.split_at(end);
    let front = front.trim_end_matches('-');
    (
        (!front.is_empty()).then(|| front.to_owned()),
        login.to_owned(),
    )
}
