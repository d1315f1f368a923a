//! What an exercise with a harness asks of the learner's code: signatures without bodies, and the Rust that checks each of them.
//!
//! The main function is [`parse`]. For every item of the interface it makes a few lines that use the learner's item in just the way
//! that the signature says. They are compiled against the learner's crate alone; the line of an error says which item is not there or
//! not as it should be. So a learner's mistake is told in the words of the interface, and whatever does not compile after that is
//! the harness's own mistake.

use std::fmt::Write as _;
use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, GenericParam, Generics, Ident, Pat, Signature, Token, Visibility};

use crate::intake::syntax::on_a_deep_stack;

/// Most bytes and items of an interface.
const MAX_BYTES: usize = 16 << 10;
const MAX_ITEMS: usize = 200;

/// What the learner's code must have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface {
    /// Its items, in order.
    pub items: Vec<Asked>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What to call it: `Cache::new`, `sum`.
    pub name: String,
    /// The item as the author wrote it, on one line: `pub fn sum(values: &[u64]) -> u64`.
    pub shown: String,
    /// What it is.
    pub kind: Kind,
    /// Rust that compiles only if it is there.
    check: String,
}

/// Kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function or method.
    Function,
    /// A struct or enum.
    Type,
    /// A trait that a type implements.
    Implemented,
}

/// What is wrong with an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of its text, from 1.
    pub line: usize,
    /// In words.
    pub message: String,
}

impl Interface {
    /// The program that checks it, and for each item its lines in there, from 1.
    pub fn program(&self) -> (String, Vec<Range<usize>>) {
        let mut text = String::new();
        let mut lines = Vec::new();
        for item in &self.items {
            let first = text.matches('\n').count() + 1;
            text.push_str(&item.check);
            text.push('\n');
            lines.push(first..text.matches('\n').count() + 1);
        }
        (text, lines)
    }
}

/// An item as it was read.
enum Part {
    Function(Signature),
    Struct(syn::ItemStruct),
    Enum(syn::ItemEnum),
    Impl(Box<Methods>),
}

struct Parts(Vec<Part>);

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut parts = Vec::new();
        while !input.is_empty() {
            let ahead = input.fork();
            ahead.call(Attribute::parse_outer)?;
            ahead.parse::<Visibility>()?;
            parts.push(if ahead.peek(Token![struct]) {
                Part::Struct(input.parse()?)
            } else if ahead.peek(Token![enum]) {
                Part::Enum(input.parse()?)
            } else if ahead.peek(Token![impl]) {
                Part::Impl(input.parse()?)
            } else {
                Part::Function(function(input)?)
            });
        }
        Ok(Self(parts))
    }
}

/// `pub fn name(…) -> …;`
fn function(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let signature = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(signature)
}

/// `impl … { fn …; }`, whose methods have no bodies.
struct Methods {
    generics: Generics,
    trait_path: Option<syn::Path>,
    own: syn::Type,
    signatures: Vec<Signature>,
}

impl Parse for Methods {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Token![impl]>()?;
        // `impl <T as Trait>::Type` is nothing that anybody would write here.
        let mut generics: Generics = input.parse()?;
        let first: syn::Type = input.parse()?;
        let (trait_path, own) = if input.parse::<Option<Token![for]>>()?.is_some() {
            let syn::Type::Path(path) = first else {
                return Err(syn::Error::new(first.span(), "this is not a trait"));
            };
            (Some(path.path), input.parse()?)
        } else {
            (None, first)
        };
        generics.where_clause = input.parse()?;
        let body;
        syn::braced!(body in input);
        let mut signatures = Vec::new();
        while !body.is_empty() {
            signatures.push(function(&body)?);
        }
        if let (Some(_), Some(signature)) = (&trait_path, signatures.first()) {
            let message = "the methods of a trait's `impl` are the trait's: leave the braces empty";
            return Err(syn::Error::new(signature.span(), message));
        }
        Ok(Self {
            generics,
            trait_path,
            own,
            signatures,
        })
    }
}

