//! One rule of an exercise, held against what the program defines and uses.

use super::names::{Path, is_meant};
use super::uses::{Defined, Kind, Used, Uses};
use super::{Spot, pointed};
use crate::course::load::document::nearest;
use crate::course::spec::ItemRule;
use crate::diagnostic::Finding;

/// What a rule asks for.
struct Wanted<'a> {
    /// In words: `a function`.
    what: &'static str,
    name: &'a str,
    path: Path,
    form: Form,
}

enum Form {
    Item(Kind),
    Path,
    Method,
    Macro,
    Recursive,
}

/// The one thing that a rule names. The loader holds every rule to exactly one.
fn wanted(rule: &ItemRule) -> Option<Wanted<'_>> {
    let ItemRule {
        function,
        type_name,
        static_name,
        trait_name,
        path,
        method,
        macro_name,
        recursive,
        why: _,
    } = rule;
    let forms = [
        (function, "a function", Form::Item(Kind::Function)),
        (type_name, "a type", Form::Item(Kind::Type)),
        (static_name, "a static or const", Form::Item(Kind::Static)),
        (trait_name, "a trait", Form::Item(Kind::Trait)),
        (path, "a use of", Form::Path),
        (method, "a call of the method", Form::Method),
        (macro_name, "a call of the macro", Form::Macro),
        (recursive, "a function", Form::Recursive),
    ];
    forms.into_iter().find_map(|(name, what, form)| {
        let name = name.as_deref()?;
        let segments = name.split("::").map(|segment| segment.trim().to_owned());
        Some(Wanted {
            what,
            name,
            path: segments.filter(|s| !s.is_empty()).collect(),
            form,
        })
    })
}

fn items<'u>(uses: &'u Uses, kind: Kind, path: &[String]) -> impl Iterator<Item = &'u Defined> {
    uses.defined
        .iter()
        .filter(move |item| item.kind == kind && item.path.ends_with(path))
}

fn meant<'u>(used: &'u [Used], path: &[String]) -> impl Iterator<Item = &'u Used> {
    used.iter()
        .filter(move |used| is_meant(&used.meanings, path))
}

/// Paths of types and statics: the name may stand anywhere in them (`Rc::new`, `std::rc::Rc`).
fn mentions<'u>(used: &'u [Used], name: &str) -> impl Iterator<Item = &'u Used> {
    used.iter().filter(move |used| {
        let mut names = used.meanings.iter().flatten();
        names.any(|segment| segment == name)
    })
}

/// The finding about something that is used and must not be.
pub(super) fn forbidden(rule: &ItemRule, uses: &Uses) -> Option<Finding> {
    let wanted = wanted(rule)?;
    let mut spots: Vec<Spot> = Vec::new();
    let mut message = format!("`{}` is not allowed in this exercise", wanted.name);
    match wanted.form {
        Form::Item(kind) => {
            spots.extend(items(uses, kind, &wanted.path).map(|item| item.spot.clone()));
            let used: Vec<&Used> = if kind == Kind::Function {
                meant(&uses.paths, &wanted.path).collect()
            } else {
                mentions(&uses.paths, wanted.name).collect()
            };
            spots.extend(used.into_iter().map(|used| used.spot.clone()));
        }
        Form::Path => {
            let mut used: Vec<&Used> = meant(&uses.paths, &wanted.path).collect();
            used.extend(meant(&uses.macros, &wanted.path));
            spots.extend(used.into_iter().map(|used| used.spot.clone()));
        }
        Form::Method => {
            message = format!(
                "the method `{}` is not allowed in this exercise",
                wanted.name
            );
            let called = uses.methods.iter().filter(|(name, _)| name == wanted.name);
            spots.extend(called.map(|(_, spot)| spot.clone()));
        }
        Form::Macro => {
            message = format!(
                "the macro `{}!` is not allowed in this exercise",
                wanted.name
            );
            let called = meant(&uses.macros, &wanted.path);
            spots.extend(called.map(|used| used.spot.clone()));
        }
        Form::Recursive => {
            message = format!("`{}` must not call itself in this exercise", wanted.name);
            let functions = items(uses, Kind::Function, &wanted.path);
            spots.extend(functions.flat_map(|function| function.calls_itself.iter().cloned()));
        }
    }
    spots.sort();
    spots.dedup();
    if spots.is_empty() {
        return None;
    }
    let finding = Finding::learner("source/forbidden-item", message);
    Some(with_reason(pointed(finding, &spots, "used here"), rule))
}

