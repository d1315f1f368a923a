//! Calls by which a program keeps a value from being dropped: `mem::forget`, `Box::leak`, `into_raw` and their like.
//!
//! The main function is [`deliberate`]. A call explains a lost block only if the block was allocated on behalf of the function
//! that the call stands in, so each comes with the lines of that function, and of the functions that call it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::modules::Program;
use super::names::Path;
use super::uses::{Kind, Used, Uses, item_is_off};
use super::{Spot, on_a_deep_stack};
use crate::diagnostic::Place;

/// Words of which a source must have one before it is parsed for this.
const WORDS: [&str; 5] = [
    "forget",
    "leak",
    "into_raw",
    "into_non_null",
    "ManuallyDrop",
];
/// Types and their functions that give a value away without dropping it. `mem` is a module; it is written like a type.
const CALLS: [(&str, &[&str]); 9] = [
    ("mem", &["forget"]),
    (
        "Box",
        &[
            "leak",
            "into_raw",
            "into_non_null",
            "into_raw_with_allocator",
        ],
    ),
    ("Vec", &["leak", "into_raw_parts"]),
    ("String", &["leak", "into_raw_parts"]),
    ("Rc", &["into_raw", "increment_strong_count"]),
    ("Arc", &["into_raw", "increment_strong_count"]),
    ("Weak", &["into_raw"]),
    ("CString", &["into_raw"]),
    ("ManuallyDrop", &["new"]),
];
/// Methods that do the same, called on a value.
const METHODS: [&str; 3] = ["leak", "into_raw", "into_raw_parts"];
/// Functions whose blocks have no owner that could be forgotten.
const RAW: [&str; 3] = ["alloc", "alloc_zeroed", "realloc"];
/// Most calls, functions around each of them, and callers of each of these that are looked at.
const MOST: usize = 16;
/// Most functions of a program.
const FUNCTIONS: usize = 5000;
/// Callers of callers, up to here.
const DEPTH: usize = 3;

/// A call that keeps a value from being dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliberate {
    /// What is called, as people write it: `mem::forget`, `Box::leak`.
    pub call: String,
    /// Where.
    pub place: Place,
    /// The function that it stands in, then functions that call that one.
    pub within: Vec<Lines>,
}

/// Lines of a file, both ends among them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// The file.
    pub file: String,
    /// First line.
    pub first: u32,
    /// Last line.
    pub last: u32,
}

impl Lines {
    /// Whether a line is among them.
    pub fn hold(&self, file: &str, line: u32) -> bool {
        self.file == file && (self.first..=self.last).contains(&line)
    }

    fn length(&self) -> u32 {
        self.last.saturating_sub(self.first)
    }
}

/// What a source does with values on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purpose {
    /// Calls that keep a value from being dropped, in the order of the source.
    pub calls: Vec<Deliberate>,
    /// Calls of `std::alloc`.
    pub raw: Vec<Place>,
}

/// Looks for calls that keep a value from being dropped. `files` are all of the program's by path, `root` is the crate's root.
///
/// What cannot be parsed has none: nothing rests on it but how a loss is explained.
pub fn deliberate(files: &BTreeMap<String, String>, root: &str) -> Purpose {
    let mentioned = |text: &String| WORDS.iter().any(|word| text.contains(word));
    if !files.values().any(mentioned) {
        return Purpose::default();
    }
    on_a_deep_stack(|| found(files, root)).unwrap_or_default()
}

