//! The one profile that every learner's program is built with, and the address of what it gives.

use std::ffi::OsString;

use super::{Optimization, Request, Toolchain};
use crate::course::spec::{Edition, UnsafePolicy};

/// The folder of the sources, seen from the staging folder; the compiler's working directory.
pub(super) const SOURCES: &str = "src";

/// Where the program is put, seen from [`SOURCES`].
pub(super) const OUTPUT: &str = if cfg!(windows) {
    "../out/program.exe"
} else {
    "../out/program"
};

/// Flags that are the same for every program, each with its reason. They are part of the cache's key.
const FLAGS: &[&str] = &[
    // A program, also where the source says `#![crate_type = "lib"]`.
    "--crate-type=bin",
    // Above 0, LLVM deletes allocations and folds loops: the program would not do what its source says.
    "-Copt-level=0",
    // Lines, columns and inlined calls with their full names. `line-tables-only` leaves out the crate and module of
    // inlined functions, and saves nothing that can be measured.
    "-Cdebuginfo=1",
    // Debug information in the program itself, where the meter looks for it (macOS would put it elsewhere).
    "-Csplit-debuginfo=off",
    // The probe walks stacks by frame pointers; std has them, the learner's code must too.
    "-Cforce-frame-pointers=yes",
    // A panic ends with its message and exit code 101, and can be caught.
    "-Cpanic=unwind",
    // What `cargo run` gives a learner: arithmetic that overflows panics, debug_assert! is checked.
    "-Coverflow-checks=on",
    "-Cdebug-assertions=on",
    // Symbols that name generic arguments and crates without loss.
    "-Csymbol-mangling-version=v0",
    // rustc's default for such builds, said here so that the bytes do not depend on it: 1 is slower for programs of
    // more than a screenful (264 against 226 ms), 4 is not measurably faster.
    "-Ccodegen-units=16",
    // Messages as JSON, with the compiler's own rendering in color; `messages` takes the colors out again.
    "--error-format=json",
    "--json=diagnostic-rendered-ansi",
    "--diagnostic-width=100",
];

/// What `cargo build --release` says otherwise than [`FLAGS`].
const RELEASE: &[&str] = &[
    "-Copt-level=3",
    "-Coverflow-checks=off",
    "-Cdebug-assertions=off",
];

/// What it says nothing about. rustc does not take it back when it is told later.
const NOT_RELEASE: &[&str] = &["-Cforce-frame-pointers=yes"];

/// The compiler's whole environment; nothing of ours is inherited, so neither the bytes nor `env!` depend on it.
/// PATH is added by [`command`]: rustc finds the linker with it.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("LANG", "C.UTF-8"),
    // A relative path, so that `env!("TMPDIR")` is the same in every staging folder.
    ("TMPDIR", "../tmp"),
    // Feature gates stay closed, also on a nightly compiler.
    ("RUSTC_BOOTSTRAP", "-1"),
    // No crash report is written beside the sources.
    ("RUSTC_ICE", "0"),
    ("RUST_BACKTRACE", "0"),
];

/// What rustc is called with, without what changes with the staging folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompilerCommand {
    /// Arguments.
    pub(super) args: Vec<OsString>,
    /// The whole environment.
    pub(super) env: Vec<(OsString, OsString)>,
}

/// The name of the learner's crate where a harness calls it.
pub(super) const LEARNERS_CRATE: &str = "submission";
/// The name of what an exercise gives to the learner's crate.
pub(super) const GIVEN_CRATE: &str = "given";
/// The folder of the libraries that are finished, seen from the staging folder.
pub(super) const LIBRARIES: &str = "lib";

/// The argument that lets a crate name another one, which is compiled already.
fn library(name: &str) -> [OsString; 2] {
    let path = format!("{name}=../{LIBRARIES}/lib{name}.rlib");
    ["--extern".into(), path.into()]
}

/// Flags of every crate of a request.
fn flags(request: &Request, kind: &str, name: &str) -> Vec<OsString> {
    let same = FLAGS
        .iter()
        .filter(|flag| !flag.starts_with("--crate-type"));
    let mut args: Vec<OsString> = vec![kind.into()];
    args.extend(same.map(OsString::from));
    args.push(format!("--edition={}", edition(request.edition)).into());
    args.push(format!("--crate-name={name}").into());
    args
}

