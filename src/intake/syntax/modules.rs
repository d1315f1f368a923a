//! The files of a program: from the crate's root along its `mod` declarations.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, ExprLit, Item, Lit, Meta};

use super::conditions::is_off;
use super::{Spot, nesting};
use crate::diagnostic::Finding;

/// A file that was parsed.
pub(super) struct Parsed {
    pub(super) path: String,
    /// The module that it is, from the crate's root.
    pub(super) module: Vec<String>,
    pub(super) tree: syn::File,
    /// Whether the program brings it with `mod`. A file that it does not may still come in through a macro.
    pub(super) reached: bool,
}

/// A program's files.
pub(super) struct Program {
    pub(super) files: Vec<Parsed>,
    /// Each file that could be read as tokens, parsed or not.
    pub(super) tokens: Vec<(String, TokenStream)>,
    /// Findings about files that nest too deep to be looked at.
    pub(super) too_deep: Vec<Finding>,
    /// Whether all files that the program needs were parsed.
    pub(super) is_whole: bool,
}

impl Program {
    /// Follows `mod` from `root`.
    pub(super) fn read(sources: &BTreeMap<String, String>, root: &str) -> Self {
        let mut program = Self {
            files: Vec::new(),
            tokens: Vec::new(),
            too_deep: Vec::new(),
            is_whole: true,
        };
        let mut todo = vec![(root.to_owned(), Vec::new(), folder_of(root).to_owned())];
        let mut seen = BTreeSet::new();
        let mut hidden = false;
        while let Some((path, module, children)) = todo.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let Some(text) = sources.get(&path) else {
                program.is_whole = false;
                continue;
            };
            let Some(tree) = program.parse(&path, text) else {
                program.is_whole = false;
                continue;
            };
            let mut declared = 0;
            let here = Here {
                sources,
                file: &path,
                inline: false,
            };
            submodules(
                &tree.items,
                &module,
                &children,
                here,
                &mut declared,
                &mut todo,
            );
            let tokens = program.tokens.last().map(|(_, tokens)| tokens.clone());
            hidden |= declarations(tokens.unwrap_or_default()) > declared;
            program.files.push(Parsed {
                path,
                module,
                tree,
                reached: true,
            });
        }
        if hidden {
            program.read_the_others(sources, &seen);
        }
        program
    }

    /// A macro may bring any file: what must not be used, must not be used in any of them.
    fn read_the_others(&mut self, sources: &BTreeMap<String, String>, seen: &BTreeSet<String>) {
        for (path, text) in sources.iter().filter(|(path, _)| !seen.contains(*path)) {
            if let Some(tree) = self.parse(path, text) {
                self.files.push(Parsed {
                    path: path.clone(),
                    module: vec![path.clone()],
                    tree,
                    reached: false,
                });
            }
        }
    }

    fn parse(&mut self, path: &str, text: &str) -> Option<syn::File> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // A `#!` line is not Rust; its line break stays, so that lines keep their numbers.
        let is_script = text.starts_with("#!") && !text[2..].trim_start().starts_with('[');
        let text = if is_script {
            text.find('\n').map_or("", |end| &text[end..])
        } else {
            text
        };
        let tokens: TokenStream = text.parse().ok()?;
        if let Some(span) = nesting::too_deep(tokens.clone()) {
            let finding = Finding::learner(
                "source/too-deep",
                format!("{path} nests too deep for its rules to be looked up"),
            );
            self.too_deep.push(
                finding
                    .at(Spot::of(path, span).place(), "too deep here")
                    .help("split the expression into several statements"),
            );
            return None;
        }
        self.tokens.push((path.to_owned(), tokens.clone()));
        syn::parse2(tokens).ok()
    }
}

/// Where a `mod` declaration stands.
#[derive(Clone, Copy)]
struct Here<'a> {
    sources: &'a BTreeMap<String, String>,
    file: &'a str,
    /// Within `mod name { … }`.
    inline: bool,
}

/// Adds the files of `mod name;` declarations: path, module, folder of its own submodules.
fn submodules(
    items: &[Item],
    module: &[String],
    folder: &str,
    here: Here<'_>,
    declared: &mut usize,
    todo: &mut Vec<(String, Vec<String>, String)>,
) {
    for item in items {
        let Item::Mod(item) = item else { continue };
        let name = syn::ext::IdentExt::unraw(&item.ident).to_string();
        let mut path = module.to_vec();
        path.push(name.clone());
        if let Some((_, items)) = &item.content {
            let folder = join(folder, &name);
            let here = Here {
                inline: true,
                ..here
            };
            submodules(items, &path, &folder, here, declared, todo);
            continue;
        }
        *declared += 1;
        if is_off(&item.attrs) {
            continue;
        }
        let given = item
            .attrs
            .iter()
            .find_map(|attribute| match &attribute.meta {
                Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            });
        if let Some(given) = given {
            let from = if here.inline {
                folder
            } else {
                folder_of(here.file)
            };
            let file = join(from, &given);
            let children = folder_of(&file).to_owned();
            todo.push((file, path, children));
        } else {
            let children = join(folder, &name);
            let own = format!("{children}.rs");
            let file = if here.sources.contains_key(&own) {
                own
            } else {
                join(&children, "mod.rs")
            };
            todo.push((file, path, children));
        }
    }
}

/// How often `mod name ;` stands in the tokens, at any depth.
fn declarations(tokens: TokenStream) -> usize {
    let mut count = 0;
    let mut levels = vec![tokens.into_iter()];
    // Of the last two tokens: whether they were `mod` and `mod name`.
    let (mut after_mod, mut after_name) = (false, false);
    while let Some(level) = levels.last_mut() {
        let Some(token) = level.next() else {
            levels.pop();
            continue;
        };
        let was_name = std::mem::take(&mut after_name);
        let was_mod = std::mem::take(&mut after_mod);
        match token {
            TokenTree::Group(group) => levels.push(group.stream().into_iter()),
            // `include!` brings a file as well.
            TokenTree::Ident(ident) if ident == "include" => count += 1,
            // A macro's own `mod $name;` has a `$` in between.
            TokenTree::Ident(ident) if ident == "mod" => after_mod = true,
            TokenTree::Ident(_) => after_name = was_mod,
            TokenTree::Punct(punct) if punct.as_char() == '$' && was_mod => after_mod = true,
            TokenTree::Punct(punct) if punct.as_char() == ';' && was_name => count += 1,
            _ => {}
        }
    }
    count
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Joins two paths and takes out `.` and `..`.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
