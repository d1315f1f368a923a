//! The rules of `exercise.toml` that hold between keys. They read the tree, not the types, so that a mistake in one
//! place does not hide those in others.

use std::collections::BTreeMap;
use std::path::Path;

use super::document::{Node, Notebook, nearest, shown};
use super::expectation::{amount, bounds_everywhere, expectation};
use crate::course::interface;

/// Most points that an exercise can give, so that sums over a course stay far from overflow.
const MAX_POINTS: i128 = 1_000_000;

/// Most bytes of arguments and environment together; the kernel's own bound is 128 KiB for one string.
const MAX_ARGS_BYTES: usize = 64 * 1024;

/// Where a check stands: the index of its case, or `None` for a check that compares cases.
pub(super) struct CheckAt<'a> {
    pub(super) case: Option<&'a str>,
    name: &'a str,
    pub(super) node: Node<'a>,
}

pub(super) fn check(root: Node<'_>, notebook: &mut Notebook<'_>) {
    source(root, notebook);
    harness(root, notebook);
    memory_errors(root, notebook);
    for rule in root.list("require").chain(root.list("forbid")) {
        item_rule(rule, notebook);
    }
    let cases: Vec<Node<'_>> = root.list("case").collect();
    names(&cases, "case", notebook);
    for case in &cases {
        names(&case.list("check").collect::<Vec<_>>(), "check", notebook);
        run(*case, notebook);
    }
    let comparing: Vec<Node<'_>> = root.list("check").collect();
    names(&comparing, "check", notebook);
    let elsewhere = root.list("require").next().is_some() || root.get("withheld").is_some();
    if cases.is_empty() && !elsewhere && root.get("case").is_none() {
        let message = "this exercise has no case, so there is nothing to check";
        let finding = notebook.finding("empty", &(0..0), message, "no `[[case]]`");
        notebook.add(finding.help("add a `[[case]]` with a `[[case.check]]`"));
    }

    let case_names: Vec<&str> = cases.iter().filter_map(|c| c.get("name")?.str()).collect();
    let mut checks = Vec::new();
    for case in &cases {
        let case_name = case.get("name").and_then(|n| n.str()).unwrap_or_default();
        for node in case.list("check") {
            let name = node.get("name").and_then(|n| n.str()).unwrap_or_default();
            checks.push(CheckAt {
                case: Some(case_name),
                name,
                node,
            });
        }
    }
    for node in comparing {
        let name = node.get("name").and_then(|n| n.str()).unwrap_or_default();
        checks.push(CheckAt {
            case: None,
            name,
            node,
        });
    }
    points(&checks, notebook);
    needs(&checks, notebook);
    for check in &checks {
        expectation(check, &case_names, notebook);
    }
    bounds_everywhere(root, notebook);
}

/// Safe code cannot use memory wrongly: looking for it would only cost time.
fn memory_errors(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let allowed = root
        .get("source")
        .and_then(|source| source.get("unsafe_code")?.str())
        == Some("allow");
    let Some(asked) = root
        .get("memory_errors")
        .filter(|asked| asked.value().as_bool() == Some(true))
    else {
        return;
    };
    if !allowed {
        let message =
            "`memory_errors` looks for what only unsafe code can do, and this exercise allows none";
        let finding = notebook.finding("contradiction", &asked.span(), message, "nothing to find");
        notebook.add(
            finding.help("add `unsafe_code = \"allow\"` under `[source]`, or take this line out"),
        );
    }
}

/// The program that measures the lesson's figures is a Rust file of its own.
fn figures(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(node) = root.get("figures") else {
        return;
    };
    inside_path(node, notebook);
    let Some(text) = node.str() else { return };
    if Path::new(text).extension().is_none_or(|e| e != "rs") {
        let message = format!("`{}` is not a Rust source file", shown(text));
        notebook.error("path", &node.span(), message, "not `….rs`");
    }
    let harness = root.get("harness");
    let of_harness = ["file", "given"].map(|key| harness?.get(key)?.str());
    if handed(root).contains(&text) || of_harness.contains(&Some(text)) {
        let message = format!(
            "`{}` is a file of the exercise already, so it cannot measure figures",
            shown(text)
        );
        let finding = notebook.finding("duplicate", &node.span(), message, "the second");
        notebook.add(finding.help("give the program another name, such as `figures.rs`"));
    }
}