/// Changes the arguments to those of a level of optimization.
pub(super) fn optimize(args: &mut Vec<OsString>, optimization: Optimization) {
    if optimization == Optimization::None {
        return;
    }
    let key = |flag: &str| flag.split_inclusive('=').next().map(str::to_owned);
    let replaced: Vec<String> = RELEASE.iter().filter_map(|flag| key(flag)).collect();
    args.retain(|arg| {
        let arg = arg.to_string_lossy();
        !NOT_RELEASE.contains(&&*arg) && !replaced.iter().any(|key| arg.starts_with(key.as_str()))
    });
    args.extend(RELEASE.iter().map(OsString::from));
}

/// The compiler's environment.
pub(super) fn environment(toolchain: &Toolchain) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> = ENVIRONMENT
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    env.push(("PATH".into(), toolchain.linker_path()));
    env
}

/// The command for the learner's crate: a program, or a library where a harness calls it.
pub(super) fn command(request: &Request, toolchain: &Toolchain) -> CompilerCommand {
    let mut args = flags(request, FLAGS[0], &request.crate_name());
    let mut output: OsString = OUTPUT.into();
    if let Some(harness) = &request.harness {
        args[0] = "--crate-type=rlib".into();
        output = format!("../out/lib{LEARNERS_CRATE}.rlib").into();
        if harness.given.is_some() {
            args.extend(library(GIVEN_CRATE));
        }
    }
    for lint in &request.allow_lints {
        args.extend(["-A".into(), lint.into()]);
    }
    if request.unsafe_code == UnsafePolicy::Forbid {
        // After the allowed lints. `forbid` cannot be lifted by an attribute in the source.
        args.extend(["-F".into(), "unsafe_code".into()]);
    }
    args.extend(["-o".into(), output, request.root.clone().into()]);
    CompilerCommand {
        args,
        env: environment(toolchain),
    }
}

/// A crate of the exercise's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthorsCrate {
    /// What learners get to use.
    Given,
    /// What the learner's crate must have.
    Interface,
    /// The program.
    Program,
}

impl AuthorsCrate {
    /// Its folder, seen from the staging folder.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Interface => "interface",
            Self::Program => "harness",
        }
    }

    /// Its only file, in that folder.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Given => "given.rs",
            Self::Interface => "interface.rs",
            Self::Program => "harness.rs",
        }
    }

    /// What it is compiled to, seen from the staging folder.
    pub(super) fn output(self) -> &'static str {
        match self {
            Self::Given => "out/libgiven.rlib",
            Self::Interface => "out/libinterface.rmeta",
            Self::Program if cfg!(windows) => "out/program.exe",
            Self::Program => "out/program",
        }
    }

    /// The command, without its file.
    pub(super) fn command(self, request: &Request, toolchain: &Toolchain) -> CompilerCommand {
        let has_given = request.harness.as_ref().is_some_and(|h| h.given.is_some());
        let (kind, name) = match self {
            Self::Given => ("--crate-type=rlib", GIVEN_CRATE),
            Self::Interface => ("--crate-type=lib", "interface"),
            Self::Program => ("--crate-type=bin", "memgrade_harness"),
        };
        let mut args = flags(request, kind, name);
        // What is only a warning is for nobody to see: learners never do, and authors have their own tools for it.
        args.push("--cap-lints=allow".into());
        if self == Self::Interface {
            args.push("--emit=metadata".into());
        }
        if self != Self::Given {
            args.extend(library(LEARNERS_CRATE));
            if has_given {
                args.extend(library(GIVEN_CRATE));
                // The learner's library needs it too, and what a library needs is looked for in folders.
                args.push(format!("-Ldependency=../{LIBRARIES}").into());
            }
        }
        args.extend(["-o".into(), format!("../{}", self.output()).into()]);
        CompilerCommand {
            args,
            env: environment(toolchain),
        }
    }
}

