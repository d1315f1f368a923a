//! Which submissions of a class share much, and with submissions of earlier years.

use std::collections::{BTreeMap, HashMap};

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
    let mut known: HashMap<&str, Fingerprints> = HashMap::new();
    for (student, group, content) in &programs {
        let prints = match known.get(content.as_str()) {
            Some(prints) => prints.clone(),
            None => {
                let prints = similarity::fingerprints(&book.files_of(content)?);
                known.insert(content, prints.clone());
                prints
            }
        };
        index.add(student, None, group.as_deref(), prints);
    }
    drop(known);
    let mut earlier: BTreeMap<(&str, &str), Sources> = BTreeMap::new();
    for archive in archives {
        for student in &archive.class.students {
            let folders = student
                .attempts
                .iter()
                .filter_map(|attempt| attempt.folder.as_deref());
            let Some(folder) = folders.last() else {
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
        match &side.archive {
            Some(archive) => {
                let files = earlier.get(&(archive.as_str(), side.student.as_str()));
                Ok(files.cloned().unwrap_or_default())
            }
            None => {
                let content = programs
                    .iter()
                    .find(|(student, ..)| *student == side.student);
                content.map_or_else(
                    || Ok(Sources::new()),
                    |(.., content)| book.files_of(content),
                )
            }
        }
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
