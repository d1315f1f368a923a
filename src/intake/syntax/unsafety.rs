//! Whether a program keeps to safe Rust.
//!
//! Read off the tokens, not the tree: `unsafe` is a keyword, so it can only be what it seems to be, and in tokens it
//! is also seen inside macros, of which the tree knows nothing. Text in strings and comments is no token.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use super::modules::Program;
use super::{Spot, pointed};
use crate::diagnostic::Finding;

/// Attributes that change what the linker or the compiler does.
const ATTRIBUTES: [&str; 12] = [
    "alloc_error_handler",
    "export_name",
    "feature",
    "global_allocator",
    "link",
    "link_args",
    "link_name",
    "link_section",
    "naked",
    "no_main",
    "no_mangle",
    "panic_handler",
];

/// Macros that bring code which the tokens do not show.
const MACROS: [(&str, &str); 4] = [
    ("asm", "assembly"),
    ("global_asm", "assembly"),
    ("naked_asm", "assembly"),
    ("include", "a file outside of the module tree"),
];

/// Findings about everything that only an exercise about `unsafe` may use, one for each kind.
pub(super) fn check(program: &Program) -> Vec<Finding> {
    let mut scan = Scan {
        file: "",
        found: BTreeMap::new(),
    };
    for (file, tokens) in &program.tokens {
        scan.file = file;
        scan.tokens(tokens.clone());
    }
    let finding = |((_, name), (label, mut spots)): ((usize, String), (String, Vec<Spot>))| {
        spots.sort();
        spots.dedup();
        let message = format!("{name} is not allowed in this exercise");
        let finding = Finding::learner("source/unsafe", message);
        pointed(finding, &spots, &label).help("the exercise can be solved without it")
    };
    scan.found.into_iter().map(finding).collect()
}

struct Scan<'a> {
    file: &'a str,
    /// By rank and name: a label, and where.
    found: BTreeMap<(usize, String), (String, Vec<Spot>)>,
}

impl Scan<'_> {
    fn add(&mut self, rank: usize, name: &str, label: &str, ident: &Ident) {
        let spot = Spot::of(self.file, ident.span());
        let entry = self.found.entry((rank, format!("`{name}`")));
        let (_, spots) = entry.or_insert_with(|| (label.to_owned(), Vec::new()));
        spots.push(spot);
    }

    fn tokens(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let punct = |index: Option<usize>, wanted: char| matches!(index.and_then(|i| tokens.get(i)), Some(TokenTree::Punct(p)) if p.as_char() == wanted);
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let before = index.checked_sub(1);
                    let hash = punct(before, '#')
                        || punct(before, '!') && punct(index.checked_sub(2), '#');
                    if hash && group.delimiter() == Delimiter::Bracket {
                        self.attribute(group.stream());
                    }
                    self.tokens(group.stream());
                }
                TokenTree::Ident(ident) => {
                    if ident == "unsafe" {
                        self.add(0, "unsafe", "`unsafe` code", ident);
                    } else if ident == "extern" && is_foreign_block(&tokens[index + 1..]) {
                        self.add(
                            1,
                            "extern",
                            "declares functions that Rust cannot check",
                            ident,
                        );
                    } else {
                        let called = punct(Some(index + 1), '!');
                        // A macro that is renamed by `use` must be named there.
                        let named = punct(index.checked_sub(1), ':') || ident == "global_asm";
                        let name = ident.unraw().to_string();
                        if let Some((name, what)) = MACROS.iter().find(|(n, _)| *n == name)
                            && (called || named)
                        {
                            self.add(3, &format!("{name}!"), &format!("brings {what}"), ident);
                        }
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// What stands between the brackets of an attribute, or in `unsafe(…)`.
    fn attribute(&mut self, stream: TokenStream) {
        let mut tokens = stream.into_iter();
        // `::core::…` and `rustfmt::skip`: the last name counts.
        let mut name = None;
        let mut arguments = None;
        for token in tokens.by_ref() {
            match token {
                TokenTree::Ident(ident) => name = Some(ident),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                TokenTree::Group(group) => {
                    arguments = Some(group.stream());
                    break;
                }
                _ => break,
            }
        }
        let Some(ident) = name else { return };
        let name = ident.unraw().to_string();
        if ATTRIBUTES.contains(&name.as_str()) {
            self.add(
                2,
                &format!("#[{name}]"),
                "changes how the program is put together",
                &ident,
            );
        }
        if name == "unsafe" {
            self.attribute(arguments.unwrap_or_default());
        } else if name == "cfg_attr" {
            for argument in split(arguments.unwrap_or_default()).into_iter().skip(1) {
                self.attribute(argument);
            }
        }
    }
}

/// `extern { … }` and `extern "C" { … }`, but not `extern "C" fn` and `extern crate`.
fn is_foreign_block(after: &[TokenTree]) -> bool {
    let is_block = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace);
    match after.first() {
        Some(TokenTree::Literal(_)) => is_block(after.get(1)),
        first => is_block(first),
    }
}

/// Splits at commas.
fn split(stream: TokenStream) -> Vec<TokenStream> {
    let mut parts: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for token in stream {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            token => {
                if let Some(part) = parts.last_mut() {
                    part.push(token);
                }
            }
        }
    }
    parts
        .into_iter()
        .map(|part| part.into_iter().collect())
        .collect()
}
