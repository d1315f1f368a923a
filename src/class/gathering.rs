//! From what one student handed in at once to a folder that [`crate::intake::read`] understands.
//!
//! The main function is [`gather`]. Where files lie right already they stay there; otherwise they are copied into the scratch.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::archive::{self, Failure, Limits};
use super::files::{self, Entry, Kind};
use super::mapping::Mapping;
use super::scratch::Scratch;
use crate::course::load::document::shown;
use crate::error::Error;
use crate::intake::{ANSWERS, bounded};

mod course;
mod placing;

pub(super) use course::Course;

/// Deepest nesting of folders and archives that hold nothing but one folder.
const MAX_NESTED: usize = 8;
/// Most entries of an archive of which the problems say one by one that they were left out.
const MAX_TOLD: usize = 8;
/// Deepest nesting of archives.
const MAX_ARCHIVES: usize = 3;

/// Something that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// A file or folder.
    pub(super) path: PathBuf,
    /// The name that the student gave it.
    pub(super) name: String,
    /// The exercise that it is known to be for.
    pub(super) exercise: Option<String>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The folder for intake; `None` when nothing could be taken.
    pub(super) folder: Option<PathBuf>,
    /// What was wrong, one sentence each.
    pub(super) problems: Vec<String>,
    /// Where programs lie that are for no exercise, and by which name the teacher could map them to one.
    pub(super) unplaced: Vec<(PathBuf, String)>,
}

/// A file or folder that belongs into the folder for intake.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    kind: Kind,
    /// How problems call it.
    shown: String,
}

/// Gathers one hand-in.
///
/// # Errors
/// [`Error::File`] when this machine cannot write into the scratch.
pub(super) fn gather(
    parts: &[Part],
    course: &Course<'_>,
    scratch: &mut Scratch,
) -> Result<Gathered, Error> {
    let mut gathering = Gathering {
        course,
        scratch,
        left: archive::OF_STUDENT.total,
        found: BTreeMap::new(),
        home: None,
        unused: Vec::new(),
        unplaced: Vec::new(),
        part: (PathBuf::new(), String::new()),
        problems: Vec::new(),
        refused: false,
        empty: true,
    };
    for part in parts {
        gathering.part(part)?;
    }
    gathering.finish()
}

struct Gathering<'a> {
    course: &'a Course<'a>,
    scratch: &'a mut Scratch,
    /// Bytes that this hand-in's archives may still hold.
    left: u64,
    /// By the name that intake looks for.
    found: BTreeMap<String, Source>,
    /// The innermost folder that was looked at, in which intake can look for names that are nearly right.
    home: Option<PathBuf>,
    /// Files and folders that are for no exercise.
    unused: Vec<String>,
    /// Those of them that hold Rust.
    unplaced: Vec<(PathBuf, String)>,
    /// The part that is gone through, and how names of what is in it begin.
    part: (PathBuf, String),
    problems: Vec<String>,
    /// Whether an archive was refused.
    refused: bool,
    /// Whether nothing was there at all.
    empty: bool,
}

