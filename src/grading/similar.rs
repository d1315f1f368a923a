//! Which submissions of a class share much, and with submissions of earlier years.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::class::hash_of;
use crate::class::{Class, Student};
use crate::course::{Course, Entry};
use crate::error::Error;
use crate::gradebook::Book;
use crate::gradebook::archives::{Kept, Program};
use crate::intake;
use crate::report::Sources;
use crate::similarity::{self, Fingerprints, FoundSide, Index, Pair, Settings};

/// So many programs of earlier years are written in one transaction.
const AT_ONCE: usize = 500;

/// Submissions of an earlier year.
#[derive(Debug)]
pub struct Archive {
    /// How it is told, and where it lies.
    pub kept: Kept,
    /// The submissions.
    pub class: Class,
}

/// How the archive at `path` is told: as before if it is kept already, else by the end of its path that no other one has.
pub fn named(path: &Path, others: &[Kept]) -> Kept {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let text = absolute.display().to_string();
    if let Some(kept) = others.iter().find(|other| other.path == text) {
        return kept.clone();
    }
    let last = absolute.file_name().unwrap_or(absolute.as_os_str());
    let last = last.to_string_lossy().into_owned();
    let folder = absolute.parent().and_then(Path::file_name);
    let longer = folder.map(|folder| format!("{}/{last}", folder.to_string_lossy()));
    let free = |name: &String| others.iter().all(|other| other.name != *name);
    let name = [Some(last), longer].into_iter().flatten().find(free);
    Kept {
        name: name.unwrap_or_else(|| text.clone()),
        path: text,
    }
}

/// Keeps archives in the gradebook, each in the place of what was there by its name.
///
/// # Errors
/// [`Error::File`].
pub fn keep(book: &Book, course: &Course, archives: &[Archive]) -> Result<(), Error> {
    for archive in archives {
        let name = &archive.kept.name;
        book.forget_archives(Some(name))?;
        let mut programs = Vec::new();
        for student in &archive.class.students {
            programs.extend(of_student(course, student)?);
            if programs.len() >= AT_ONCE {
                book.keep_archived(name, &programs)?;
                programs.clear();
            }
        }
        book.keep_archived(name, &programs)?;
        book.keep_archive(&archive.kept)?;
    }
    Ok(())
}

/// The latest programs of a student of an earlier year.
fn of_student(course: &Course, student: &Student) -> Result<Vec<Program>, Error> {
    let mut folders = student
        .attempts
        .iter()
        .filter_map(|attempt| attempt.folder.as_deref());
    let Some(folder) = folders.next_back() else {
        return Ok(Vec::new());
    };
    let exercises = course.exercises.iter();
    let read = intake::read(
        folder,
        exercises.map(|entry| (entry.id.as_str(), &entry.exercise)),
    )?;
    let programs = read
        .exercises
        .into_iter()
        .filter(|(_, handed)| !handed.files.is_empty())
        .map(|(exercise, handed)| Program {
            student: student.id.clone(),
            group: student.group.clone(),
            exercise,
            content: hash_of(&handed.files),
            files: handed.files,
        });
    Ok(programs.collect())
}

/// The pairs of the class that is in the gradebook, and with the archives that are kept there.
///
/// # Errors
/// [`Error::File`].
pub fn pairs(book: &Book, course: &Course) -> Result<Vec<Pair>, Error> {
    let mut all = Vec::new();
    for entry in &course.exercises {
        all.extend(of_exercise(book, entry)?);
    }
    Ok(all)
}

fn of_exercise(book: &Book, entry: &Entry) -> Result<Vec<Pair>, Error> {
    let starter = similarity::fingerprints(&entry.starter);
    let mut index = Index::new(&entry.id, &[starter]);
    let programs = book.programs_of(&entry.id)?;
    let earlier = book.archived(&entry.id)?;
    let contents: BTreeSet<&String> = programs
        .iter()
        .map(|(.., content)| content)
        .chain(earlier.iter().map(|program| &program.content))
        .collect();
    let mut known: BTreeMap<&str, Fingerprints> = BTreeMap::new();
    for content in contents {
        let prints = similarity::fingerprints(&book.files_of(content)?);
        known.insert(content, prints);
    }
    let prints = |content: &String| known.get(content.as_str()).cloned().unwrap_or_default();
    for (student, group, content) in &programs {
        index.add(student, None, group.as_deref(), prints(content));
    }
    for program in &earlier {
        index.add(
            &program.student,
            Some(&program.archive),
            program.group.as_deref(),
            prints(&program.content),
        );
    }
    drop(known);
    let files = |side: &FoundSide| -> Result<Sources, Error> {
        let content = match &side.archive {
            Some(archive) => earlier
                .iter()
                .find(|program| program.archive == *archive && program.student == side.student)
                .map(|program| &program.content),
            None => programs
                .iter()
                .find(|(student, ..)| *student == side.student)
                .map(|(.., content)| content),
        };
        content.map_or_else(|| Ok(Sources::new()), |content| book.files_of(content))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_names_that_no_other_has() {
        let mut kept: Vec<Kept> = Vec::new();
        for (path, name) in [
            ("/years/2024/class.zip", "class.zip"),
            ("/years/2025/class.zip", "2025/class.zip"),
            ("/more/2025/class.zip", "/more/2025/class.zip"),
            ("/years/2024/class.zip", "class.zip"),
            ("/years/2026", "2026"),
            ("/", "/"),
        ] {
            let one = named(Path::new(path), &kept);
            assert_eq!(one.name, name);
            assert_eq!(one.path, path);
            kept.push(one);
        }
        let here = named(Path::new("old.zip"), &[]);
        assert_eq!(here.name, "old.zip");
        assert!(Path::new(&here.path).is_absolute());
    }
}