/// What the learner hands in.
fn handed(root: Node<'_>) -> Vec<&str> {
    match root.get("source").and_then(|source| source.get("files")) {
        Some(files) => files.elements().filter_map(|file| file.str()).collect(),
        None => vec!["main.rs"],
    }
}

fn source(root: Node<'_>, notebook: &mut Notebook<'_>) {
    if let Some(lesson) = root.get("lesson") {
        inside_path(lesson, notebook);
    }
    figures(root, notebook);
    let Some(source) = root.get("source") else {
        return;
    };
    if let Some(files) = source.get("files") {
        if files.value().as_array().is_some_and(|a| a.is_empty()) {
            notebook.error(
                "empty",
                &files.span(),
                "`files` needs at least one file",
                "none here",
            );
        }
        let mut seen = BTreeMap::new();
        for file in files.elements() {
            inside_path(file, notebook);
            let Some(text) = file.str() else { continue };
            if Path::new(text).extension().is_none_or(|e| e != "rs") {
                let message = format!("`{}` is not a Rust source file", shown(text));
                let finding = notebook.finding("path", &file.span(), message, "not `….rs`");
                notebook.add(finding);
            }
            duplicate(&mut seen, text, file, "file", notebook);
        }
    }
    for lint in source.list("allow_lints") {
        let Some(text) = lint.str() else { continue };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '-';
        if text.is_empty() || text.starts_with('-') || !text.chars().all(plain) {
            let message = format!("`{}` is not the name of a lint", shown(text));
            let finding = notebook.finding("lint", &lint.span(), message, "not a lint");
            notebook.add(finding.help("write a name such as `dead_code`"));
        }
    }
}

/// The files of a harness are its own, and its interface can be understood.
fn harness(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(harness) = root.get("harness") else {
        return;
    };
    let handed = handed(root);
    let mut seen = BTreeMap::new();
    for file in ["file", "given"].iter().filter_map(|key| harness.get(key)) {
        inside_path(file, notebook);
        let Some(text) = file.str() else { continue };
        if Path::new(text).extension().is_none_or(|e| e != "rs") {
            let message = format!("`{}` is not a Rust source file", shown(text));
            notebook.error("path", &file.span(), message, "not `….rs`");
        }
        if handed.contains(&text) {
            let message = format!("`{}` is a file that the learner hands in", shown(text));
            let finding =
                notebook.finding("harness", &file.span(), message, "not the harness's own");
            notebook.add(
                finding.help("give it another name, or name the learner's file in `source.files`"),
            );
        }
        duplicate(&mut seen, text, file, "file", notebook);
    }
    if let Some(node) = harness.get("interface")
        && let Some(text) = node.str()
        && let Err(mistake) = interface::parse(text)
    {
        let message = format!("the interface is not understood: {}", mistake.message);
        let label = format!("in line {} of it", mistake.line);
        let finding = notebook.finding("interface", &node.span(), message, label);
        notebook.add(finding.help(
            "write items without bodies: `pub fn f(x: u64) -> u64;`, `pub struct S;`, `impl S { pub fn new() -> Self; }`, \
             `impl given::T for S {}`",
        ));
    }
}

/// A relative path that stays in its folder.
pub(super) fn inside_path(node: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(text) = node.str() else { return };
    let reason = if text.is_empty() {
        "is empty"
    } else if text.len() > 200 {
        "is longer than 200 bytes"
    } else if text.chars().any(char::is_control) {
        "contains control characters"
    } else if text.contains('\\') || text.contains(':') {
        "must be written with `/`, without `\\` and `:`"
    } else if text.starts_with('/') {
        "must be relative to the exercise's folder"
    } else if text.split('/').any(|part| part == "..") {
        "leads out of the exercise's folder"
    } else if text.split('/').any(|part| part.is_empty() || part == ".") {
        "has an empty part"
    } else {
        return;
    };
    let message = format!("the path `{}` {reason}", shown(text));
    notebook.error("path", &node.span(), message, "not allowed here");
}

