//! What a path means: `use` declarations, renames, globs, modules and the prelude followed to where a name comes from.
//!
//! The main type is [`Table`]. This is not the compiler's name resolution: where a name could mean several things, all
//! of them are given, so that a forbidden thing cannot hide behind another of its name.

use std::collections::BTreeMap;

use syn::ext::IdentExt;
use syn::{Item, Type, UseTree};

/// Segments of a path.
pub(super) type Path = Vec<String>;

/// Most steps from a name to its origin, and most meanings of one.
const MAX_STEPS: usize = 24;
const MAX_MEANINGS: usize = 64;

/// Most lookups for one path.
const MAX_LOOKUPS: usize = 500;

/// Names that need no `use`, as far as rules are about them, and where they come from.
const PRELUDE: [(&str, &[&str]); 15] = [
    ("Box", &["std", "boxed", "Box"]),
    ("Vec", &["std", "vec", "Vec"]),
    ("String", &["std", "string", "String"]),
    ("ToString", &["std", "string", "ToString"]),
    ("Option", &["std", "option", "Option"]),
    ("Result", &["std", "result", "Result"]),
    ("drop", &["std", "mem", "drop"]),
    ("Clone", &["std", "clone", "Clone"]),
    ("Drop", &["std", "ops", "Drop"]),
    ("Iterator", &["std", "iter", "Iterator"]),
    ("IntoIterator", &["std", "iter", "IntoIterator"]),
    ("Default", &["std", "default", "Default"]),
    ("From", &["std", "convert", "From"]),
    ("Into", &["std", "convert", "Into"]),
    ("ToOwned", &["std", "borrow", "ToOwned"]),
];

/// What a name stands for in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Binding {
    /// An item of this scope.
    Defined,
    /// Another path, by `use` or as a type's alias.
    Other(Path),
}

/// The names of one module or block.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    names: BTreeMap<String, Vec<Binding>>,
    globs: Vec<Path>,
}

impl Scope {
    /// The names that items bring.
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut scope = Self::default();
        for item in items {
            scope.item(item);
        }
        scope
    }

    fn item(&mut self, item: &Item) {
        let defined = match item {
            Item::Use(item) => {
                self.use_tree(&item.tree, &[]);
                return;
            }
            Item::ExternCrate(item) => {
                let name = item.ident.unraw().to_string();
                let own = item
                    .rename
                    .as_ref()
                    .map(|(_, rename)| rename.unraw().to_string());
                let own = own.unwrap_or_else(|| name.clone());
                if own != name {
                    self.add(own, Binding::Other(vec![name]));
                }
                return;
            }
            Item::Type(item) => {
                let binding = match plain_type(&item.ty) {
                    Some(path) => Binding::Other(path),
                    None => Binding::Defined,
                };
                self.add(item.ident.unraw().to_string(), binding);
                return;
            }
            Item::Fn(item) => &item.sig.ident,
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Const(item) => &item.ident,
            Item::Static(item) => &item.ident,
            Item::Mod(item) => &item.ident,
            _ => return,
        };
        self.add(defined.unraw().to_string(), Binding::Defined);
    }

    fn add(&mut self, name: String, binding: Binding) {
        self.names.entry(name).or_default().push(binding);
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &[String]) {
        match tree {
            UseTree::Path(path) => {
                let mut prefix = prefix.to_vec();
                prefix.push(path.ident.unraw().to_string());
                self.use_tree(&path.tree, &prefix);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, prefix);
                }
            }
            UseTree::Glob(_) => self.globs.push(prefix.to_vec()),
            UseTree::Name(name) => {
                let (own, path) = leaf(prefix, &name.ident.unraw().to_string());
                // `use std;` would stand for itself.
                if path != [own.as_str()] {
                    self.add(own, Binding::Other(path));
                }
            }
            UseTree::Rename(rename) => {
                let (_, path) = leaf(prefix, &rename.ident.unraw().to_string());
                self.add(rename.rename.unraw().to_string(), Binding::Other(path));
            }
        }
    }
}