fn found(files: &BTreeMap<String, String>, root: &str) -> Purpose {
    let program = Program::read(files, root);
    let uses = Uses::of(&program);
    let mut bodies = Bodies::default();
    for file in &program.files {
        bodies.file.clone_from(&file.path);
        bodies.visit_file(&file.tree);
    }
    let own = |name: &str| {
        let functions = uses
            .defined
            .iter()
            .filter(|item| item.kind == Kind::Function);
        functions
            .filter_map(|item| item.path.last())
            .any(|last| last == name)
    };
    let of_paths = uses.paths.iter().filter(|used| !used.imported);
    let mut calls: Vec<(String, &Spot)> = of_paths
        .clone()
        .filter_map(|used| Some((named(used)?, &used.spot)))
        .collect();
    // A method of the program's own by that name may be meant.
    let methods = uses
        .methods
        .iter()
        .filter(|(name, _)| METHODS.contains(&name.as_str()) && !own(name));
    for (name, spot) in methods {
        // `Box::leak(x)` is told as a path and, by its last segment, as a method.
        let within = |known: &Spot| {
            (&known.file, known.line) == (&spot.file, spot.line)
                && known.column <= spot.column
                && known.end.is_none_or(|end| spot.column < end)
        };
        if !calls.iter().any(|(_, known)| within(known)) {
            calls.push((name.clone(), spot));
        }
    }
    calls.sort_by_key(|(_, spot)| *spot);
    calls.dedup_by_key(|(_, spot)| *spot);
    let deliberate = calls.into_iter().take(MOST).map(|(call, spot)| Deliberate {
        call,
        place: spot.place(),
        within: bodies.around(spot, &uses),
    });
    let raw = of_paths.filter(|used| means(used, "alloc", &RAW).is_some());
    Purpose {
        calls: deliberate.collect(),
        raw: raw.map(|used| used.spot.place()).collect(),
    }
}

/// `mem::forget`, if that is what a path means.
fn named(used: &Used) -> Option<String> {
    CALLS.iter().find_map(|(owner, functions)| {
        let function = means(used, owner, functions)?;
        Some(format!("{owner}::{function}"))
    })
}

/// Which of the functions of a standard type or module a path means.
fn means<'f>(used: &Used, owner: &str, functions: &[&'f str]) -> Option<&'f str> {
    let is_std = |path: &Path| {
        let first = path.first().map(String::as_str);
        matches!(first, Some("std" | "core" | "alloc"))
    };
    let mut meanings = used.meanings.iter().filter(|path| is_std(path));
    meanings.find_map(|path| match path.as_slice() {
        [.., by, function] if by == owner => functions.iter().copied().find(|f| f == function),
        _ => None,
    })
}

/// The functions of a program and their lines.
#[derive(Default)]
struct Bodies {
    file: String,
    /// Where a function's name stands, and its lines.
    known: Vec<(Spot, Lines)>,
}

impl Bodies {
    fn add(&mut self, name: &syn::Ident, whole: proc_macro2::Span) {
        let line = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let lines = Lines {
            file: self.file.clone(),
            first: line(whole.start().line),
            last: line(whole.end().line),
        };
        if self.known.len() < FUNCTIONS {
            self.known.push((Spot::of(&self.file, name.span()), lines));
        }
    }

    /// The innermost function that a place is in.
    fn innermost(&self, spot: &Spot) -> Option<usize> {
        let line = u32::try_from(spot.line).unwrap_or(u32::MAX);
        let around = self.known.iter().enumerate();
        around
            .filter(|(_, (_, lines))| lines.hold(&spot.file, line))
            .min_by_key(|(_, (_, lines))| lines.length())
            .map(|(i, _)| i)
    }

    /// The lines of the function around a place, then those of its callers and their callers.
    fn around(&self, spot: &Spot, uses: &Uses) -> Vec<Lines> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pending: VecDeque<(usize, usize)> = self
            .innermost(spot)
            .map(|body| (body, 0))
            .into_iter()
            .collect();
        while let Some((body, depth)) = pending.pop_front() {
            let Some((name, lines)) = self.known.get(body) else {
                continue;
            };
            if !seen.insert(body) || found.len() >= MOST {
                continue;
            }
            found.push(lines.clone());
            if depth < DEPTH {
                let callers = callers(name, uses).take(MOST);
                let callers = callers.filter_map(|spot| self.innermost(spot));
                pending.extend(callers.map(|caller| (caller, depth + 1)));
            }
        }
        found
    }
}

