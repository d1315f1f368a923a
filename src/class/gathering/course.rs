//! What names mean in a course.

use std::path::Path;

use super::{ANSWERS, Entry, Mapping, archive, bounded};
use crate::class::files::is_rust;
use crate::error::Error;

/// The exercises, and the names that stand for them.
#[derive(Debug, Clone, Copy)]
pub(in crate::class) struct Course<'a> {
    exercises: &'a [&'a str],
    map: &'a [Mapping],
}

impl<'a> Course<'a> {
    /// # Errors
    /// [`Error::Usage`] for a mapping to an exercise that is not there.
    pub(in crate::class) fn new(
        exercises: &'a [&'a str],
        map: &'a [Mapping],
    ) -> Result<Self, Error> {
        let course = Self { exercises, map };
        for mapping in map {
            let to = mapping.to();
            if to != ANSWERS && !exercises.contains(&to) {
                let near = crate::course::load::document::nearest(to, exercises.iter().copied());
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`memgrade list` names the exercises; `answers.toml` is possible too"
                        .to_owned(),
                };
                let message = format!("--map {}={to}: there is no exercise `{to}`", mapping.from());
                return Err(Error::usage(message, hint));
            }
        }
        Ok(course)
    }

    /// The exercise of a course with one exercise.
    pub(in crate::class) fn only(&self) -> Option<&'a str> {
        match self.exercises {
            [only] => Some(only),
            _ => None,
        }
    }

    fn exercise(&self, name: &str) -> Option<&'a str> {
        let found = self.exercises.iter().find(|exercise| **exercise == name);
        found.copied()
    }

    /// The mapping that speaks of a name.
    pub(in crate::class) fn mapping(&self, name: &str) -> Option<&'a Mapping> {
        self.map.iter().find(|mapping| mapping.matches(name))
    }

    /// The name under which intake looks for this; `None` when it is for no exercise, or an archive.
    pub(super) fn target(&self, entry: &Entry) -> Option<String> {
        if archive::stem(&entry.name).is_some() && !entry.is_folder() {
            return None;
        }
        let folder = entry.is_folder();
        if let Some(mapping) = self.mapping(&entry.name) {
            let to = mapping.to();
            return match (to == ANSWERS, folder) {
                (true, true) => None,
                (true, false) => Some(ANSWERS.to_owned()),
                (false, true) => Some(to.to_owned()),
                (false, false) => Some(format!("{to}.rs")),
            };
        }
        if entry.name == ANSWERS && !folder {
            return Some(ANSWERS.to_owned());
        }
        let stem = entry.name.strip_suffix(".rs").filter(|_| !folder);
        let named = match stem {
            Some(stem) => self.exercise(stem),
            // A link that bears an exercise's name is intake's to speak of.
            None if entry.is_file() => None,
            None => self.exercise(&entry.name),
        };
        named.map(|_| entry.name.clone())
    }

    /// Whether a name alone says that something is of the course: for telling a student's work from a class.
    pub(in crate::class) fn knows(&self, entry: &Entry) -> bool {
        self.target(entry).is_some()
    }

    /// The exercise that an archive is named after.
    pub(super) fn of_archive(&self, name: &str) -> Option<String> {
        let mapped = self.mapping(name).map(Mapping::to);
        let mapped = mapped.filter(|to| *to != ANSWERS);
        let named = archive::stem(name).and_then(|stem| self.exercise(stem));
        mapped.or(named).map(str::to_owned)
    }

    /// The exercise that a package is named after.
    pub(super) fn of_package(&self, manifest: &Path) -> Option<String> {
        let limit = crate::intake::MAX_FILE;
        let bytes = bounded::read(manifest, limit, bounded::Links::Refuse).ok()?;
        let manifest: toml::Table = std::str::from_utf8(&bytes).ok()?.parse().ok()?;
        let name = manifest.get("package")?.get("name")?.as_str()?;
        let same = |exercise: &&&str| exercise.replace('-', "_") == name.replace('-', "_");
        let found = self.exercises.iter().find(same)?;
        Some((*found).to_owned())
    }

    /// The exercise that an assignment's short name (`week-3-memory-leak`) speaks of: the longest, if there is just one.
    pub(in crate::class) fn of_slug(&self, slug: &str) -> Option<String> {
        if let Some(mapping) = self.mapping(slug) {
            return Some(mapping.to().to_owned()).filter(|to| to != ANSWERS);
        }
        let words = |name: &str| format!("-{}-", name.to_lowercase().replace(['_', ' '], "-"));
        let slug = words(slug);
        let mut within: Vec<&str> = self
            .exercises
            .iter()
            .copied()
            .filter(|exercise| slug.contains(&words(exercise)))
            .collect();
        within.sort_by_key(|exercise| std::cmp::Reverse(exercise.len()));
        match within.as_slice() {
            [only] => Some((*only).to_owned()),
            [first, second, ..] if words(first).contains(&words(second)) => {
                Some((*first).to_owned())
            }
            _ => None,
        }
    }

    /// Whether a file's content is needed.
    pub(in crate::class) fn wants(&self, name: &str) -> bool {
        let toml = Path::new(name)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        toml || is_rust(name) || archive::stem(name).is_some() || self.mapping(name).is_some()
    }

    /// Where an exercise's slug ends within a repository's name, in bytes.
    pub(in crate::class) fn slug_end(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase().replace('_', "-");
        let ends = self.exercises.iter().filter_map(|exercise| {
            let slug = format!("-{}-", exercise.to_lowercase().replace('_', "-"));
            let at = lower.find(&slug)?;
            Some((slug.len(), at + slug.len()))
        });
        let end = ends.max()?.1;
        (lower.len() == name.len() && name.is_char_boundary(end)).then_some(end)
    }
}
