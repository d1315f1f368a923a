//! Gradescope's export of submissions: `submission_metadata.yml` beside `submission_<id>/`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use saphyr::{LoadableYamlNode, Yaml};

use super::{Error, HandIn, Identity, Level, Who, document, label, part, time};

const METADATA: &str = "submission_metadata.yml";
/// Most blanks and marks before a line's text: it cannot be nested deeper than that.
const MAX_LEAD: usize = 500;

pub(super) fn is(level: &Level<'_>) -> bool {
    let mut entries = level.entries.iter();
    entries.any(|entry| entry.is_file() && entry.name == METADATA)
}

pub(super) fn read(level: &mut Level<'_>) -> Result<Vec<HandIn>, Error> {
    let hint = "download the export again, or use --layout plain";
    let cannot = |why: &str| Error::usage(format!("{METADATA} {why}"), hint);
    let text = document(&level.folder.join(METADATA))
        .ok_or_else(|| cannot("is missing, too large or no UTF-8 text"))?;
    if is_deep(&text) {
        return Err(cannot("is nested deeper than Gradescope's are"));
    }
    let documents = Yaml::load_from_str(&text).map_err(|error| {
        let error = super::shown(&error.to_string());
        cannot(&format!("is not valid YAML: {error}"))
    })?;
    let submissions = documents.first().map(untagged).and_then(Yaml::as_mapping);
    let submissions = submissions.ok_or_else(|| cannot("names no submissions"))?;
    let mut entries = level.entries();
    entries.retain(|entry| entry.name != METADATA);
    let mut used = BTreeSet::new();
    let mut hand_ins: Vec<HandIn> = Vec::new();
    for (key, value) in submissions {
        let Some(key) = text_of(key) else { continue };
        let key = key.trim_start_matches(':').to_owned();
        let entry = entries
            .iter()
            .find(|entry| entry.is_folder() && entry.name == key);
        used.insert(key.clone());
        let who = submitters(untagged(value));
        if who.is_empty() {
            level.unrecognized(
                &level.folder.join(&key),
                format!("{METADATA} does not say who handed it in"),
            );
            continue;
        }
        let mut problems = Vec::new();
        if entry.is_none() {
            problems.push(format!("there is no folder {}", super::shown(&key)));
        }
        hand_ins.push(HandIn {
            who,
            label: label(&key),
            submitted: field(untagged(value), "created_at").and_then(time_of),
            parts: entry.map(part).into_iter().collect(),
            problems,
            places: entry.map(|entry| entry.path.clone()).into_iter().collect(),
            ..HandIn::default()
        });
    }
    for entry in entries.iter().filter(|entry| !used.contains(&entry.name)) {
        level.unrecognized(&entry.path, format!("{METADATA} does not name it"));
    }
    hand_ins.sort_by_key(|hand_in| (hand_in.submitted, number(&hand_in.label)));
    Ok(hand_ins)
}

/// Submissions are numbered in the order in which they were made.
fn number(label: &str) -> u64 {
    let digits = label.rsplit('_').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

fn submitters(value: &Yaml<'_>) -> Vec<Who> {
    let list = field(value, "submitters").and_then(Yaml::as_sequence);
    let mut who = Vec::new();
    for submitter in list.into_iter().flatten() {
        let submitter = untagged(submitter);
        let text = |name| field(submitter, name).and_then(text_of);
        let (name, sid, email) = (text("name"), text("sid"), text("email"));
        let id = sid
            .clone()
            .or_else(|| email.clone())
            .or_else(|| name.clone());
        who.extend(id.map(|id| Who {
            id,
            name,
            identity: Identity {
                email,
                // Rosters have it as the student's id.
                sis_id: sid.clone(),
                lms_id: sid,
                ..Identity::default()
            },
            ..Who::default()
        }));
    }
    who
}

/// What a key that is a Ruby symbol, or a plain one, has for its value.
fn field<'v, 'i>(value: &'v Yaml<'i>, name: &str) -> Option<&'v Yaml<'i>> {
    let symbol = value.as_mapping_get(&format!(":{name}"));
    symbol.or_else(|| value.as_mapping_get(name)).map(untagged)
}

/// Ruby tags its own types.
fn untagged<'v, 'i>(value: &'v Yaml<'i>) -> &'v Yaml<'i> {
    match value {
        Yaml::Tagged(_, inner) => inner,
        value => value,
    }
}

/// A scalar as text: ids may stand there as numbers.
fn text_of(value: &Yaml<'_>) -> Option<String> {
    let text = match untagged(value) {
        value if value.as_integer().is_some() => value.as_integer()?.to_string(),
        value => value.as_str()?.trim().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

fn time_of(value: &Yaml<'_>) -> Option<Timestamp> {
    time(&text_of(value)?)
}

/// Whether it could be nested so deep that the reader, which goes down by calling itself, runs out of stack.
fn is_deep(text: &str) -> bool {
    text.lines().any(|line| {
        let is_lead = |byte: u8| matches!(byte, b' ' | b'-' | b'?' | b':' | b'\t');
        line.bytes().take_while(|byte| is_lead(*byte)).count() > MAX_LEAD
    })
}
