//! Paths in archives: which are taken, and under which names.

/// Longest name of a file or folder, in bytes.
const MAX_NAME: usize = 200;
/// Longest path, in bytes.
const MAX_PATH: usize = 1000;
/// Deepest nesting of folders.
const MAX_DEPTH: usize = 20;

/// What is to be done with an entry of this name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is written there.
    At(Vec<String>),
    /// What systems and tools leave behind: it is passed over without a word.
    Silent,
    /// It is left out, for this reason.
    Refused(&'static str),
}

/// What systems put beside people's files, and hidden files.
pub(in crate::class) fn is_silent(name: &str) -> bool {
    name.starts_with('.')
        || ["__MACOSX", "Thumbs.db", "desktop.ini"]
            .iter()
            .any(|silent| name.eq_ignore_ascii_case(silent))
}

/// Names that Windows takes for devices.
pub(in crate::class) fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// Where an entry goes. What Cargo builds (`target`) is not a hand-in's; at the top it may be somebody's name.
pub(super) fn place(path: &str, is_folder: bool) -> Place {
    if path.len() > MAX_PATH {
        return Place::Refused("its path is too long");
    }
    // Some tools on Windows write backslashes.
    let path = path.replace('\\', "/");
    if path.starts_with('/') {
        return Place::Refused("its path is absolute");
    }
    let mut parts = Vec::new();
    let mut silent = false;
    let names: Vec<&str> = path.split('/').collect();
    for (index, name) in names.iter().enumerate() {
        if *name == "." || name.is_empty() {
            continue;
        }
        if *name == ".." {
            return Place::Refused("its path leads out of the archive");
        }
        if name.as_bytes().get(1) == Some(&b':') && index == 0 {
            return Place::Refused("its path begins with a drive");
        }
        if name.contains(|c: char| c.is_control() || c == ':') {
            return Place::Refused("its name holds characters that no path may hold");
        }
        let is_last = names[index + 1..].iter().all(|name| name.is_empty());
        silent = silent || is_silent(name) || (*name == "target" && (is_folder || !is_last));
        // Some systems drop them, and would write into another file.
        let name = name.trim_end_matches(['.', ' ']);
        if name.is_empty() || is_reserved(name) {
            return Place::Refused("its name means something else on some systems");
        }
        if name.len() > MAX_NAME {
            return Place::Refused("its name is too long");
        }
        parts.push(name.to_owned());
    }
    if silent {
        Place::Silent
    } else if parts.len() > MAX_DEPTH {
        Place::Refused("it lies deeper than 20 folders")
    } else {
        Place::At(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_within() {
        let at = |path: &str| match place(path, false) {
            Place::At(parts) => parts.join("/"),
            Place::Silent => "silent".to_owned(),
            Place::Refused(why) => why.to_owned(),
        };
        for (path, expected) in [
            ("a/b.rs", "a/b.rs"),
            ("./a//b.rs", "a/b.rs"),
            ("a\\b.rs", "a/b.rs"),
            ("my work /a.rs", "my work/a.rs"),
            ("../a.rs", "its path leads out of the archive"),
            ("a/..\\..\\b.rs", "its path leads out of the archive"),
            ("/etc/passwd", "its path is absolute"),
            ("\\\\host\\a", "its path is absolute"),
            ("C:\\a.rs", "its path begins with a drive"),
            ("c:a.rs", "its path begins with a drive"),
            (
                "a/b:c.rs",
                "its name holds characters that no path may hold",
            ),
            ("a\0.rs", "its name holds characters that no path may hold"),
            ("a/NUL.rs", "its name means something else on some systems"),
            ("a/...", "its name means something else on some systems"),
            ("__MACOSX/a/._b.rs", "silent"),
            ("a/.git/config", "silent"),
            ("a/target/debug/x.rs", "silent"),
            ("a/target", "a/target"),
            ("com10.rs", "com10.rs"),
            ("", ""),
        ] {
            assert_eq!(at(path), expected, "{path}");
        }
        assert_eq!(at(&"x".repeat(300)), "its name is too long");
        assert_eq!(at(&"x/".repeat(25)), "it lies deeper than 20 folders");
        assert_eq!(at(&"x/".repeat(2500)), "its path is too long");
        assert_eq!(place("a/target/", true), Place::Silent);
    }
}
