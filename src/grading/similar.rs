//! Which submissions of a class share much, and with submissions of earlier years.

use std::collections::BTreeMap;

use crate::class::Class;
use crate::course::{Course, Entry};
use crate::error::Error;
use crate::gradebook::Book;
use crate::intake;
use crate::report::Sources;
use crate::similarity::{self, Fingerprints, FoundSide, Index, Pair, Settings};

/// Submissions of an earlier year, by the name that they are told by.
#[derive(Debug)]
pub struct Archive {
    /// The name.
    pub name: String,
    /// The submissions.
    pub class: Class,
}

/// The pairs of the class that is in the gradebook.
///
/// # Errors
/// [`Error::File`].
pub fn pairs(book: &Book, course: &Course, archives: &[Archive]) -> Result<Vec<Pair>, Error> {
    let mut all = Vec::new();
    for entry in &course.exercises {
        all.extend(of_exercise(book, entry, archives)?);
    }
    Ok(all)
}

fn of_exercise(book: &Book, entry: &Entry, archives: &[Archive]) -> Result<Vec<Pair>, Error> {
    let starter = similarity::fingerprints(&entry.starter);
    let mut index = Index::new(&entry.id, &[starter]);
    let programs = book.programs_of(&entry.id)?;
    let mut known: BTreeMap<&str, Fingerprints> = BTreeMap::new();
    for (student, group, content) in &programs {
        if !known.contains_key(content.as_str()) {
            let prints = similarity::fingerprints(&book.files_of(content)?);
            known.insert(content, prints);
        }
        let prints = known.get(content.as_str()).cloned().unwrap_or_default();
        index.add(student, None, group.as_deref(), prints);
    }
    drop(known);
    let mut earlier: BTreeMap<(&str, &str), Sources> = BTreeMap::new();
    for archive in archives {
        for student in &archive.class.students {
            let mut folders = student
                .attempts
                .iter()
                .filter_map(|attempt| attempt.folder.as_deref());
            let Some(folder) = folders.next_back() else {
                continue;
            };
            let read = intake::read(folder, [(entry.id.as_str(), &entry.exercise)])?;
            let files = read
                .exercises
                .into_values()
                .next()
                .unwrap_or_default()
                .files;
            if !files.is_empty() {
                let prints = similarity::fingerprints(&files);
                index.add(
                    &student.id,
                    Some(&archive.name),
                    student.group.as_deref(),
                    prints,
                );
                earlier.insert((&archive.name, &student.id), files);
            }
        }
    }
    let files = |side: &FoundSide| -> Result<Sources, Error> {
        if let Some(archive) = &side.archive {
            let files = earlier.get(&(archive.as_str(), side.student.as_str()));
            return Ok(files.cloned().unwrap_or_default());
        }
        let content = programs
            .iter()
            .find(|(student, ..)| *student == side.student);
        content.map_or_else(
            || Ok(Sources::new()),
            |(.., content)| book.files_of(content),
        )
    };
    index
        .pairs(&Settings::default())
        .into_iter()
        .map(|found| {
            let (left, right) = (files(&found.left)?, files(&found.right)?);
            Ok(similarity::with_texts(found, left, right))
        })
        .collect()
}
