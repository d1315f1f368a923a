//! Intake: what a learner handed in, read within bounds.
//!
//! The main function is [`read`], which gives a [`Submission`]; [`syntax`] looks up an exercise's rules in it. Nothing
//! that a submission holds is trusted: links are not followed, only regular files are opened, and depth, count and size
//! are bounded. What is wrong with a submission is a finding, never an error.

use std::collections::BTreeMap;
use std::path::Path;

use crate::course::spec::Exercise;
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::error::Error;

pub(crate) mod bounded;
mod cargo;
pub mod syntax;
mod walk;

use bounded::{Links, Unreadable};
use walk::Walk;

/// Most bytes of one source file.
pub const MAX_FILE: u64 = 1 << 20;

/// A submission, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Submission {
    /// What was handed in for each exercise that was asked for, by id. Every exercise is here.
    pub exercises: BTreeMap<String, Handed>,
    /// The text of `answers.toml`, if it is there.
    pub answers: Option<String>,
    /// Findings about `answers.toml`.
    pub answer_findings: Vec<Finding>,
}

/// What was handed in for one exercise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Handed {
    /// Rust files by path, relative to the submission and with `/`.
    pub files: BTreeMap<String, String>,
    /// The crate's root among `files`; `None` if there is nothing to compile, and `findings` say why.
    pub root: Option<String>,
    /// What is wrong with it. There may be errors although there is a root: that a further file is missing, say.
    pub findings: Vec<Finding>,
}

/// The name of the file with the learner's answers.
pub const ANSWERS: &str = "answers.toml";

/// Reads what a learner handed in for these exercises. It is an error only if `folder` is not a readable folder.
pub fn read<'e>(
    folder: &Path,
    exercises: impl IntoIterator<Item = (&'e str, &'e Exercise)>,
) -> Result<Submission, Error> {
    let names = walk::names(folder).map_err(|error| {
        let hint =
            "a submission is a folder with <exercise>/main.rs or <exercise>.rs for each exercise";
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                Error::usage(format!("there is no folder {}", folder.display()), hint)
            }
            std::io::ErrorKind::NotADirectory => {
                Error::usage(format!("{} is not a folder", folder.display()), hint)
            }
            _ => Error::file("read", folder, error),
        }
    })?;
    let mut submission = Submission::default();
    for (id, exercise) in exercises {
        let handed = handed(folder, &names, id, exercise);
        submission.exercises.insert(id.to_owned(), handed);
    }
    match text(folder, ANSWERS) {
        Ok(text) => submission.answers = text,
        Err(finding) => submission.answer_findings.push(*finding),
    }
    Ok(submission)
}

/// What is said of an exercise for which nothing was handed in at all.
pub fn nothing(id: &str, exercise: &Exercise) -> Handed {
    missing(Path::new(""), &[], id, exercise)
}

fn handed(folder: &Path, names: &[String], id: &str, exercise: &Exercise) -> Handed {
    let single = format!("{id}.rs");
    let has_folder = names.iter().any(|name| name == id);
    let has_single = names.contains(&single);
    let mut handed = if has_folder {
        from_folder(folder, id, exercise)
    } else if has_single {
        from_single(folder, &single)
    } else {
        missing(folder, names, id, exercise)
    };
    if has_folder && has_single {
        let message = format!("there are both {id}/ and {single}; the folder is taken");
        let place = Place::line(single, 1);
        let code = "source/two-forms";
        let finding = Finding::new(code, Severity::Warning, Fault::Learner, message);
        handed.findings.push(finding.at(place, "not looked at"));
    }
    handed
}

