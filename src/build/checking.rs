//! Building a program so that its use of memory can be checked: with a global allocator that passes on every layout.

use std::ffi::OsString;
use std::fs;

use proc_macro2::{TokenStream, TokenTree};

use super::profile::CompilerCommand;
use super::staging::{Staging, Tool};
use super::{BuildLimits, Request, Toolchain};
use crate::error::Error;
use crate::sandbox::{self, End, LimitHit, NoWatcher};

const CRATE: &str = "memgrade_allocator";
/// Its source, seen from the staging folder.
pub(super) const ALLOCATOR: &str = "tmp/allocator.rs";
/// What it is compiled to, seen from there.
pub(super) const LIBRARY: &str = "tmp/libmemgrade_allocator.rlib";
/// The allocator; part of the cache's key.
pub(super) const SOURCE: &str = crate::probe::CHECKED_ALLOCATOR;

/// Whether a program brings an allocator of its own; a crate can have one only.
pub(super) fn has_own_allocator(request: &Request) -> bool {
    let harness = request.harness.iter().flat_map(|harness| {
        let files = [Some(&harness.program), harness.given.as_ref()];
        files.into_iter().flatten().map(|file| file.text.as_bytes())
    });
    request
        .files
        .values()
        .map(Vec::as_slice)
        .chain(harness)
        .any(|bytes| {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            // Reading tokens costs more than looking for the word.
            text.contains("global_allocator") && text.parse().is_ok_and(names_it)
        })
}

fn names_it(tokens: TokenStream) -> bool {
    let mut work = vec![tokens];
    while let Some(stream) = work.pop() {
        for token in stream {
            match token {
                TokenTree::Ident(name) if name == "global_allocator" => return true,
                TokenTree::Group(group) => work.push(group.stream()),
                _ => {}
            }
        }
    }
    false
}

/// Builds the allocator into the staging folder.
pub(super) fn build_allocator(
    toolchain: &Toolchain,
    command: &CompilerCommand,
    staging: &Staging,
    limits: &BuildLimits,
) -> Result<(), Error> {
    let source = staging.path().join(ALLOCATOR);
    fs::write(&source, SOURCE).map_err(|error| Error::file("write", &source, error))?;
    let args = [
        "--crate-type=rlib",
        "--edition=2024",
        "--crate-name=memgrade_allocator",
        // The probe walks through it; without debug information its lines are nobody's.
        "-Cforce-frame-pointers=yes",
        "-Cpanic=unwind",
        "-Copt-level=1",
        "-o",
        "../tmp/libmemgrade_allocator.rlib",
        "../tmp/allocator.rs",
    ];
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let run = sandbox::contained(|level| {
        let tool = Tool {
            executable: toolchain.rustc().to_owned(),
            args: args.clone(),
            env: command.env.clone(),
            stdin: Vec::new(),
            output: Some(LIBRARY.to_owned()),
        };
        let program = staging.program_of(level, toolchain, tool, limits);
        sandbox::run(&program, &mut NoWatcher)
    })?;
    if run.limit == Some(LimitHit::Interrupted) {
        return Err(Error::Interrupted);
    }
    if run.end != End::Exited(0) {
        let said = String::from_utf8_lossy(&run.stderr.kept);
        let line = said.lines().next().unwrap_or("nothing");
        return Err(Error::machine(
            format!("the allocator that checks memory cannot be built: the compiler said `{line}`"),
            "use a newer Rust (1.85 or later), for example with `rustup update stable`",
        ));
    }
    Ok(())
}

/// Brings the allocator into a program by a line after its last, so that no line changes its number. A comment or a string that is
/// still open there does not compile either way.
pub(super) fn with_allocator(root: &[u8]) -> Vec<u8> {
    let mut text = root.to_vec();
    text.extend_from_slice(format!("\nextern crate {CRATE} as _;\n").as_bytes());
    text
}

/// The arguments that let a program find the allocator.
pub(super) fn arguments() -> [OsString; 2] {
    [
        "--extern".into(),
        format!("{CRATE}=../tmp/lib{CRATE}.rlib").into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::names_it;

    #[test]
    fn an_allocator_of_its_own_is_found_wherever_it_is_named() {
        let named = |text: &str| names_it(text.parse().unwrap());
        assert!(named("#[global_allocator] static A: System = System;"));
        assert!(named(
            "mod a { #[cfg_attr(all(), global_allocator)] static A: B = B; }"
        ));
        assert!(!named(
            "fn main() { println!(\"global_allocator\"); } // global_allocator"
        ));
    }
}
