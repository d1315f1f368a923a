//! What `unsafe_code = "forbid"` refuses beyond rustc's own `forbid(unsafe_code)`: attributes that reach outside the
//! program without the word `unsafe`. They are found in the tokens, so a macro's body counts as well.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::Request;
use super::compile::unsafe_forbidden;
use super::messages::Rendered;
use crate::diagnostic::{Finding, Place};

/// Attributes that are refused. rustc's lint covers `no_mangle`, `export_name` and `link_section`.
const REFUSED: [&str; 3] = ["global_allocator", "link", "link_args"];

/// What was found, and how it is told in place of the compiler's messages.
pub(super) struct Forbidden {
    pub(super) finding: Finding,
    pub(super) diagnostics: Rendered,
}

/// The first refused attribute in any file of the request.
pub(super) fn forbidden(request: &Request) -> Option<Forbidden> {
    request.files.iter().find_map(|(path, bytes)| {
        let text = std::str::from_utf8(bytes).ok()?;
        // Reading tokens costs more than looking for the words, which most programs do not have.
        if !REFUSED.iter().any(|name| text.contains(name)) {
            return None;
        }
        // What is no Rust at all is rustc's to tell.
        let tokens: TokenStream = text.parse().ok()?;
        let (name, span) = refused(tokens)?;
        let found = forbidden_at(path, &name, span);
        // The positions of all files read on this thread are kept until now.
        proc_macro2::extra::invalidate_current_thread_spans();
        Some(found)
    })
}

fn forbidden_at(path: &str, name: &str, span: Span) -> Forbidden {
    let (start, end) = (span.start(), span.end());
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let place = Place {
        file: path.to_owned(),
        line: number(start.line),
        column: Some(number(start.column + 1)),
        end_column: (start.line == end.line).then(|| number(end.column + 1)),
    };
    let text = format!(
        "error: this exercise does not allow `#[{name}]`\n --> {path}:{}:{}\n",
        start.line,
        start.column + 1
    );
    Forbidden {
        finding: unsafe_forbidden(&format!("`#[{name}]`")).at(place, "not allowed here"),
        diagnostics: Rendered {
            plain: text.clone(),
            ansi: text,
        },
    }
}

/// The first refused attribute. Where an attribute's name is filled in by a macro (`#[$name]`), a refused name anywhere
/// outside attributes counts too, for it may be what is filled in.
fn refused(tokens: TokenStream) -> Option<(String, Span)> {
    let mut filled_in = false;
    let mut bare = None;
    // A list of work instead of recursion: nesting has no limit.
    let mut work = vec![tokens];
    while let Some(stream) = work.pop() {
        let mut after_hash = false;
        let mut previous: Option<Ident> = None;
        for token in stream {
            match &token {
                TokenTree::Group(group) => {
                    if after_hash && group.delimiter() == Delimiter::Bracket {
                        let attribute = attribute(group);
                        if let Some(found) = attribute.refused {
                            return Some(found);
                        }
                        filled_in |= attribute.filled_in;
                    }
                    if let Some(name) = previous.take()
                        && name == "link"
                        && bare.is_none()
                        && begins_with_key(group)
                    {
                        bare = Some((name.to_string(), name.span()));
                    }
                    work.push(group.stream());
                    after_hash = false;
                }
                TokenTree::Ident(ident) => {
                    if ident == "global_allocator" && bare.is_none() {
                        bare = Some((ident.to_string(), ident.span()));
                    }
                    previous = Some(ident.clone());
                    after_hash = false;
                }
                TokenTree::Punct(punct) => {
                    // `#![…]` is an attribute as `#[…]` is.
                    after_hash = punct.as_char() == '#' || (after_hash && punct.as_char() == '!');
                    previous = None;
                }
                TokenTree::Literal(_) => {
                    previous = None;
                    after_hash = false;
                }
            }
        }
    }
    bare.filter(|_| filled_in)
}

struct Attribute {
    refused: Option<(String, Span)>,
    /// Its name is a macro's variable.
    filled_in: bool,
}

/// Looks at `[…]` of an attribute: its own name, and any name within `cfg_attr(…)` or `unsafe(…)`.
fn attribute(group: &Group) -> Attribute {
    let mut work = vec![group.stream()];
    let mut attribute = Attribute {
        refused: None,
        filled_in: false,
    };
    while let Some(stream) = work.pop() {
        let mut wraps = false;
        let mut begins = true;
        for token in stream {
            match token {
                TokenTree::Ident(ident) => {
                    wraps = ident == "cfg_attr" || ident == "unsafe";
                    if begins && REFUSED.iter().any(|name| ident == name) {
                        attribute.refused = Some((ident.to_string(), ident.span()));
                        return attribute;
                    }
                    begins = false;
                }
                TokenTree::Group(inner) if wraps => work.push(inner.stream()),
                TokenTree::Punct(punct) => {
                    attribute.filled_in |= begins && punct.as_char() == '$';
                    begins = punct.as_char() == ',';
                }
                TokenTree::Group(_) | TokenTree::Literal(_) => begins = false,
            }
        }
    }
    attribute
}

/// Whether a group begins like `(name = …)` or `(kind = …)`.
fn begins_with_key(group: &Group) -> bool {
    let mut tokens = group.stream().into_iter();
    let key =
        matches!(tokens.next(), Some(TokenTree::Ident(key)) if key == "name" || key == "kind");
    key && matches!(tokens.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(source: &str) -> Option<String> {
        refused(source.parse().expect("tokens")).map(|(name, _)| name)
    }

    #[test]
    fn attributes_that_reach_outside_are_found() {
        let found = [
            "#[global_allocator] static A: System = System;",
            "#[link(name = \"m\")] extern \"C\" {}",
            "mod a { mod b { #[cfg_attr(all(), link(name = \"m\"))] extern \"C\" {} } }",
            "macro_rules! m { () => { #[global_allocator] static A: System = System; } }",
            "macro_rules! m { ($a:ident) => { #[$a] static A: System = System; } } m!(global_allocator);",
            "macro_rules! m { ($a:meta) => { #[$a] extern \"C\" {} } } m!(link(name = \"m\"));",
            "#![cfg_attr(all(), cfg_attr(all(), link_args = \"x\"))]",
        ];
        for source in found {
            assert!(name(source).is_some(), "{source}");
        }
    }

    #[test]
    fn ordinary_uses_of_the_same_words_are_not() {
        let ordinary = [
            "fn link(name: &str) {} fn main() { let global_allocator = 1; link(\"x\"); }",
            "struct Node { link: Option<Box<Node>> } /* #[link] */ // #[global_allocator]",
            "#[derive(Debug)] #[doc = \"#[link]\"] struct Link;",
            "const T: &str = \"#[link]\";",
            "macro_rules! m { ($(#[$a:meta])*) => {} } m!(#[inline]); fn f() { link(name); }",
        ];
        for source in ordinary {
            assert_eq!(name(source), None, "{source}");
        }
    }

    #[test]
    fn nesting_has_no_limit() {
        let deep = format!("{}#[link] x{}", "(".repeat(50_000), ")".repeat(50_000));
        assert_eq!(name(&deep).as_deref(), Some("link"));
    }
}
