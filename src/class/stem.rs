//! File names made from ids.

use std::collections::BTreeSet;

use super::archive::is_reserved;

/// Longest file name made from a student's, in characters; every system takes 255 bytes.
const STEM_CHARS: usize = 60;

/// A safe name that nobody else has: compared without case, as some file systems do.
pub(crate) fn free_stem(id: &str, taken: &mut BTreeSet<String>) -> String {
    let safe = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let mut stem: String = id
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .take(STEM_CHARS)
        .collect();
    // A leading dot hides the file, a trailing one or a space is dropped by some systems.
    let edges = |c: char| c == '.' || c == ' ';
    let base = match stem.trim_matches(edges) {
        "" => "student".to_owned(),
        base if is_reserved(base) => format!("_{base}"),
        base => base.to_owned(),
    };
    stem.clone_from(&base);
    let mut number = 2;
    while !taken.insert(stem.to_lowercase()) {
        stem = format!("{base}-{number}");
        number += 1;
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_names_become_safe_and_stay_apart() {
        let mut taken = BTreeSet::new();
        let stems: Vec<String> = [
            "Ann", "ann", "a/b", "a\\b", "a_b", "..", ". ", "=1+1\n", "Zoë 李", "con", "nul.txt",
        ]
        .iter()
        .map(|id| free_stem(id, &mut taken))
        .collect();
        assert_eq!(
            stems,
            [
                "Ann",
                "ann-2",
                "a_b",
                "a_b-2",
                "a_b-3",
                "student",
                "student-2",
                "_1_1_",
                "Zoë 李",
                "_con",
                "_nul.txt"
            ]
        );
        assert!(free_stem(&"x".repeat(5000), &mut taken).len() <= STEM_CHARS);
    }

    proptest! {
        #[test]
        fn stems_are_unique_and_safe(ids in proptest::collection::vec(".{0,70}", 0..40)) {
            let mut taken = BTreeSet::new();
            let mut seen = BTreeSet::new();
            for id in &ids {
                let stem = free_stem(id, &mut taken);
                prop_assert!(seen.insert(stem.to_lowercase()), "{stem} twice");
                prop_assert!(stem.len() <= 250 && !stem.is_empty());
                prop_assert!(!stem.contains(['/', '\\', ':', '\0', '\n']));
                prop_assert!(!stem.starts_with('.') && !stem.ends_with('.'));
            }
        }
    }
}
