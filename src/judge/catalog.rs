//! Every finding code with the text that `memgrade explain` prints.
//!
//! A new code needs an entry: a test reads the crate's source and names those that have none.

use std::fmt;

mod curves;
mod files;
mod heap;
mod lines;
mod machine;
mod memory;
mod outcomes;
mod proofs;
mod sources;
mod specs;

/// What there is to say about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code, such as `curve/grows`.
    pub code: &'static str,
    /// What it means, in a few words.
    pub title: &'static str,
    /// Why it matters and what to look at, in a few sentences. Never the solution.
    pub text: &'static str,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.\n\n{}", self.title, self.text)
    }
}

/// Shorthand for the tables.
const fn entry(code: &'static str, title: &'static str, text: &'static str) -> Entry {
    Entry { code, title, text }
}

/// All entries, family by family.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [
        outcomes::ENTRIES,
        lines::ENTRIES,
        heap::ENTRIES,
        curves::ENTRIES,
        sources::ENTRIES,
        specs::ENTRIES,
        files::ENTRIES,
        proofs::ENTRIES,
        machine::ENTRIES,
        memory::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// All codes, in the same order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    all().map(|entry| entry.code)
}

/// The entry of a code.
pub fn explain(code: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.code == code)
}

/// The code that looks most like what was typed.
pub fn nearest(code: &str) -> Option<&'static str> {
    let typed: String = code.chars().take(60).collect::<String>().to_lowercase();
    let tail = |code: &'static str| code.rsplit('/').next().unwrap_or(code);
    codes().min_by_key(|known| {
        let whole = strsim::damerau_levenshtein(known, &typed);
        // Without its family a code is typed as often as with it.
        whole.min(strsim::damerau_levenshtein(tail(known), &typed) + 1)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// Kinds of findings about TOML files, each as the codes that it becomes: the family comes from the file.
    fn codes_of_files() -> BTreeMap<String, String> {
        let kind = regex::Regex::new(r#"notebook\s*\.(?:finding|error)\(\s*"([a-z-]+)""#).unwrap();
        let own = regex::Regex::new(r#"self\s*\.(?:finding|error)\(\s*"([a-z-]+)""#).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/course");
        let mut files = Vec::new();
        rust_files(&root, &mut files);
        let mut found = BTreeMap::new();
        for file in files {
            let name = file.strip_prefix(&root).unwrap().display().to_string();
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let shared = name.ends_with("document.rs");
            let of_answers = name.starts_with("answers");
            for kind in kind.captures_iter(text).chain(own.captures_iter(text)) {
                if shared || of_answers {
                    found.insert(format!("answers/{}", &kind[1]), name.clone());
                }
                if !of_answers {
                    found.insert(format!("spec/{}", &kind[1]), name.clone());
                }
            }
        }
        assert!(found.len() > 30, "the pattern no longer fits: {found:?}");
        found
    }

    /// Codes in the crate's source outside of tests, each with a file that has it.
    fn codes_in_source() -> BTreeMap<String, String> {
        let families: BTreeSet<&str> = codes()
            .filter_map(|code| code.split_once('/'))
            .map(|(family, _)| family)
            .collect();
        let literal = regex::Regex::new(r#""([a-z]+)/([a-z0-9]+(?:-[a-z0-9]+)*)""#).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        rust_files(&root, &mut files);
        let mut found = BTreeMap::new();
        for file in files {
            let name = file.strip_prefix(&root).unwrap().display().to_string();
            let made_up = ["tests", "samples", "testing", "catalog"];
            if made_up.iter().any(|part| name.contains(part)) {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for literal in literal.captures_iter(text) {
                if families.contains(&literal[1]) {
                    found.insert(format!("{}/{}", &literal[1], &literal[2]), name.clone());
                }
            }
        }
        found
    }

    #[test]
    fn every_code_in_the_source_is_explained() {
        let missing: Vec<String> = codes_in_source()
            .into_iter()
            .chain(codes_of_files())
            .filter(|(code, _)| explain(code).is_none())
            .map(|(code, file)| format!("{code} (src/{file})"))
            .collect();
        assert!(
            missing.is_empty(),
            "these codes have no entry in src/judge/catalog/: {}. Add `entry(code, title, text)` to the file of its \
             family: the title in a few words, then three to eight plain sentences on why it matters and what to \
             look at, never the solution.",
            missing.join(", ")
        );
    }

    #[test]
    fn every_entry_is_used_by_the_source() {
        let mut used = codes_in_source();
        used.extend(codes_of_files());
        let idle: Vec<&str> = codes()
            .filter(|code| code.contains('/') && !used.contains_key(*code))
            .collect();
        assert!(
            idle.is_empty(),
            "no code makes these findings: {}",
            idle.join(", ")
        );
    }

    #[test]
    fn entries_are_unique_and_say_enough() {
        let unique: BTreeSet<&str> = codes().collect();
        assert_eq!(unique.len(), codes().count());
        for entry in all() {
            let sentences = entry.text.matches(['.', '?', '!']).count();
            assert!(
                (3..=16).contains(&sentences),
                "{}: {sentences} sentences",
                entry.code
            );
            assert!(entry.text.ends_with(['.', '?', '!']), "{}", entry.code);
            assert!(
                !entry.title.ends_with('.') && !entry.title.is_empty(),
                "{}",
                entry.code
            );
        }
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_code() {
        assert_eq!(nearest("curve/grow"), Some("curve/grows"));
        assert_eq!(nearest("never-freed"), Some("leak/never-freed"));
        assert_eq!(nearest("Limits"), Some("limits"));
        assert_eq!(explain("curve/grow"), None);
        assert_eq!(
            explain("curve/grows").map(|entry| entry.code),
            Some("curve/grows")
        );
    }
}