/// The content address of what a request gives: everything that the compiler reads, and the compiler.
pub(super) fn key(request: &Request, toolchain: &Toolchain, command: &CompilerCommand) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("memgrade 2026-11 build cache entry 3");
    let mut field = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    field(toolchain.identity().as_bytes());
    field(&(command.args.len() as u64).to_le_bytes());
    for arg in &command.args {
        field(arg.as_encoded_bytes());
    }
    for (name, value) in &command.env {
        field(name.as_encoded_bytes());
        field(value.as_encoded_bytes());
    }
    // The arguments say whether the program is built to be checked; with what, the allocator's source says.
    if request.memory_errors {
        field(super::checking::SOURCE.as_bytes());
    }
    for (path, bytes) in &request.files {
        field(path.as_bytes());
        field(bytes);
    }
    if let Some(harness) = &request.harness {
        let own = [
            AuthorsCrate::Given,
            AuthorsCrate::Interface,
            AuthorsCrate::Program,
        ];
        for arg in own
            .into_iter()
            .flat_map(|own| own.command(request, toolchain).args)
        {
            field(arg.as_encoded_bytes());
        }
        for file in [Some(&harness.program), harness.given.as_ref()] {
            field(file.map_or("", |file| &file.path).as_bytes());
            field(file.map_or("", |file| &file.text).as_bytes());
        }
        field(harness.interface.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A crate name from the root's path: an identifier in lower case that is not the name of one of Rust's own crates,
/// whose functions the meter tells apart by name.
pub(super) fn crate_name(root: &str) -> String {
    const TAKEN: [&str; 10] = [
        "alloc",
        "backtrace",
        "core",
        "gimli",
        "hashbrown",
        "libc",
        "proc_macro",
        "std",
        "test",
        "unwind",
    ];
    let file = root.rsplit('/').next().unwrap_or(root);
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let name: String = stem
        .chars()
        .take(64)
        .map(|c| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => c,
            _ => '_',
        })
        .collect();
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    if starts_well && !TAKEN.contains(&name.as_str()) {
        name
    } else {
        format!("program_{name}")
    }
}

pub(super) fn edition(edition: Edition) -> &'static str {
    match edition {
        Edition::E2018 => "2018",
        Edition::E2021 => "2021",
        Edition::E2024 => "2024",
    }
}

#[cfg(test)]
mod tests {
    use super::{FLAGS, Optimization, crate_name, optimize};

    #[test]
    fn a_release_build_has_each_flag_once() {
        let flags: Vec<std::ffi::OsString> = FLAGS.iter().map(Into::into).collect();
        let mut release = flags.clone();
        optimize(&mut release, Optimization::None);
        assert_eq!(release, flags);
        optimize(&mut release, Optimization::Release);
        let count = |key: &str| {
            let flags = release.iter().filter_map(|flag| flag.to_str());
            flags.filter(|flag| flag.starts_with(key)).count()
        };
        assert_eq!(count("-Copt-level="), 1);
        assert!(release.contains(&"-Copt-level=3".into()));
        assert_eq!(count("-Coverflow-checks="), 1);
        assert_eq!(count("-Cforce-frame-pointers"), 0);
        assert_eq!(count("-Cdebuginfo="), 1);
    }

    #[test]
    fn the_benchmark_compiles_with_the_same_flags() {
        let script = include_str!("../../bench/measuring.py");
        let flags = script.split("FLAGS = \"\"\"").nth(1).expect("its flags");
        let flags: Vec<&str> = flags
            .split("\"\"\"")
            .next()
            .expect("an end")
            .split_whitespace()
            .collect();
        let about_messages = |flag: &&str| flag.contains("json") || flag.contains("width");
        let ours: Vec<&str> = FLAGS
            .iter()
            .copied()
            .filter(|flag| !about_messages(flag))
            .collect();
        assert_eq!(flags, ours);
    }

    #[test]
    fn crate_names_are_identifiers_and_not_of_rusts_own_crates() {
        assert_eq!(crate_name("memory_leak/main.rs"), "main");
        assert_eq!(crate_name("memory-leak.rs"), "memory_leak");
        assert_eq!(crate_name("01_Hello.rs"), "program_01_hello");
        assert_eq!(crate_name("a/core.rs"), "program_core");
        assert_eq!(crate_name("größe.rs"), "gr__e");
        assert_eq!(crate_name(".rs"), "program_");
        assert_eq!(crate_name(&"x".repeat(300)).len(), 64);
    }
}
