//! What lies in a course's folders and belongs to nothing: backups of editors, `target/`, a file that its author forgot to list.

use std::collections::BTreeSet;

use super::files::{Entry as Name, Files};
use super::{Course, Entry, seal};

/// Files that tools for versions need, and nobody reads.
const HIDDEN: [&str; 3] = [".gitkeep", ".gitignore", ".gitattributes"];

/// Most that is told of one exercise.
const MOST: usize = 50;

/// Something that nothing names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// Its path, relative to the course; a folder ends with `/`.
    pub path: String,
    /// Why it is one, and what to do about it.
    pub help: &'static str,
}

impl Course {
    /// Whether there is a file (`false`: a folder) at a path of the course; `None` if there is nothing.
    pub fn is_file(&self, path: &str) -> Option<bool> {
        self.files.is_file(path)
    }

    /// The text of a file of the course, if it is one that can be read.
    pub fn text_of(&self, path: &str) -> Option<String> {
        let bytes = self.files.read(path).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The bytes of a file of the course, if it is one that can be read.
    pub fn bytes_of(&self, path: &str) -> Option<Vec<u8>> {
        self.files.read(path).ok()
    }

    /// Whether students get what is at a path of the course: all of an exercise's folder but its harness, and nothing that lies
    /// elsewhere.
    pub fn is_given(&self, path: &str) -> bool {
        let harness = self.exercises.iter().filter_map(|e| e.harness.as_ref());
        let mut programs = harness.map(|harness| &harness.program.path);
        let inside = path.starts_with("exercises/") || path == "course.toml";
        inside && !programs.any(|program| program == path)
    }

    /// What lies in the folders of an exercise and is no part of it. `linked` are paths that its lesson links to.
    pub fn strays(&self, entry: &Entry, linked: &[String]) -> Vec<Stray> {
        let (id, exercise) = (&entry.id, &entry.exercise);
        let mut named: BTreeSet<String> = linked.iter().cloned().collect();
        for file in ["exercise.toml", &exercise.lesson] {
            named.insert(format!("exercises/{id}/{file}"));
        }
        for file in &exercise.source.files {
            named.insert(format!("exercises/{id}/{file}"));
            named.insert(format!("solutions/{id}/{file}"));
        }
        if let Some(harness) = &entry.harness {
            let program = &harness.program.path;
            named.extend([program.clone(), format!("{program}{}", seal::EXTENSION)]);
            named.extend(harness.given.iter().map(|given| given.path.clone()));
        }
        named.extend(entry.right.iter().map(|file| file.path.clone()));
        named.extend(entry.wrong.iter().map(|file| file.path.clone()));
        named.extend(entry.figures.iter().map(|file| file.path.clone()));
        let mut found = Vec::new();
        for folder in ["exercises", "solutions", "tests/right", "tests/wrong"] {
            walk(&self.files, &format!("{folder}/{id}"), &named, &mut found);
        }
        found.truncate(MOST);
        found
    }

    /// What lies beside the exercises' folders and is neither one of them nor a file of the course's own.
    pub fn stray_folders(&self) -> Vec<Stray> {
        let listed = "`exercises` in course.toml does not list it: list it, or remove the folder";
        let no_spec = "it has no exercise.toml: write one, or remove the folder";
        let programs: BTreeSet<String> = self.programs.values().map(|f| f.path.clone()).collect();
        let mut found = Vec::new();
        for (folder, files) in [
            (
                "exercises",
                &["README.md", "answers.toml", "checklist.toml"][..],
            ),
            ("solutions", &["README.md", "answers.toml"]),
            ("tests/right", &["README.md"]),
            ("tests/wrong", &["README.md"]),
        ] {
            for name in self.files.entries(folder) {
                let known = self.exercise(&name.name).is_some();
                let path = format!("{folder}/{}", name.name);
                let inside = format!("{path}/");
                if name.is_folder && programs.iter().any(|path| path.starts_with(&inside)) {
                    // Programs of the checklist's predictions, in a folder of their own.
                    if !known {
                        walk(&self.files, &path, &programs, &mut found);
                    }
                    continue;
                }
                let fine = if name.is_folder {
                    known
                } else {
                    files.contains(&name.name.as_str())
                        || HIDDEN.contains(&name.name.as_str())
                        || programs.contains(&path)
                };
                if !fine {
                    let help = match (name.is_folder, &self.outline) {
                        (true, Some(_)) => listed,
                        (true, None) => no_spec,
                        (false, _) => help_for(&name.name),
                    };
                    found.push(stray(folder, &name, help));
                }
            }
        }
        found.truncate(MOST);
        found
    }
}

fn stray(folder: &str, name: &Name, help: &'static str) -> Stray {
    let end = if name.is_folder { "/" } else { "" };
    Stray {
        path: format!("{folder}/{}{end}", name.name),
        help,
    }
}

/// Goes down only where something is named: what lies below a stray folder is told by its name alone.
fn walk(files: &Files, folder: &str, named: &BTreeSet<String>, found: &mut Vec<Stray>) {
    for name in files.entries(folder) {
        let path = format!("{folder}/{}", name.name);
        if name.is_folder {
            let inside = format!("{path}/");
            if named.iter().any(|named| named.starts_with(&inside)) {
                walk(files, &path, named, found);
                continue;
            }
        } else if named.contains(&path) || HIDDEN.contains(&name.name.as_str()) {
            continue;
        }
        found.push(stray(folder, &name, help_for(&name.name)));
    }
}

fn help_for(name: &str) -> &'static str {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&["~", ".swp", ".swo", ".orig", ".rej", ".bak", ".tmp"])
        || name.starts_with('#')
        || name.starts_with(".#")
    {
        "an editor or a tool has left it: remove it"
    } else if name == "target" || name == "Cargo.lock" || name == "Cargo.toml" {
        "exercises are no Cargo packages: remove it"
    } else if ends(&[".rs"]) {
        "list it in `source.files`, or remove it"
    } else {
        "link to it in the lesson, or remove it"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "format_version = 1\ntitle = \"t\"\n[source]\nfiles = [\"main.rs\", \"parts/one.rs\"]\n\
                        [[case]]\nname = \"one\"\n[[case.check]]\nname = \"ends\"\noutcome = { exit_code = 0 }\n";

    #[test]
    fn what_nothing_names_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let outline = "format_version = 1\ntitle = \"t\"\nexercises = [\"a\"]\n";
        for (path, text) in [
            ("course.toml", outline),
            ("exercises/a/exercise.toml", SPEC),
            ("exercises/a/main.rs", ""),
            ("exercises/a/main.rs~", ""),
            ("exercises/a/.main.rs.swp", ""),
            ("exercises/a/.gitkeep", ""),
            ("exercises/a/parts/one.rs", ""),
            ("exercises/a/parts/two.rs", ""),
            ("exercises/a/README.md", "# a"),
            ("exercises/a/curve.svg", ""),
            ("exercises/a/other.svg", ""),
            ("exercises/a/target/debug/a", ""),
            ("exercises/draft/exercise.toml", SPEC),
            ("exercises/answers.toml", ""),
            ("exercises/notes.txt", ""),
            ("solutions/a/main.rs", ""),
            ("solutions/a/Cargo.lock", ""),
            ("solutions/old/main.rs", ""),
            ("tests/wrong/README.md", ""),
            ("tests/wrong/a/one.rs", ""),
            ("tests/wrong/a/two.txt", ""),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let course = Course::open(folder.path()).unwrap();
        let paths = |strays: Vec<Stray>| -> Vec<String> {
            strays.into_iter().map(|stray| stray.path).collect()
        };
        let linked = ["exercises/a/curve.svg".to_owned()];
        assert_eq!(
            paths(course.strays(&course.exercises[0], &linked)),
            [
                "exercises/a/.main.rs.swp",
                "exercises/a/main.rs~",
                "exercises/a/other.svg",
                "exercises/a/parts/two.rs",
                "exercises/a/target/",
                "solutions/a/Cargo.lock",
                "tests/wrong/a/two.txt",
            ]
        );
        assert_eq!(
            paths(course.stray_folders()),
            ["exercises/draft/", "exercises/notes.txt", "solutions/old/"]
        );
        assert_eq!(course.is_file("exercises/a"), Some(false));
        assert_eq!(course.is_file("exercises/a/main.rs"), Some(true));
        assert_eq!(course.is_file("exercises/b"), None);
    }

    #[test]
    fn the_built_in_course_has_no_strays() {
        let course = Course::embedded().unwrap();
        for entry in &course.exercises {
            assert_eq!(course.strays(entry, &[]), []);
        }
        assert_eq!(course.stray_folders(), []);
        assert_eq!(course.is_file("exercises"), Some(false));
        assert_eq!(course.is_file("course.toml"), Some(true));
        assert_eq!(course.is_file("nowhere"), None);
    }
}