/// The name and path of a leaf of a `use` tree; `self` is the prefix itself.
pub(super) fn leaf(prefix: &[String], name: &str) -> (String, Path) {
    let mut path = prefix.to_vec();
    if name != "self" {
        path.push(name.to_owned());
    } else if path.is_empty() {
        path.push("self".to_owned());
    }
    let own = path.last().cloned().unwrap_or_default();
    (own, path)
}

/// The path of a type that is nothing but a path.
pub(super) fn plain_type(ty: &Type) -> Option<Path> {
    match ty {
        Type::Path(path) if path.qself.is_none() => Some(segments(&path.path)),
        Type::Paren(inner) => plain_type(&inner.elem),
        Type::Group(inner) => plain_type(&inner.elem),
        _ => None,
    }
}

/// The names of a path's segments.
pub(super) fn segments(path: &syn::Path) -> Path {
    let name = |segment: &syn::PathSegment| segment.ident.unraw().to_string();
    path.segments.iter().map(name).collect()
}

/// The names of every module of a program.
#[derive(Debug, Default)]
pub(super) struct Table {
    modules: BTreeMap<Path, Scope>,
}

/// Where a path is written.
#[derive(Clone, Copy)]
pub(super) struct Position<'a> {
    /// The module.
    pub(super) module: &'a [String],
    /// The blocks around it that bring names, the outermost first.
    pub(super) blocks: &'a [Scope],
}

impl Table {
    /// Adds a module and the modules that it holds.
    pub(super) fn add(&mut self, module: &[String], items: &[Item]) {
        let is_on = |item: &&Item| !super::uses::item_is_off(item);
        self.modules
            .insert(module.to_vec(), Scope::of(items.iter().filter(is_on)));
        for item in items.iter().filter(is_on) {
            if let Item::Mod(inner) = item
                && let Some((_, items)) = &inner.content
            {
                let mut path = module.to_vec();
                path.push(inner.ident.unraw().to_string());
                self.add(&path, items);
            }
        }
    }

    /// What a path can mean: full paths that begin with `std` or `crate`, and the path as it is written.
    pub(super) fn meanings(&self, path: &[String], at: Position<'_>) -> Vec<Path> {
        let mut search = Search {
            found: Vec::new(),
            budget: MAX_LOOKUPS,
        };
        self.follow(path, at, MAX_STEPS, &mut search);
        let written = path.to_vec();
        if !search.found.contains(&written) {
            search.found.push(written);
        }
        search.found
    }