/// Reads an interface.
///
/// # Errors
/// The first thing that is not understood.
pub fn parse(text: &str) -> Result<Interface, Mistake> {
    let whole = |message: String| Mistake { line: 1, message };
    if text.len() > MAX_BYTES {
        return Err(whole("it is larger than 16 KiB".to_owned()));
    }
    let interface = on_a_deep_stack(|| read(text)).map_err(whole)??;
    match interface.items.len() {
        0 => Err(whole("it asks for nothing".to_owned())),
        1..=MAX_ITEMS => Ok(interface),
        _ => Err(whole(format!("it has more than {MAX_ITEMS} items"))),
    }
}

fn read(text: &str) -> Result<Interface, Mistake> {
    let mistake = |error: &syn::Error| Mistake {
        line: error.span().start().line,
        message: error.to_string(),
    };
    let parts: Parts = syn::parse_str(text).map_err(|error| mistake(&error))?;
    let mut reader = Reader {
        text,
        items: Vec::new(),
    };
    for part in &parts.0 {
        let read = match part {
            Part::Function(signature) => reader.function(signature),
            Part::Struct(item) => reader.structure(item),
            Part::Enum(item) => reader.enumeration(item),
            Part::Impl(methods) => reader.methods(methods),
        };
        read.map_err(|error| mistake(&error))?;
    }
    Ok(Interface {
        items: reader.items,
    })
}

struct Reader<'a> {
    text: &'a str,
    items: Vec<Asked>,
}

impl<'a> Reader<'a> {
    /// What the author wrote.
    fn slice(&self, part: &impl Spanned) -> &'a str {
        let range = part.span().byte_range();
        self.text.get(range).unwrap_or_default()
    }

    /// The same without what stands above the item.
    fn without_comments(&self, part: &impl Spanned, above: &[Attribute]) -> &'a str {
        let whole = part.span().byte_range();
        let start = above
            .last()
            .map_or(whole.start, |last| last.span().byte_range().end);
        self.text.get(start..whole.end).unwrap_or_default()
    }

    fn add(&mut self, kind: Kind, name: String, shown: &str, check: String) {
        self.items.push(Asked {
            name,
            shown: one_line(shown),
            kind,
            check,
        });
    }

    /// A name for this item's own part of the program, which no learner's item has.
    fn own_name(&self) -> String {
        format!("MemgradeAsks{}", self.items.len())
    }

    /// A signature under another name.
    fn renamed(&self, signature: &Signature, name: &str) -> String {
        let whole = signature.span().byte_range();
        let ident = signature.ident.span().byte_range();
        let part = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        format!(
            "{}{name}{}",
            part(whole.start..ident.start),
            part(ident.end..whole.end)
        )
    }

    fn function(&mut self, signature: &Signature) -> syn::Result<()> {
        let name = signature.ident.to_string();
        let check = format!(
            "{} {{ {} }}\n",
            self.renamed(signature, &self.own_name().to_lowercase()),
            call(&format!("submission::{name}"), signature)?
        );
        let shown = format!("pub {}", self.slice(signature));
        self.add(Kind::Function, name, &shown, check);
        Ok(())
    }

    fn structure(&mut self, item: &syn::ItemStruct) -> syn::Result<()> {
        let mut fields = String::new();
        match &item.fields {
            syn::Fields::Unit => {}
            syn::Fields::Named(named) => {
                for field in &named.named {
                    let name = field.ident.as_ref().map(Ident::to_string);
                    let name = name.unwrap_or_default();
                    let _ = writeln!(fields, "let _: &{} = &it.{name};", self.slice(&field.ty));
                }
            }
            syn::Fields::Unnamed(fields) => {
                let message = "leave the fields out, or name them";
                return Err(syn::Error::new(fields.span(), message));
            }
        }
        self.type_named(
            &item.ident,
            &item.generics,
            &fields,
            self.without_comments(item, &item.attrs),
        );
        Ok(())
    }

    fn enumeration(&mut self, item: &syn::ItemEnum) -> syn::Result<()> {
        let mut variants = String::new();
        for variant in &item.variants {
            if !matches!(variant.fields, syn::Fields::Unit) {
                let message = "only variants without fields can be asked for";
                return Err(syn::Error::new(variant.span(), message));
            }
            let (of, arguments) = (&item.ident, arguments(&item.generics));
            let _ = writeln!(
                variants,
                "let _: {of}{arguments} = {of}::{};",
                variant.ident
            );
        }
        self.type_named(
            &item.ident,
            &item.generics,
            &variants,
            self.without_comments(item, &item.attrs),
        );
        Ok(())
    }

    fn type_named(&mut self, ident: &Ident, generics: &Generics, uses: &str, shown: &str) {
        let check = format!(
            "use submission::{ident};\nfn {}{}(it: &{ident}{}) {} {{\n{uses}let _ = it; }}\n",
            self.own_name().to_lowercase(),
            self.declared(generics),
            arguments(generics),
            self.bounds(generics),
        );
        self.add(Kind::Type, ident.to_string(), shown, check);
    }

    fn methods(&mut self, methods: &Methods) -> syn::Result<()> {
        let generics = &methods.generics;
        let (declared, bounds) = (self.declared(generics), self.bounds(generics));
        let given = arguments(generics);
        let own = self.slice(&methods.own);
        // `Cache<V>` is called `Cache`.
        let short = own.split('<').next().unwrap_or(own).trim().to_owned();
        if let Some(path) = &methods.trait_path {
            let (path, name) = (self.slice(path), self.own_name());
            let check = format!(
                "trait {name}{declared}: {path} {bounds} {{}}\nimpl{declared} {name}{given} for {own} {bounds} {{}}\n"
            );
            let shown = format!("impl{declared} {path} for {own} {bounds}");
            let called = format!("{path} for {short}");
            self.add(Kind::Implemented, called, &shown, check);
        }
        for signature in &methods.signatures {
            let (name, method) = (self.own_name(), &signature.ident);
            let asked = self.renamed(signature, "memgrade_asks");
            // In a trait of its own, so that `Self` means the learner's type.
            let check = format!(
                "trait {name}{declared}: Sized {bounds} {{ {asked}; }}\n\
                 impl{declared} {name}{given} for {own} {bounds} {{ {asked} {{ {} }} }}\n",
                call(&format!("<{own}>::{method}"), signature)?
            );
            let shown = format!("pub {}", self.slice(signature));
            self.add(Kind::Function, format!("{short}::{method}"), &shown, check);
        }
        Ok(())
    }

    /// `<K: Ord, V>` as the author wrote it.
    fn declared(&self, generics: &Generics) -> &'a str {
        match (&generics.lt_token, &generics.gt_token) {
            (Some(from), Some(to)) => {
                let range = from.span().byte_range().start..to.span().byte_range().end;
                self.text.get(range).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The `where` clause.
    fn bounds(&self, generics: &Generics) -> &'a str {
        let bounds = generics.where_clause.as_ref();
        bounds.map_or("", |bounds| self.slice(bounds))
    }
}