fn missing(folder: &Path, names: &[String], id: &str, exercise: &Exercise) -> Handed {
    let message = format!("nothing was handed in for {id}");
    let finding = Finding::learner("source/missing", message);
    // Windows and cameras write endings in capitals.
    let stem = |name: &String| match name.rsplit_once('.') {
        Some((stem, end)) if end.eq_ignore_ascii_case("rs") => stem.to_owned(),
        _ => name.clone(),
    };
    let stems: Vec<String> = names.iter().map(stem).collect();
    let near = crate::course::load::document::nearest(id, stems.iter().map(String::as_str));
    let help = match near.and_then(|near| stems.iter().position(|stem| stem == near)) {
        Some(index) => {
            let found = crate::course::load::document::shown(&names[index]);
            let wanted = if names[index] == stems[index] {
                id.to_owned()
            } else {
                format!("{id}.rs")
            };
            if wanted == id && folder.join(&names[index]).is_file() {
                format!("there is {found}; hand in the program itself, a text file called {id}.rs")
            } else {
                format!("there is {found}; if it is meant for this exercise, rename it to {wanted}")
            }
        }
        None => format!(
            "put your program into {id}/{} or {id}.rs",
            exercise.source.root()
        ),
    };
    Handed {
        findings: vec![finding.help(help)],
        ..Handed::default()
    }
}

fn from_single(folder: &Path, name: &str) -> Handed {
    let mut handed = Handed::default();
    match text(folder, name) {
        Ok(Some(text)) => {
            handed.files.insert(name.to_owned(), text);
            handed.root = Some(name.to_owned());
        }
        Ok(None) => {}
        Err(finding) => handed.findings.push(*finding),
    }
    refuse_empty(&mut handed);
    handed
}

fn from_folder(folder: &Path, id: &str, exercise: &Exercise) -> Handed {
    let main = exercise.source.root();
    let mut handed = Handed::default();
    // Before anything below it is opened: a link in its place would lead out of the submission.
    if let Err(finding) = walk::is_folder(folder, id) {
        handed.findings.push(*finding);
        return handed;
    }
    let manifest = format!("{id}/Cargo.toml");
    let package = match text(folder, &manifest) {
        Ok(text) => text.map(|text| cargo::read(&manifest, &text)),
        Err(finding) => {
            handed.findings.push(*finding);
            return handed;
        }
    };
    let (below, root) = match package {
        None => (id.to_owned(), format!("{id}/{main}")),
        Some(Ok(package)) => {
            if folder.join(id).join("build.rs").exists() && package.build_script_possible {
                handed.findings.push(cargo::not_supported(
                    Place::line(format!("{id}/build.rs"), 1),
                    "a build script (build.rs)",
                ));
                return handed;
            }
            // Where a harness calls it the package is a library, whatever its root is named.
            let root = match exercise.harness {
                Some(_) => format!("{id}/src/{main}"),
                None => format!("{id}/{}", package.root),
            };
            (format!("{id}/src"), root)
        }
        Some(Err(findings)) => {
            handed.findings = findings;
            return handed;
        }
    };
    let mut walk = Walk::rust_files(folder, &below);
    // In an author's own folder the exercise's files lie beside the learner's.
    walk.paths.retain(|path| !is_of_harness(path, id, exercise));
    for mut finding in walk.findings {
        if is_at(&finding, &root) {
            finding.severity = Severity::Error;
        }
        handed.findings.push(finding);
    }
    for path in walk.paths {
        match text(folder, &path) {
            Ok(Some(text)) => {
                handed.files.insert(path, text);
            }
            Ok(None) => {}
            Err(mut finding) => {
                // What the program does not need must not cost it its grade; if it is needed, it will not compile.
                if path != root {
                    finding.severity = Severity::Warning;
                }
                handed.findings.push(*finding);
            }
        }
    }
    without_figures(&mut handed, id, exercise);
    if handed.files.contains_key(&root) {
        handed.root = Some(root);
        further_files(&mut handed, id, exercise);
    } else if !handed.findings.iter().any(|f| is_at(f, &root)) {
        handed.findings.push(no_root(&handed, &root));
    }
    refuse_empty(&mut handed);
    handed
}

/// Whether a file is one that the course brings to an exercise with a harness.
fn is_of_harness(path: &str, id: &str, exercise: &Exercise) -> bool {
    let below = path
        .strip_prefix(id)
        .and_then(|path| path.strip_prefix('/'));
    exercise.harness.as_ref().is_some_and(|harness| {
        below == Some(harness.file.as_str())
            || (below.is_some() && below == harness.given.as_deref())
    })
}

