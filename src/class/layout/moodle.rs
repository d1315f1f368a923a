//! Moodle's download of all submissions: `<Full name>_<participant>_assignsubmission_file/`, or the same before each file's name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Entry, HandIn, Identity, Level, Who, label, part};

static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = "^(?<name>[^_]*)_(?<id>[0-9]+)_assign(?<what>submission|feedback)_(?<plugin>[a-z]+?)(?:_(?<rest>.*))?$";
    Regex::new(pattern).ok()
});

/// A name in parts.
struct Named<'n> {
    name: &'n str,
    id: &'n str,
    is_feedback: bool,
    plugin: &'n str,
    /// The file's own name, where files lie flat.
    rest: &'n str,
}

fn parse(name: &str) -> Option<Named<'_>> {
    let found = NAME.as_ref()?.captures(name)?;
    let group = |name: &str| found.name(name).map_or("", |found| found.as_str());
    Some(Named {
        name: group("name"),
        id: group("id"),
        is_feedback: group("what") == "feedback",
        plugin: group("plugin"),
        rest: group("rest"),
    })
}

pub(super) fn is(level: &Level<'_>) -> bool {
    level
        .entries
        .iter()
        .any(|entry| parse(&entry.name).is_some())
}

pub(super) fn read(level: &mut Level<'_>) -> Vec<HandIn> {
    // By participant: flat files of one are one hand-in.
    let mut hand_ins: BTreeMap<String, HandIn> = BTreeMap::new();
    for entry in level.entries() {
        let Some(named) = parse(&entry.name) else {
            let reason = "is not named as Moodle names hand-ins, `<Full name>_<number>_assignsubmission_file`";
            level.unrecognized(&entry.path, reason);
            continue;
        };
        if named.is_feedback {
            level.unrecognized(&entry.path, "is feedback, not a hand-in");
            continue;
        }
        let hand_in = hand_ins
            .entry(named.id.to_owned())
            .or_insert_with(|| HandIn {
                who: vec![who(&named)],
                label: label(&entry.name),
                ..HandIn::default()
            });
        hand_in.places.push(entry.path.clone());
        if named.plugin == "file" {
            taken(hand_in, &entry, &named);
        } else {
            let what = match named.plugin {
                "onlinetext" => "is text that was typed into Moodle",
                _ => "is no file that was handed in",
            };
            hand_in.problems.push(format!(
                "{} {what}, and was not graded",
                super::shown(&entry.name)
            ));
            level.unrecognized(&entry.path, format!("{what}; only files are graded"));
        }
    }
    hand_ins.into_values().collect()
}

fn taken(hand_in: &mut HandIn, entry: &Entry, named: &Named<'_>) {
    let mut part = part(entry);
    let mut folder = entry.name.clone();
    if !named.rest.is_empty() && !entry.is_folder() {
        named.rest.clone_into(&mut part.name);
        folder.truncate(folder.len() - named.rest.len());
    }
    hand_in.label = label(&folder);
    for who in &mut hand_in.who {
        who.identity.lms_folder = Some(folder.clone());
    }
    hand_in.parts.push(part);
}

/// The participant's number stays the same as long as the assignment does, whoever else hands in.
fn who(named: &Named<'_>) -> Who {
    // Blind marking has a word for everybody, in the site's language.
    let is_blind = named.name == "Participant" || named.name.is_empty();
    let id = if is_blind {
        format!("Participant {}", named.id)
    } else {
        format!("{} ({})", named.name, named.id)
    };
    Who {
        id,
        name: (!is_blind).then(|| named.name.to_owned()),
        identity: Identity {
            lms_id: Some(named.id.to_owned()),
            ..Identity::default()
        },
        may_have_group: !is_blind,
        ..Who::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (text, name, plugin, rest) in [
            (
                "Ada Lindqvist_123_assignsubmission_file",
                "Ada Lindqvist",
                "file",
                "",
            ),
            (
                "Ada Lindqvist_123_assignsubmission_file_",
                "Ada Lindqvist",
                "file",
                "",
            ),
            (
                "Zoë M-K_9_assignsubmission_file_memory_leak.rs",
                "Zoë M-K",
                "file",
                "memory_leak.rs",
            ),
            (
                "Participant_77_assignsubmission_onlinetext_",
                "Participant",
                "onlinetext",
                "",
            ),
            (
                "A_1_assignsubmission_onlinetext_onlinetext.html",
                "A",
                "onlinetext",
                "onlinetext.html",
            ),
        ] {
            let named = parse(text).unwrap();
            assert_eq!((named.name, named.plugin, named.rest), (name, plugin, rest));
        }
        assert!(parse("ada.lindqvist").is_none());
        assert!(parse("Ada_x_assignsubmission_file").is_none());
    }
}