/// The names of generic parameters alone: `<'a, K, N>`.
fn arguments(generics: &Generics) -> String {
    let name = |parameter: &GenericParam| match parameter {
        GenericParam::Lifetime(lifetime) => lifetime.lifetime.to_string(),
        GenericParam::Type(of_type) => of_type.ident.to_string(),
        GenericParam::Const(constant) => constant.ident.to_string(),
    };
    let names: Vec<String> = generics.params.iter().map(name).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("<{}>", names.join(", "))
    }
}

/// A call with a signature's own parameters.
fn call(function: &str, signature: &Signature) -> syn::Result<String> {
    let mut given = Vec::new();
    for input in &signature.inputs {
        given.push(match input {
            FnArg::Receiver(_) => "self".to_owned(),
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
                    pattern.ident.to_string()
                }
                other => {
                    let message = "give each parameter a plain name";
                    return Err(syn::Error::new(other.span(), message));
                }
            },
        });
    }
    let call = format!("{function}({})", given.join(", "));
    Ok(if signature.unsafety.is_some() {
        format!("unsafe {{ {call} }}")
    } else if signature.asyncness.is_some() {
        format!("{call}.await")
    } else {
        call
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a harness brings in everything of the learner's crate by `submission::*`: the learner's items would stand in for what
/// the harness means.
pub(super) fn names_everything(harness: &str) -> bool {
    let Ok(tokens) = harness.parse::<TokenStream>() else {
        // The compiler says it better.
        return false;
    };
    let mut work = vec![(tokens, false)];
    while let Some((stream, within)) = work.pop() {
        // Whether this is a path that began with `submission`, and whether a `*` would mean all of it.
        let (mut in_path, mut all) = (within, within);
        for token in stream {
            match token {
                TokenTree::Group(group) => {
                    let is_list = in_path && all && group.delimiter() == Delimiter::Brace;
                    work.push((group.stream(), is_list));
                    (in_path, all) = (false, false);
                }
                TokenTree::Punct(punct) => match punct.as_char() {
                    '*' if all => return true,
                    ':' => all = in_path,
                    ',' => (in_path, all) = (within, within),
                    _ => (in_path, all) = (false, false),
                },
                TokenTree::Ident(ident) => {
                    in_path = (in_path && all) || ident == "submission";
                    all = false;
                }
                TokenTree::Literal(_) => (in_path, all) = (false, false),
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHE: &str = "/// An LRU cache.\npub struct Cache<V> where V: Clone;\npub struct Hit { pub key: u64 }\nenum Way { In, Out }\n\
        impl<V: Clone> Cache<V> {\n    pub fn new(capacity: usize) -> Self;\n    fn get(&mut self, key: &u64) -> Option<&V>;\n}\n\
        impl<V> given::Lru<V> for Cache<V> where V: Clone {}\npub fn sum(values: &[u64],\n    start: u64) -> u64;\n";

    #[test]
    fn every_item_has_its_words_and_its_lines() {
        let interface = parse(CACHE).unwrap();
        let shown: Vec<&str> = interface
            .items
            .iter()
            .map(|item| item.shown.as_str())
            .collect();
        assert_eq!(
            shown,
            [
                "pub struct Cache<V> where V: Clone;",
                "pub struct Hit { pub key: u64 }",
                "enum Way { In, Out }",
                "pub fn new(capacity: usize) -> Self",
                "pub fn get(&mut self, key: &u64) -> Option<&V>",
                "impl<V> given::Lru<V> for Cache<V> where V: Clone",
                "pub fn sum(values: &[u64], start: u64) -> u64",
            ]
        );
        let names: Vec<&str> = interface
            .items
            .iter()
            .map(|item| item.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "Cache",
                "Hit",
                "Way",
                "Cache::new",
                "Cache::get",
                "given::Lru<V> for Cache",
                "sum"
            ]
        );
        let (program, lines) = interface.program();
        let text: Vec<&str> = program.lines().collect();
        for (item, lines) in interface.items.iter().zip(&lines) {
            let own = text[lines.start - 1..lines.end - 1].join("\n");
            assert_eq!(own.trim_end(), item.check.trim_end());
        }
        assert_eq!(lines[0].start, 1);
        assert!(lines.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn what_is_no_interface_is_told_with_its_line() {
        let told = |text: &str| {
            let mistake = parse(text).unwrap_err();
            (mistake.line, mistake.message)
        };
        assert_eq!(told("").1, "it asks for nothing");
        assert_eq!(
            told("pub fn a();\npub fn b() { 1 }\n"),
            (2, "expected `;`".to_owned())
        );
        assert_eq!(told("\npub fn a((x, y): (u8, u8));").0, 2);
        assert_eq!(
            told("pub struct A(u8);").1,
            "leave the fields out, or name them"
        );
        assert!(
            told("impl given::T for A { fn x(); }")
                .1
                .contains("leave the braces empty")
        );
        assert!(told("const X: u8 = 1;").0 == 1);
        assert!(told(&"&".repeat(MAX_BYTES + 1)).1.contains("larger"));
        // Deep, but within the bound.
        told(&format!("fn a(x: {}u8", "&".repeat(MAX_BYTES - 100)));
    }

    #[test]
    fn a_harness_that_names_everything_is_noticed() {
        for everything in [
            "use submission::*;",
            "fn main() { use ::submission::{a, b::*}; }",
            "use submission::a::b::*;",
            "use {std::fmt, submission::{self, *}};",
        ] {
            assert!(names_everything(everything), "{everything}");
        }
        for plain in [
            "use submission::{Cache, Node};",
            "fn main() { let x = 2 * submission::f() * 3; }",
            "fn main() { let x = submission::LIMIT * 3; let y: &submission::T = *x; }",
            "use std::collections::*; // submission::*",
        ] {
            assert!(!names_everything(plain), "{plain}");
        }
    }
}