impl Gathering<'_> {
    fn part(&mut self, part: &Part) -> Result<(), Error> {
        let hint = part.exercise.as_deref().or(self.course.only());
        match fs::symlink_metadata(&part.path) {
            Ok(meta) if meta.is_dir() => {
                self.part = (part.path.clone(), String::new());
                self.folder(&part.path, "", hint, 0, 0)
            }
            Ok(meta) => {
                // A platform may have put more in front of the name that the student gave it.
                self.part = (part.path.clone(), part.name.clone());
                let kind = meta.file_type();
                let entry = Entry {
                    name: part.name.clone(),
                    path: part.path.clone(),
                    kind: if kind.is_file() {
                        Kind::File
                    } else {
                        Kind::Other(bounded::kind(kind))
                    },
                };
                self.empty = false;
                self.lone(&entry, hint)
            }
            Err(error) => {
                self.problems
                    .push(format!("{} cannot be read: {error}", shown(&part.name)));
                Ok(())
            }
        }
    }

    /// A file that lies in no folder of the student's.
    fn lone(&mut self, entry: &Entry, hint: Option<&str>) -> Result<(), Error> {
        if let Some(target) = self.course.target(entry) {
            self.take(&target, entry, &entry.name);
        } else if entry.is_file() && archive::stem(&entry.name).is_some() {
            self.archive(entry, &entry.name, hint, 0)?;
        } else if let Some(exercise) = hint.filter(|_| entry.is_rust()) {
            self.take(&format!("{exercise}.rs"), entry, &entry.name);
        } else {
            self.unused(entry, "");
        }
        Ok(())
    }

    fn folder(
        &mut self,
        folder: &Path,
        below: &str,
        hint: Option<&str>,
        nested: usize,
        archives: usize,
    ) -> Result<(), Error> {
        let entries = match files::list(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems
                    .push(format!("{} cannot be read: {error}", named_folder(below)));
                return Ok(());
            }
        };
        self.home = Some(folder.to_owned());
        self.empty &= entries.is_empty();
        let (known, mut rest): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .map(|entry| (self.course.target(&entry), entry))
            .partition(|(target, _)| target.is_some());
        let mut known: Vec<(String, Entry)> = known
            .into_iter()
            .filter_map(|(target, entry)| Some((target?, entry)))
            .collect();
        // What bears its exercise's own name goes before what was mapped.
        known.sort_by_key(|(target, entry)| *target != entry.name);
        let mut has_exercise = false;
        for (target, entry) in &known {
            has_exercise |= target != ANSWERS;
            let shown = format!("{below}{}", entry.name);
            if entry.is_folder() && !is_program(&entry.path) && nested < MAX_NESTED {
                self.within(target, entry, &shown, nested, archives)?;
            } else {
                self.take(target, entry, &shown);
            }
        }
        let is_archive = |entry: &Entry| entry.is_file() && archive::stem(&entry.name).is_some();
        let has_archive = rest.iter().any(|(_, entry)| is_archive(entry));
        for (_, entry) in rest.extract_if(.., |(_, entry)| is_archive(entry)) {
            let shown = format!("{below}{}", entry.name);
            self.archive(&entry, &shown, hint, archives)?;
        }
        let rest: Vec<Entry> = rest.into_iter().map(|(_, entry)| entry).collect();
        if has_exercise {
            self.leave(&rest, below, None);
            return Ok(());
        }
        let find = |name: &str, kind: Kind| {
            let found = rest.iter().find(|e| e.name == name && e.kind == kind);
            found.map(|entry| entry.path.clone())
        };
        let roots = ["main.rs", "lib.rs"];
        let has_root = |path: &Path| roots.iter().any(|root| path.join(root).is_file());
        let manifest = find("Cargo.toml", Kind::File);
        let source = find("src", Kind::Folder).filter(|source| has_root(source));
        let is_package = manifest.is_some() && source.is_some();
        let named = manifest.and_then(|manifest| self.course.of_package(&manifest));
        if let Some(exercise) = named.as_deref().or(hint) {
            let whole = Entry {
                name: exercise.to_owned(),
                path: folder.to_owned(),
                kind: Kind::Folder,
            };
            let is_program = roots.iter().any(|root| find(root, Kind::File).is_some());
            if is_package || is_program {
                self.take(exercise, &whole, named_folder(below));
                return Ok(());
            }
            let rust: Vec<&Entry> = rest.iter().filter(|entry| entry.is_rust()).collect();
            if let [lone] = rust.as_slice()
                && !rest.iter().any(Entry::is_folder)
            {
                self.take(
                    &format!("{exercise}.rs"),
                    lone,
                    &format!("{below}{}", lone.name),
                );
                self.leave(&rest, below, Some(&lone.path));
                return Ok(());
            }
        }
        let programs = find("src", Kind::Folder).map(|source| source.join("bin"));
        let programs =
            programs.filter(|bin| fs::symlink_metadata(bin).is_ok_and(|meta| meta.is_dir()));
        let folders: Vec<&Entry> = rest.iter().filter(|entry| entry.is_folder()).collect();
        let inner = match folders.as_slice() {
            _ if nested >= MAX_NESTED => None,
            _ if find("exercises", Kind::Folder).is_some() => find("exercises", Kind::Folder),
            _ if programs.is_some() => programs,
            [only] if !has_archive && !rest.iter().any(Entry::is_rust) => Some(only.path.clone()),
            _ => None,
        };
        self.leave(&rest, below, inner.as_deref());
        if let Some(inner) = inner {
            let name = inner.strip_prefix(folder).unwrap_or(&inner);
            let below = format!("{below}{}/", name.to_string_lossy());
            self.folder(&inner, &below, hint, nested + 1, archives)?;
        }
        Ok(())
    }

    /// Goes through a folder that is named like an exercise, and in which the program does not lie right: what is found there is for
    /// this exercise, as in an archive of that name.
    fn within(
        &mut self,
        exercise: &str,
        entry: &Entry,
        shown_as: &str,
        nested: usize,
        archives: usize,
    ) -> Result<(), Error> {
        let (home, found) = (self.home.take(), self.found.len());
        let below = format!("{shown_as}/");
        self.folder(&entry.path, &below, Some(exercise), nested + 1, archives)?;
        self.home = home;
        if self.found.len() == found {
            // Intake says what is missing in it.
            self.take(exercise, entry, shown_as);
        }
        Ok(())
    }

    /// Unpacks an archive, and goes through it like through a folder.
    fn archive(
        &mut self,
        entry: &Entry,
        shown_as: &str,
        hint: Option<&str>,
        archives: usize,
    ) -> Result<(), Error> {
        let named = self.course.of_archive(&entry.name);
        let name = shown(shown_as);
        if archives >= MAX_ARCHIVES {
            self.problems.push(format!(
                "{name} is an archive within {MAX_ARCHIVES} others, and was not looked into"
            ));
            return Ok(());
        }
        if self.scratch.left < self.left {
            self.refused = true;
            self.problems.push(format!(
                "{name} was not unpacked: the archives of this class hold more than 8 GiB"
            ));
            return Ok(());
        }
        let into = self.scratch.folder()?;
        let limits = Limits {
            total: self.left,
            ..archive::OF_STUDENT
        };
        let course = self.course;
        let unpacked = archive::unpack(&entry.path, &into, &limits, &|name| course.wants(name));
        match unpacked {
            Ok(left_out) => {
                let more = left_out.len().saturating_sub(MAX_TOLD);
                for left_out in left_out.iter().take(MAX_TOLD) {
                    self.problems.push(format!(
                        "left out of {name}: {} ({})",
                        shown(&left_out.path),
                        left_out.reason
                    ));
                }
                if more > 0 {
                    self.problems.push(format!(
                        "left out of {name}: {more} more entries and what else is like them"
                    ));
                }
                if !placing::has_files(&into) {
                    self.refused = true;
                    if left_out.is_empty() {
                        self.problems.push(format!("{name} holds no files"));
                    }
                    return placing::remove(&into);
                }
                let size = placing::size(&into);
                self.left = self.left.saturating_sub(size);
                self.scratch.left = self.scratch.left.saturating_sub(size);
                let below = format!("{shown_as}/");
                let hint = named.as_deref().or(hint);
                self.folder(&into, &below, hint, 0, archives + 1)
            }
            Err(Failure::Refused(why)) => {
                self.refused = true;
                self.problems.push(format!("{name} {why}"));
                placing::remove(&into)
            }
            Err(Failure::Machine(error)) => Err(error),
        }
    }

    /// Notes that something is what intake looks for under this name.
    fn take(&mut self, target: &str, entry: &Entry, shown_as: &str) {
        let name = shown(shown_as);
        if let Some(first) = self.found.get(target) {
            self.problems.push(format!(
                "{} and {name} are both for {target}; {} was taken",
                first.shown, first.shown
            ));
            return;
        }
        if let Some(mapping) = self.course.mapping(&entry.name) {
            self.problems.push(format!(
                "{name} was taken for {} (--map {}={})",
                mapping.to(),
                mapping.from(),
                mapping.to()
            ));
        }
        let source = Source {
            path: entry.path.clone(),
            kind: entry.kind,
            shown: name,
        };
        self.found.insert(target.to_owned(), source);
    }

    fn leave(&mut self, rest: &[Entry], below: &str, but: Option<&Path>) {
        for entry in rest {
            let used = but.is_some_and(|but| but.starts_with(&entry.path));
            if !used {
                self.unused(entry, below);
            }
        }
    }

    fn unused(&mut self, entry: &Entry, below: &str) {
        let name = format!("{below}{}", entry.name);
        if entry.is_rust() || entry.is_folder() && files::holds_rust(&entry.path) {
            let (part, begin) = &self.part;
            let below = name.strip_prefix(begin).unwrap_or(&name);
            let path = match below.trim_start_matches('/') {
                "" => part.clone(),
                below => part.join(below),
            };
            self.unplaced.push((path, entry.name.clone()));
        }
        match entry.kind {
            Kind::Other(kind) => self
                .problems
                .push(format!("{} is {kind}, and was left out", shown(&name))),
            Kind::File if archive::is_unread(&entry.name) => {
                self.refused = true;
                self.problems.push(format!(
                    "{} is an archive of a kind that memgrade does not read; ask for a zip or tar.gz",
                    shown(&name)
                ));
            }
            // What Cargo builds is in everybody's way, and says nothing.
            Kind::Folder if entry.name == "target" => {}
            Kind::Folder => self.unused.push(format!("{name}/")),
            Kind::File => self.unused.push(name),
        }
    }

    fn finish(mut self) -> Result<Gathered, Error> {
        let nothing = self.found.is_empty();
        if !self.unused.is_empty() {
            let names = files::named(&self.unused);
            self.problems
                .push(format!("for no exercise, and not graded: {names}"));
        } else if nothing && self.empty && !self.refused {
            self.problems.push("nothing is in it".to_owned());
        }
        let folder = if nothing {
            self.home.take().filter(|_| !self.refused)
        } else {
            match placing::in_place(&self.found) {
                Some(folder) => Some(folder),
                None => Some(placing::place(
                    &self.found,
                    self.scratch,
                    &mut self.problems,
                )?),
            }
        };
        Ok(Gathered {
            folder,
            problems: self.problems,
            unplaced: self.unplaced,
        })
    }
}

/// Whether a folder holds a program or package where intake looks for it.
fn is_program(folder: &Path) -> bool {
    let has = |file: &str| folder.join(file).is_file();
    has("main.rs") || has("lib.rs") || has("Cargo.toml")
}

/// How problems call a folder.
fn named_folder(below: &str) -> &str {
    match below.trim_end_matches('/') {
        "" => "the folder",
        below => below,
    }
}