/// Where the ways begin by which a program speaks to the outside or ends: what a harness does for the learner's code.
const OUTSIDE: [&[&str]; 6] = [
    &["std", "io", "stdout"],
    &["std", "io", "Stdout"],
    &["std", "process"],
    &["std", "fs"],
    &["std", "env"],
    &["std", "os"],
];
const PRINTING: [&str; 2] = ["print", "println"];

fn begins_with(path: &[String], names: &[&str]) -> bool {
    path.len() >= names.len()
        && path
            .iter()
            .zip(names)
            .all(|(segment, name)| segment == name)
}

/// The finding about code that speaks or ends in its harness's place.
pub(super) fn speaks(uses: &Uses) -> Option<Finding> {
    let leads_outside = |used: &&Used| {
        OUTSIDE
            .iter()
            .any(|way| used.meanings.iter().any(|path| begins_with(path, way)))
    };
    let prints = |used: &&Used| {
        let mut names = PRINTING.iter().map(|name| vec![(*name).to_owned()]);
        names.any(|name| is_meant(&used.meanings, &name))
    };
    let all = uses.paths.iter().chain(&uses.macros);
    let mut spots: Vec<Spot> = all
        .filter(leads_outside)
        .chain(uses.macros.iter().filter(prints))
        .map(|used| used.spot.clone())
        .collect();
    spots.sort();
    spots.dedup();
    if spots.is_empty() {
        return None;
    }
    let message = "in this exercise your code is called by a program that prints, reads and ends by itself; yours must not";
    let finding = Finding::learner("source/forbidden-item", message);
    Some(
        pointed(finding, &spots, "not here")
            .help("give back what was asked for; to look at a value while you work, use `eprintln!` or `dbg!`"),
    )
}

/// The finding about something that must be there and is not.
pub(super) fn missing(rule: &ItemRule, uses: &Uses) -> Option<Finding> {
    let wanted = wanted(rule)?;
    let path = &wanted.path;
    let kind = match wanted.form {
        Form::Item(kind) => kind,
        Form::Recursive => Kind::Function,
        Form::Path | Form::Macro => {
            let used = if matches!(wanted.form, Form::Path) {
                &uses.paths
            } else {
                &uses.macros
            };
            let mut used = meant(used, path).filter(|used| !used.imported);
            return match used.next() {
                Some(_) => None,
                None => Some(absent(&wanted, rule)),
            };
        }
        Form::Method => {
            let called = uses.methods.iter().any(|(name, _)| name == wanted.name);
            return (!called).then(|| absent(&wanted, rule));
        }
    };
    let found: Vec<&Defined> = items(uses, kind, path)
        .filter(|item| item.reached)
        .collect();
    let Some(first) = found.first() else {
        let finding = absent(&wanted, rule);
        return Some(with_near(finding, &wanted, kind, uses));
    };
    let recursive = found.iter().any(|item| !item.calls_itself.is_empty());
    if matches!(wanted.form, Form::Recursive) && !recursive {
        let message = format!("`{}` does not call itself", wanted.name);
        let finding = Finding::learner("source/missing-item", message);
        let finding = finding.at(first.spot.place(), "no call of itself in here");
        return Some(with_reason(finding, rule));
    }
    None
}

fn absent(wanted: &Wanted<'_>, rule: &ItemRule) -> Finding {
    let message = match wanted.form {
        Form::Path | Form::Method | Form::Macro => {
            format!("this exercise asks for {} `{}`", wanted.what, wanted.name)
        }
        Form::Item(_) | Form::Recursive => {
            format!(
                "this exercise asks for {} named `{}`",
                wanted.what, wanted.name
            )
        }
    };
    with_reason(Finding::learner("source/missing-item", message), rule)
}

/// Points at an item with a similar name.
fn with_near(finding: Finding, wanted: &Wanted<'_>, kind: Kind, uses: &Uses) -> Finding {
    let of_kind = || {
        uses.defined
            .iter()
            .filter(|item| item.kind == kind && item.reached)
    };
    let last = wanted.path.last().map_or("", String::as_str);
    let names = of_kind()
        .filter_map(|item| item.path.last())
        .map(String::as_str);
    let near = nearest(last, names.filter(|name| *name != "main"));
    match near.and_then(|near| of_kind().find(|i| i.path.last().is_some_and(|n| n == near))) {
        Some(item) => {
            let help = format!("if this is it, name it `{}`", wanted.name);
            finding
                .at(item.spot.place(), "has a similar name")
                .help(help)
        }
        None => finding,
    }
}

fn with_reason(finding: Finding, rule: &ItemRule) -> Finding {
    match &rule.why {
        Some(why) => finding.note(why.clone()),
        None => finding,
    }
}