    fn follow(&self, path: &[String], at: Position<'_>, steps: usize, search: &mut Search) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if steps == 0 || !search.goes_on() {
            return;
        }
        match first.as_str() {
            "crate" => return self.inside(rest, steps, search),
            "self" => {
                let mut full = at.module.to_vec();
                full.extend_from_slice(rest);
                return self.inside(&full, steps, search);
            }
            "super" => {
                let mut full = at.module.to_vec();
                full.pop();
                // `super::super::x`.
                let mut rest = rest;
                while let Some((next, others)) = rest.split_first()
                    && next == "super"
                {
                    full.pop();
                    rest = others;
                }
                full.extend_from_slice(rest);
                return self.inside(&full, steps, search);
            }
            _ => {}
        }
        let module = self.modules.get(at.module);
        let scopes = || at.blocks.iter().rev().chain(module);
        if let Some(bindings) = scopes().find_map(|scope| scope.names.get(first)) {
            self.bound(bindings, path, at, steps, search);
            return;
        }
        for glob in scopes().flat_map(|scope| &scope.globs) {
            let mut full = glob.clone();
            full.extend_from_slice(path);
            // `use super::*` must lead on to the other module; a glob must not be followed through itself.
            let outside = Position { blocks: &[], ..at };
            self.follow(&full, outside, steps.min(4) - 1, search);
        }
        if matches!(first.as_str(), "std" | "core" | "alloc") {
            let mut full = vec!["std".to_owned()];
            full.extend_from_slice(rest);
            search.push(full);
        } else if let Some((_, origin)) = PRELUDE.iter().find(|(name, _)| name == first) {
            let mut full: Path = origin.iter().map(|&s| s.to_owned()).collect();
            full.extend_from_slice(rest);
            search.push(full);
        }
    }

    fn bound(
        &self,
        bindings: &[Binding],
        path: &[String],
        at: Position<'_>,
        steps: usize,
        search: &mut Search,
    ) {
        for binding in bindings {
            match binding {
                Binding::Defined => {
                    let mut full = at.module.to_vec();
                    full.extend_from_slice(path);
                    if path.len() > 1 && self.modules.contains_key(&full[..=at.module.len()]) {
                        self.inside(&full, steps - 1, search);
                    } else {
                        full.insert(0, "crate".to_owned());
                        search.push(full);
                    }
                }
                Binding::Other(other) => {
                    let mut full = other.clone();
                    full.extend_from_slice(&path[1..]);
                    // `use mem::mem` and the like: the rest of the way is short or it is a circle.
                    let is_circle = other.first() == path.first();
                    let steps = if is_circle { steps.min(2) } else { steps };
                    self.follow(&full, at, steps - 1, search);
                    // The first name of a `use` may be a crate, whatever else has its name.
                    if is_circle && matches!(full[0].as_str(), "std" | "core" | "alloc") {
                        "std".clone_into(&mut full[0]);
                        search.push(full);
                    }
                }
            }
        }
    }

    /// A path from the crate's root.
    fn inside(&self, path: &[String], steps: usize, search: &mut Search) {
        let mut depth = 0;
        while depth < path.len() && self.modules.contains_key(&path[..=depth]) {
            depth += 1;
        }
        let (module, rest) = path.split_at(depth);
        let at = Position {
            module,
            blocks: &[],
        };
        let Some(first) = rest.first() else { return };
        let Some(scope) = self.modules.get(module) else {
            return;
        };
        if steps == 0 || !search.goes_on() {
            return;
        }
        if let Some(bindings) = scope.names.get(first) {
            self.bound(bindings, rest, at, steps, search);
            return;
        }
        for glob in &scope.globs {
            let mut full = glob.clone();
            full.extend_from_slice(rest);
            self.follow(&full, at, steps.min(4) - 1, search);
        }
        let mut full = vec!["crate".to_owned()];
        full.extend_from_slice(path);
        search.push(full);
    }
}

/// What was found so far, and how long to go on: names that lead everywhere must not take forever.
struct Search {
    found: Vec<Path>,
    budget: usize,
}

impl Search {
    fn goes_on(&mut self) -> bool {
        self.budget = self.budget.saturating_sub(1);
        self.budget > 0 && self.found.len() < MAX_MEANINGS
    }

    fn push(&mut self, path: Path) {
        if self.found.len() < MAX_MEANINGS && !self.found.contains(&path) {
            self.found.push(path);
        }
    }
}

/// Whether one of a path's meanings is what a rule speaks of.
pub(super) fn is_meant(meanings: &[Path], rule: &[String]) -> bool {
    let Some(first) = rule.first() else {
        return false;
    };
    let full: Path = match first.as_str() {
        "core" | "alloc" if rule.len() > 1 => {
            let mut full = rule.to_vec();
            "std".clone_into(&mut full[0]);
            full
        }
        _ => match PRELUDE.iter().find(|(name, _)| name == first) {
            Some((_, origin)) => {
                let origin = origin.iter().map(|&s| s.to_owned());
                origin.chain(rule[1..].iter().cloned()).collect()
            }
            None => rule.to_vec(),
        },
    };
    let from_std = full[0] == "std";
    meanings
        .iter()
        .any(|path| *path == full || (!from_std && path.ends_with(&full)))
}
