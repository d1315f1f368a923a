//! Cargo packages, as far as they are taken: a single package without dependencies is its source files.

use toml::{Table, Value};

use crate::diagnostic::{Fault, Finding, Place, Severity};

/// What a manifest says that matters here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// The program's root, relative to the package.
    pub(super) root: String,
    /// Whether a file `build.rs` would be a build script.
    pub(super) build_script_possible: bool,
}

/// Something that Cargo can do and memgrade cannot (yet). It costs the learner nothing.
pub(super) fn not_supported(place: Place, what: &str) -> Finding {
    let message = format!("memgrade does not support {what} in a submission yet");
    Finding::new(
        "source/not-supported",
        Severity::Error,
        Fault::Machine,
        message,
    )
    .at(place, "not supported")
    .help("hand in a package of plain source files: no dependencies, no build script")
}

/// Reads a manifest; `file` is its path as findings name it.
pub(super) fn read(file: &str, text: &str) -> Result<Package, Vec<Finding>> {
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => {
            let error: toml::de::Error = error;
            let start = error.span().map_or(0, |span| span.start);
            let lines = text.get(..start).map_or(0, |t| t.matches('\n').count());
            let line = u32::try_from(lines + 1).unwrap_or(u32::MAX);
            let message = format!("{file} is not valid TOML: {}", error.message());
            let finding = Finding::learner("source/manifest", message);
            return Err(vec![finding.at(Place::line(file, line), "here")]);
        }
    };
    let mut findings = Vec::new();
    let place = |word: &str| {
        let header = |line: &str| line.trim_start().trim_start_matches('[').starts_with(word);
        let line = text.lines().position(header).map_or(1, |index| index + 1);
        Place::line(file, u32::try_from(line).unwrap_or(1))
    };
    for (key, what) in [
        ("dependencies", "dependencies"),
        ("dev-dependencies", "dependencies"),
        ("build-dependencies", "dependencies"),
        ("target", "dependencies of single platforms"),
        ("workspace", "workspaces"),
        ("patch", "patched dependencies"),
    ] {
        // An empty `[dependencies]` is what `cargo new` writes; an empty `[workspace]` says "not part of another".
        let used = manifest
            .get(key)
            .is_some_and(|v| v.as_table().is_none_or(|t| !t.is_empty()));
        if used {
            findings.push(not_supported(place(key), what));
        }
    }
    let package = manifest.get("package").and_then(Value::as_table);
    let Some(package) = package else {
        if findings.is_empty() {
            let message = format!("{file} describes no package");
            let finding = Finding::learner("source/manifest", message);
            findings.push(finding.at(place("package"), "no `[package]`"));
        }
        return Err(findings);
    };
    let build = package.get("build");
    if build.is_some_and(|b| b.as_bool() != Some(false)) {
        findings.push(not_supported(place("build"), "a build script"));
    }
    let programs = manifest.get("bin").and_then(Value::as_array);
    let programs = programs.map_or(&[][..], Vec::as_slice);
    if programs.len() > 1 {
        findings.push(not_supported(place("bin"), "several programs"));
    }
    let path = programs
        .first()
        .and_then(|bin| bin.get("path"))
        .and_then(Value::as_str);
    let root = path.unwrap_or("src/main.rs");
    if root != "src/main.rs" {
        findings.push(not_supported(
            place("path"),
            "a program that is not src/main.rs",
        ));
    }
    if findings.is_empty() {
        Ok(Package {
            root: root.to_owned(),
            build_script_possible: build.is_none(),
        })
    } else {
        Err(findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n";

    fn told(text: &str) -> Vec<(u32, Fault, String)> {
        let findings = read("a/Cargo.toml", text).unwrap_err();
        let row = |f: Finding| (f.primary.unwrap().place.line, f.fault, f.message);
        findings.into_iter().map(row).collect()
    }

    #[test]
    fn what_cargo_new_writes_is_taken() {
        let package = read("Cargo.toml", PLAIN).unwrap();
        assert_eq!(package.root, "src/main.rs");
        assert!(package.build_script_possible);
    }

    #[test]
    fn what_is_not_supported_is_said_and_costs_nothing() {
        let text = format!("{PLAIN}rand = \"0.9\"\n\n[[bin]]\nname = \"x\"\npath = \"../x.rs\"\n");
        assert_eq!(
            told(&text),
            [
                (
                    6,
                    Fault::Machine,
                    "memgrade does not support dependencies in a submission yet".to_owned()
                ),
                (
                    11,
                    Fault::Machine,
                    "memgrade does not support a program that is not src/main.rs in a submission yet"
                        .to_owned()
                ),
            ]
        );
        assert_eq!(told("[package]\nname = \"a\"\nbuild = \"b.rs\"\n")[0].0, 3);
        assert_eq!(told("[workspace]\nmembers = [\"a\"]\n").len(), 1);
    }

    #[test]
    fn a_broken_manifest_is_the_learners() {
        assert_eq!(told("[package]\nname = \n")[0].0, 2);
        assert_eq!(told("[package]\nname = \n")[0].1, Fault::Learner);
        assert_eq!(told("")[0].2, "a/Cargo.toml describes no package");
    }
}
