//! Plain folders: one for each student, or an archive, or a lone file.

use super::{Entry, HandIn, Level, Who, archive, label, part};

/// Whether a folder holds one student's work, and no class.
pub(super) fn is_work(level: &Level<'_>) -> bool {
    let course = level.course;
    let has = |name: &str| level.entries.iter().any(|entry| entry.name == name);
    let known = |entry: &Entry| {
        // A class may have a folder for each exercise, or a student of that name.
        let is_program = |folder: &Entry| {
            ["main.rs", "lib.rs", "Cargo.toml"]
                .iter()
                .any(|file| folder.path.join(file).is_file())
        };
        let by_name = course.knows(entry) && course.mapping(&entry.name).is_none();
        by_name && (entry.is_file() || is_program(entry))
    };
    let all_rust = level.entries.iter().all(Entry::is_rust);
    level.entries.iter().any(known)
        || has("main.rs")
        || (has("Cargo.toml") && has("src"))
        || (all_rust && level.entries.len() == 1 && level.root.is_own && !is_top(level))
        || (!level.entries.iter().any(|entry| {
            entry.is_folder() || entry.is_rust() || archive::stem(&entry.name).is_some()
        }) && !is_top(level))
}

fn is_top(level: &Level<'_>) -> bool {
    level.folder == level.root.top
}

/// The stem of a file's name is the student's id.
pub(super) fn read(level: &mut Level<'_>) -> Vec<HandIn> {
    let mut hand_ins: Vec<HandIn> = Vec::new();
    let entries = level.entries();
    let folders: Vec<String> = entries
        .iter()
        .filter(|entry| entry.is_folder())
        .map(|entry| entry.name.clone())
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for entry in entries {
        if entry.is_folder() {
            // Names that are no UTF-8 may look alike, and are somebody's each.
            let alike = |other: &&String| **other == entry.name;
            let id = match seen.iter().filter(alike).count() {
                0 => entry.name.clone(),
                more => format!("{} ({})", entry.name, more + 1),
            };
            seen.push(entry.name.clone());
            hand_ins.push(hand_in(&entry, &id));
        } else if let Some(stem) = archive::stem(&entry.name) {
            if folders.iter().any(|name| name == stem) {
                let reason = format!("there is a folder {stem} too, and the folder is taken");
                level.unrecognized(&entry.path, reason);
            } else {
                hand_ins.push(hand_in(&entry, stem));
            }
        } else if archive::is_unread(&entry.name) {
            let stem = entry.name.split('.').next().unwrap_or_default().to_owned();
            hand_ins.push(hand_in(&entry, &stem));
        } else if entry.is_rust() {
            lone(level, &entry, &mut hand_ins);
        } else {
            let reason = "is neither a folder, nor an archive, nor a Rust file";
            level.unrecognized(&entry.path, reason);
        }
    }
    hand_ins
}

fn hand_in(entry: &Entry, id: &str) -> HandIn {
    HandIn {
        who: vec![Who {
            id: id.to_owned(),
            is_handle: true,
            ..Who::default()
        }],
        label: label(&entry.name),
        parts: vec![part(entry)],
        places: vec![entry.path.clone()],
        ..HandIn::default()
    }
}

/// A file without a folder around it: the student's name is all that its name says.
fn lone(level: &mut Level<'_>, entry: &Entry, hand_ins: &mut Vec<HandIn>) {
    let stem = entry.name.get(..entry.name.len() - 3).unwrap_or_default();
    if stem.is_empty() {
        level.unrecognized(&entry.path, "its name does not say whose it is");
    } else if level.course.knows(entry) && level.course.mapping(&entry.name).is_none() {
        let reason = "is named like an exercise, and does not say whose it is; put it into a folder for the student";
        level.unrecognized(&entry.path, reason);
    } else if level.course.only().is_some() || level.course.mapping(&entry.name).is_some() {
        hand_ins.push(hand_in(entry, stem));
    } else {
        let reason = format!(
            "does not say for which exercise it is; put it into {stem}/<exercise>.rs, or use --map '{}=EXERCISE'",
            entry.name
        );
        level.unrecognized(&entry.path, reason);
    }
}
