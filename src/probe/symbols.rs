//! From return addresses to lines of the learner's code.

use std::collections::BTreeMap;
use std::path::Path;

use super::code::{CodeMap, is_learner_path};
use crate::observe::SourceLine;

/// Lines and names of one executable, wherever it is loaded. Answers are remembered: many stacks share frames, and many runs stacks.
pub struct DebugInfo {
    loader: Option<addr2line::Loader>,
    /// By addresses relative to the executable's load address.
    known: BTreeMap<u64, Vec<SourceLine>>,
}

impl DebugInfo {
    /// Opens what `executable` has. One without symbols has no lines.
    pub fn open(executable: &Path) -> Self {
        Self {
            loader: addr2line::Loader::new(executable).ok(),
            known: BTreeMap::new(),
        }
    }
}

/// Symbols of one run of an executable.
pub struct Symbols<'a> {
    debug: &'a mut DebugInfo,
    code: &'a CodeMap,
    base: u64,
}

impl<'a> Symbols<'a> {
    /// Of an executable that was loaded at `base`.
    pub fn new(debug: &'a mut DebugInfo, code: &'a CodeMap, base: u64) -> Self {
        Self { debug, code, base }
    }

    /// The learner's lines at a return address, innermost first (several where functions were inlined); empty for code
    /// that is not the learner's.
    pub fn lines(&mut self, return_address: u64) -> Vec<SourceLine> {
        // The call is what matters, not the instruction after it.
        self.lines_at(return_address.wrapping_sub(1))
    }

    /// As [`Self::lines`], for an address that is itself the one meant, such as that of a fault.
    pub fn lines_at(&mut self, address: u64) -> Vec<SourceLine> {
        let address = address.wrapping_sub(self.base);
        if !self.code.is_learner(address) {
            return Vec::new();
        }
        if let Some(lines) = self.debug.known.get(&address) {
            return lines.clone();
        }
        let mut lines = self.look_up(address);
        if lines.is_empty() {
            // The compiler's own instructions, such as the stack probes of a large frame, have no line: the function's has.
            let start = self
                .debug
                .loader
                .as_ref()
                .and_then(|loader| loader.find_symbol_info(address))
                .map(|symbol| symbol.address());
            lines = start.map(|start| self.look_up(start)).unwrap_or_default();
        }
        self.debug.known.insert(address, lines.clone());
        lines
    }

    fn look_up(&self, address: u64) -> Vec<SourceLine> {
        let mut lines = Vec::new();
        let Some(mut frames) = self
            .debug
            .loader
            .as_ref()
            .and_then(|loader| loader.find_frames(address).ok())
        else {
            return lines;
        };
        while let Ok(Some(frame)) = frames.next() {
            let Some(location) = frame.location else {
                continue;
            };
            let (Some(file), Some(line)) = (location.file, location.line) else {
                continue;
            };
            if !is_learner_path(file) || line == 0 {
                continue;
            }
            let function = frame
                .function
                .and_then(|f| f.demangle().ok().map(|name| short_name(&name)));
            lines.push(SourceLine {
                file: file.trim_start_matches("./").to_owned(),
                line,
                column: location.column.filter(|column| *column > 0),
                function,
            });
        }
        lines
    }

    /// The learner's lines of a whole stack, innermost first.
    pub fn path(&mut self, return_addresses: &[u64]) -> Vec<SourceLine> {
        // Of the learner's own global allocator every request comes: who called it is meant.
        let in_allocator = |address: &u64| {
            let call = address.wrapping_sub(1).wrapping_sub(self.base);
            self.code.is_allocator(call)
        };
        let inner = return_addresses.iter().rposition(in_allocator);
        return_addresses[inner.map_or(0, |last| last + 1)..]
            .iter()
            .flat_map(|address| self.lines(*address))
            .collect()
    }

    /// Name of the function at `address`, the learner's or not.
    pub fn function(&self, address: u64) -> Option<String> {
        let name = self
            .debug
            .loader
            .as_ref()?
            .find_symbol(address.wrapping_sub(self.base))?;
        Some(short_name(&format!("{:#}", rustc_demangle::demangle(name))))
    }
}

/// A demangled name as a learner would say it: without the crate's name, and without the trait of a method.
/// `main::Service::pay`, `<main::Service>::pay` and `<main::Service as main::Pay>::pay` become `Service::pay`. Names of std stay
/// as they are.
pub(crate) fn short_name(name: &str) -> String {
    let is_std = |path: &str| {
        ["std::", "core::", "alloc::"]
            .iter()
            .any(|own| path.starts_with(own))
    };
    let owner_and_method = name.strip_prefix('<').and_then(|rest| {
        let (owner, method) = rest.rsplit_once(">::")?;
        Some((
            owner.split_once(" as ").map_or(owner, |(owner, _)| owner),
            method,
        ))
    });
    match owner_and_method {
        Some((owner, method)) if !is_std(owner) && !method.contains('>') => {
            format!("{}::{method}", without_crate(owner))
        }
        Some(_) => name.to_owned(),
        None if is_std(name) => name.to_owned(),
        None => without_crate(name).to_owned(),
    }
}

/// A path without its first part, if that is the name of a crate.
fn without_crate(path: &str) -> &str {
    match path.split_once("::") {
        Some((first, rest)) if first.chars().all(|c| c.is_alphanumeric() || c == '_') => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn names_lose_the_crate() {
        assert_eq!(short_name("main::Service::pay"), "Service::pay");
        assert_eq!(short_name("<main::Service>::pay"), "Service::pay");
        assert_eq!(short_name("main::main::{closure#0}"), "main::{closure#0}");
        assert_eq!(short_name("std::thread::spawn"), "std::thread::spawn");
        assert_eq!(
            short_name("<main::A as core::clone::Clone>::clone"),
            "A::clone"
        );
        assert_eq!(
            short_name("<main::List<u8> as core::ops::drop::Drop>::drop"),
            "List<u8>::drop"
        );
        assert_eq!(
            short_name("<alloc::rc::Rc<main::A>>::new"),
            "<alloc::rc::Rc<main::A>>::new"
        );
        assert_eq!(short_name("main"), "main");
    }
}