/// Leaves out the program that measures the lesson's figures, beside which students work; unless they have a module of that name.
fn without_figures(handed: &mut Handed, id: &str, exercise: &Exercise) {
    let name = &exercise.figures;
    let path = format!("{id}/{name}");
    let declared = format!("mod {}", name.strip_suffix(".rs").unwrap_or(name));
    let asked_for = exercise.source.files.contains(name);
    let mut others = handed.files.iter().filter(|(other, _)| **other != path);
    if !asked_for && !others.any(|(_, text)| text.contains(&declared)) {
        handed.files.remove(&path);
    }
}

/// An exercise may ask for more than its root.
fn further_files(handed: &mut Handed, id: &str, exercise: &Exercise) {
    for file in exercise.source.files.iter().skip(1) {
        let below = |folder: &str| handed.files.contains_key(&format!("{id}/{folder}{file}"));
        if !below("") && !below("src/") {
            let message = format!("{file} is missing: this exercise asks for it");
            let finding = Finding::learner("source/missing", message);
            let help = format!("put it into {id}/{file}");
            handed.findings.push(finding.help(help));
        }
    }
}

fn no_root(handed: &Handed, root: &str) -> Finding {
    let finding = Finding::learner("source/missing", format!("there is no {root}"));
    match handed.files.keys().next() {
        Some(other) if handed.files.len() == 1 => {
            finding.help(format!("there is {other}; rename or move it to {root}"))
        }
        _ => finding.help(format!("put your program into {root}")),
    }
}

fn is_at(finding: &Finding, path: &str) -> bool {
    let place = finding.primary.as_ref().map(|label| &label.place);
    place.is_some_and(|place| place.file == path)
}

/// A root without a single word in it.
fn refuse_empty(handed: &mut Handed) {
    let Some(root) = &handed.root else { return };
    let blank = |text: &String| text.trim_start_matches('\u{feff}').trim().is_empty();
    if handed.files.get(root).is_some_and(blank) {
        let message = format!("{root} is empty");
        let finding = Finding::learner("source/empty", message)
            .at(Place::line(root.clone(), 1), "nothing here")
            .help("was the file saved before it was handed in?");
        handed.findings.push(finding);
        handed.root = None;
    }
}

/// A file's text; `None` if it is not there, a finding if it cannot be used.
fn text(folder: &Path, path: &str) -> Result<Option<String>, Box<Finding>> {
    let place = Place::line(path, 1);
    let refuse = |code: &str, message: String, help: &str| {
        let finding = Finding::learner(code, message).at(place.clone(), "this file");
        Err(Box::new(finding.help(help)))
    };
    match bounded::read(&folder.join(path), MAX_FILE, Links::Refuse) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(Box::new(not_utf8(path, error.as_bytes()))),
        },
        Err(Unreadable::Missing) => Ok(None),
        Err(Unreadable::NotRegular(kind)) => refuse(
            "source/not-a-file",
            format!("{path} is {kind}, not a regular file"),
            "hand in the file itself",
        ),
        Err(Unreadable::TooLarge) => refuse(
            "source/too-large",
            format!("{path} is larger than 1 MiB"),
            "hand in only source that you wrote; data does not belong into it",
        ),
        Err(Unreadable::Io(error)) => refuse(
            "source/unreadable",
            format!("{path} cannot be read: {error}"),
            "are its permissions right?",
        ),
    }
}

fn not_utf8(path: &str, bytes: &[u8]) -> Finding {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let before = String::from_utf8_lossy(&bytes[..valid]);
    let lines = before.matches('\n').count();
    let line = u32::try_from(lines + 1).unwrap_or(u32::MAX);
    let (message, label) = if utf16 {
        (
            format!("{path} is UTF-16 text, not UTF-8"),
            "from the start".to_owned(),
        )
    } else {
        let byte = bytes.get(valid).copied().unwrap_or_default();
        (
            format!("{path} is not UTF-8 text"),
            format!("byte 0x{byte:02x} here is not UTF-8"),
        )
    };
    Finding::learner("source/not-utf8", message)
        .at(Place::line(path, line), label)
        .help("save it with the encoding UTF-8; every editor has a setting for it")
}

#[cfg(test)]
mod tests;