fn duplicate<'a>(
    seen: &mut BTreeMap<&'a str, std::ops::Range<usize>>,
    text: &'a str,
    node: Node<'a>,
    what: &str,
    notebook: &mut Notebook<'_>,
) {
    if let Some(first) = seen.get(text) {
        let place = notebook.place(first);
        let message = format!("there are two {what}s named `{}`", shown(text));
        let finding = notebook
            .finding("duplicate", &node.span(), message, "the second")
            .also(place, "the first");
        notebook.add(finding);
    } else {
        seen.insert(text, node.span());
    }
}

/// Names are unique, and can be written as `case/check`.
fn names(nodes: &[Node<'_>], what: &str, notebook: &mut Notebook<'_>) {
    let mut seen = BTreeMap::new();
    for name in nodes.iter().filter_map(|node| node.get("name")) {
        let Some(text) = name.str() else { continue };
        let reason = if text.trim().is_empty() {
            Some("is empty")
        } else if text.trim() != text {
            Some("begins or ends with a space")
        } else if text.chars().count() > 60 {
            Some("is longer than 60 characters")
        } else if text.contains('/') {
            Some("contains `/`, which stands between case and check")
        } else if text.chars().any(char::is_control) {
            Some("contains control characters")
        } else {
            None
        };
        if let Some(reason) = reason {
            let message = format!("the name of this {what} {reason}");
            notebook.error("name", &name.span(), message, "not a good name");
        }
        duplicate(&mut seen, text, name, what, notebook);
    }
}

fn item_rule(rule: Node<'_>, notebook: &mut Notebook<'_>) {
    const PATHS: [&str; 3] = ["function", "path", "recursive"];
    const NAMES: [&str; 5] = ["type", "static", "trait", "method", "macro"];
    for key in PATHS.into_iter().chain(NAMES) {
        let Some(node) = rule.get(key) else { continue };
        let Some(text) = node.str() else { continue };
        let short = text.len() <= 200;
        let valid = if NAMES.contains(&key) {
            short && syn::parse_str::<syn::Ident>(text).is_ok()
        } else {
            let parsed = short
                .then(|| syn::parse_str::<syn::Path>(text).ok())
                .flatten();
            parsed.is_some_and(|p| p.segments.iter().all(|s| s.arguments.is_none()))
        };
        if !valid {
            let message = format!("`{}` is not a name that Rust source can hold", shown(text));
            let help = if text.contains('(') || text.ends_with('!') {
                "write the bare name, without `()` and `!`"
            } else if NAMES.contains(&key) {
                "write one name, such as `leak`"
            } else {
                "write a name or path, such as `leak` or `std::mem::forget`"
            };
            let finding = notebook.finding("item-name", &node.span(), message, "not a name");
            notebook.add(finding.help(help));
        }
    }
}

/// Arguments, stdin, environment and limits of a case.
fn run(case: Node<'_>, notebook: &mut Notebook<'_>) {
    let mut bytes = 0;
    for arg in case.list("args") {
        bytes += arg.str().map_or(0, str::len);
        no_nul(arg, "an argument", notebook);
    }
    if let Some(stdin) = case.get("stdin") {
        no_nul(stdin, "stdin", notebook);
    }
    for variable in case.get("env").into_iter().flat_map(|env| env.entries()) {
        let name = variable.key().unwrap_or_default();
        bytes += name.len() + variable.str().map_or(0, str::len);
        let span = variable.key_span();
        if name.is_empty() || name.contains(['=', '\0']) {
            let message = "the name of a variable cannot be empty or contain `=`";
            notebook.error("env", &span, message, "not a name");
        } else if name.starts_with("LD_")
            || name.starts_with("MEMGRADE")
            || name == "RUST_BACKTRACE"
        {
            let message = format!("`{}` is set by memgrade itself", shown(name));
            notebook.error("env", &span, message, "reserved");
        }
        no_nul(variable, "a variable", notebook);
    }
    if bytes > MAX_ARGS_BYTES {
        let message = "arguments and environment are larger than 64 KiB together";
        notebook.error("text", &case.span(), message, "in this case");
    }
    for limit in case.get("limits").into_iter().flat_map(|l| l.entries()) {
        let zero = amount(limit) == Some(0.0);
        if zero {
            let message = format!(
                "with a limit of 0 on `{}` nothing can run",
                limit.key().unwrap_or_default()
            );
            notebook.error("limit", &limit.span(), message, "zero");
        }
    }
}

fn no_nul(node: Node<'_>, what: &str, notebook: &mut Notebook<'_>) {
    if node.str().is_some_and(|text| text.contains('\0')) {
        let message = format!("{what} cannot contain a NUL character");
        notebook.error("text", &node.span(), message, "contains `\\u0000`");
    }
}

fn points(checks: &[CheckAt<'_>], notebook: &mut Notebook<'_>) {
    let mut sum: i128 = 0;
    for check in checks {
        let node = check.node.get("points");
        let points = node.and_then(|n| n.integer()).unwrap_or(1).max(0);
        let before = sum;
        sum = sum.saturating_add(points);
        if let Some(node) = node
            && before <= MAX_POINTS
            && sum > MAX_POINTS
        {
            let message = "the points of this exercise add up to more than 1,000,000";
            notebook.error("points", &node.span(), message, "with these");
        }
    }
}

/// Index of the check that `need` names, seen from a check in `case`: one of the same case, `case/check`, or one that
/// compares cases.
fn resolve(checks: &[CheckAt<'_>], case: Option<&str>, need: &str) -> Option<usize> {
    let find = |case: Option<&str>, name: &str| {
        checks.iter().position(|c| c.case == case && c.name == name)
    };
    match need.split_once('/') {
        Some(("", name)) => find(None, name),
        Some((case, name)) => find(Some(case), name),
        None => find(case, need).or_else(|| find(None, need)),
    }
}

fn needs(checks: &[CheckAt<'_>], notebook: &mut Notebook<'_>) {
    let full = |c: &CheckAt<'_>| format!("{}/{}", c.case.unwrap_or_default(), c.name);
    let all: Vec<String> = checks.iter().map(full).collect();
    let mut edges: Vec<Vec<(usize, Node<'_>)>> = Vec::new();
    for check in checks {
        let mut targets = Vec::new();
        for need in check.node.list("needs") {
            let Some(text) = need.str() else { continue };
            if let Some(target) = resolve(checks, check.case, text) {
                targets.push((target, need));
                continue;
            }
            let message = format!("there is no check `{}`", shown(text));
            let mut finding = notebook.finding("unknown-name", &need.span(), message, "not found");
            let mine = checks
                .iter()
                .filter(|c| c.case == check.case)
                .map(|c| c.name);
            finding = match nearest(text, mine.chain(all.iter().map(String::as_str))) {
                Some(near) => finding.help(format!("write `\"{near}\"`")),
                None => finding.help("write `case/check`, or `check` for one of the same case"),
            };
            notebook.add(finding);
        }
        edges.push(targets);
    }
    cycles(&edges, &all, notebook);
}

/// Reports each edge that closes a cycle, once.
fn cycles(edges: &[Vec<(usize, Node<'_>)>], names: &[String], notebook: &mut Notebook<'_>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Color {
        New,
        Open,
        Done,
    }
    let mut color = vec![Color::New; edges.len()];
    for start in 0..edges.len() {
        if color[start] != Color::New {
            continue;
        }
        // A walk with a stack of its own: a chain of checks may be longer than ours is deep.
        let mut path = vec![(start, 0)];
        color[start] = Color::Open;
        while let Some((check, next)) = path.last_mut() {
            let check = *check;
            let Some((target, need)) = edges[check].get(*next) else {
                color[check] = Color::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match color[*target] {
                Color::Done => {}
                Color::New => {
                    color[*target] = Color::Open;
                    path.push((*target, 0));
                }
                Color::Open => {
                    let from = path.iter().position(|(c, _)| c == target).unwrap_or(0);
                    let mut circle: Vec<&str> = path[from..]
                        .iter()
                        .take(20)
                        .map(|(c, _)| names[*c].as_str())
                        .collect();
                    circle.push(names[*target].as_str());
                    let message = "these checks need each other, so none could ever be judged";
                    let finding = notebook
                        .finding("cycle", &need.span(), message, "closes the circle")
                        .note(circle.join(" needs "));
                    notebook.add(finding);
                }
            }
        }
    }
}