/// Where the function with this name is called.
fn callers<'u>(name: &Spot, uses: &'u Uses) -> impl Iterator<Item = &'u Spot> {
    let function = uses
        .defined
        .iter()
        .find(|item| item.kind == Kind::Function && item.spot == *name);
    let path = function
        .map(|item| item.path.as_slice())
        .unwrap_or_default();
    let last = path.last();
    let by_path = uses
        .paths
        .iter()
        .filter(move |used| !path.is_empty() && used.meanings.iter().any(|meaning| meaning == path))
        .map(|used| &used.spot);
    let by_method = uses
        .methods
        .iter()
        .filter(move |(method, _)| path.len() > 2 && Some(method) == last)
        .map(|(_, spot)| spot);
    by_path.chain(by_method)
}

impl<'ast> Visit<'ast> for Bodies {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !item_is_off(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig.ident, item.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig.ident, item.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.add(&item.sig.ident, item.span());
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls as `line call first-last,first-last`.
    fn calls(source: &str) -> Vec<String> {
        let files = BTreeMap::from([("main.rs".to_owned(), source.to_owned())]);
        let found = deliberate(&files, "main.rs").calls;
        let lines = |lines: &Lines| format!("{}-{}", lines.first, lines.last);
        found
            .iter()
            .map(|call| {
                let within: Vec<String> = call.within.iter().map(lines).collect();
                format!("{} {} {}", call.place.line, call.call, within.join(","))
            })
            .collect()
    }

    #[test]
    fn every_way_is_found_under_any_name() {
        let rows = [
            ("fn main() { std::mem::forget(x); }", "mem::forget"),
            ("use std::mem; fn main() { mem::forget(x); }", "mem::forget"),
            (
                "use std::mem::forget as f; fn main() { f(x); }",
                "mem::forget",
            ),
            ("use core::mem::*; fn main() { forget(x); }", "mem::forget"),
            ("fn main() { let r = Box::leak(Box::new(1)); }", "Box::leak"),
            ("fn main() { let r = vec![1].leak(); }", "leak"),
            ("fn main() { let r = Vec::leak(v); }", "Vec::leak"),
            (
                "use std::rc::Rc; fn main() { Rc::into_raw(x); }",
                "Rc::into_raw",
            ),
            (
                "use std::sync::Arc as A; fn main() { A::into_raw(x); }",
                "Arc::into_raw",
            ),
            (
                "use std::mem::ManuallyDrop; fn main() { ManuallyDrop::new(x); }",
                "ManuallyDrop::new",
            ),
            (
                "fn main() { println!(\"{}\", String::from(\"a\").leak()); }",
                "leak",
            ),
            (
                "fn main() { x.into_iter().for_each(std::mem::forget); }",
                "mem::forget",
            ),
        ];
        for (source, call) in rows {
            assert_eq!(calls(source), [format!("1 {call} 1-1")], "{source}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_left_alone() {
        for source in [
            "fn forget(x: u8) {} fn main() { forget(1); }",
            "struct S; impl S { fn leak(&self) {} } fn main() { S.leak(); }",
            "use std::mem::forget; fn main() {}",
            "fn main() { println!(\"mem::forget\"); } // Box::leak(x)",
            "#[cfg(test)] mod tests { fn t() { std::mem::forget(1); } } fn main() {}",
            "fn main() { not rust leak",
        ] {
            assert_eq!(calls(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn a_call_has_its_function_and_the_callers() {
        let source = "\
use std::mem;
struct Cache;
impl Cache {
    fn put(&self, x: String) {
        mem::forget(x);
    }
}
fn fill(c: &Cache) {
    c.put(String::new());
}
fn other() {}
fn main() {
    fill(&Cache);
    other();
}
";
        assert_eq!(calls(source), ["5 mem::forget 4-6,8-10,12-15"]);
    }

    #[test]
    fn raw_allocations_are_told_apart() {
        let source = "use std::alloc::{alloc, Layout};\nfn main() { unsafe { alloc(l) }; std::mem::forget(1); }\n";
        let files = BTreeMap::from([("main.rs".to_owned(), source.to_owned())]);
        let found = deliberate(&files, "main.rs");
        assert_eq!(
            found.raw.iter().map(|place| place.line).collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(found.calls.len(), 1);
    }
}
