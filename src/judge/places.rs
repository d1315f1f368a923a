//! Places in the learner's source: how far the expression at a line and column reaches, and which line prints a line.
//!
//! Works on tokens, not on a syntax tree: a hostile source can nest so deeply that a parser's recursion overflows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::LineColumn;

use crate::course::units::human_size;
use crate::diagnostic::{Finding, Place};
use crate::intake::syntax::Purpose;
use crate::observe::paths::{self, CallPath};
use crate::observe::{Observation, Point, Site, SourceLine};

use super::tokens::{Kind, Token, closing, expression_end, receiver_start, tokenize};

/// Sources beyond this are not looked into: places stay whole lines.
const MAX_BYTES: usize = 1 << 20;
/// Most macro calls that are compared with a printed line.
const MAX_PRINTS: usize = 2_000;
/// Most callers that a finding shows.
const MAX_PATHS: usize = 3;
/// Fewest letters and digits that a printed line and a literal must share before the one is blamed for the other.
const LEAST_LIKENESS: usize = 3;

/// The learner's files, by the path that findings use.
pub(super) struct Sources<'a> {
    files: &'a BTreeMap<String, String>,
    /// What the source keeps from being dropped on purpose.
    purpose: Option<&'a Purpose>,
    tokens: RefCell<BTreeMap<&'a str, Rc<Vec<Token>>>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(files: &'a BTreeMap<String, String>) -> Self {
        Self {
            files,
            purpose: None,
            tokens: RefCell::default(),
        }
    }

    /// With what the source keeps from being dropped on purpose.
    pub(super) fn with_purpose(self, purpose: &'a Purpose) -> Self {
        Self {
            purpose: Some(purpose),
            ..self
        }
    }

    pub(super) fn purpose(&self) -> Option<&'a Purpose> {
        self.purpose
    }

    /// Where the static with this name is defined, if exactly one is; it may stand in a `thread_local!`.
    pub(super) fn definition(&self, name: &str) -> Option<Place> {
        let name = name.rsplit("::").next()?;
        let mut places = self.files.keys().flat_map(|file| {
            let tokens = self.tokens(file).map(|(_, tokens)| tokens);
            let tokens = tokens.as_deref().map(Vec::as_slice).unwrap_or_default();
            let word = |i: usize| match tokens.get(i).map(|token| &token.kind) {
                Some(Kind::Word(word)) => word.as_str(),
                _ => "",
            };
            let named = |i: &usize| {
                let after = if word(i + 1) == "mut" { i + 2 } else { i + 1 };
                // `&'static T` defines nothing.
                let lifetime = i.checked_sub(1).and_then(|before| tokens.get(before));
                let lifetime = lifetime.is_some_and(|token| token.kind == Kind::Punct('\''));
                word(*i) == "static" && word(after) == name && !lifetime
            };
            let starts: Vec<Place> = (0..tokens.len())
                .filter(named)
                .filter_map(|i| {
                    let token = tokens.get(i)?;
                    let line = u32::try_from(token.start.line).ok()?;
                    let column = u32::try_from(token.start.column + 1).ok();
                    Some(Place {
                        column,
                        ..Place::line(file, line)
                    })
                })
                .take(2)
                .collect();
            starts
        });
        let only = places.next()?;
        places.next().is_none().then_some(only)
    }

    /// Where `site` allocates; `None` if that is not known.
    pub(super) fn site(&self, site: &Site) -> Option<Place> {
        Some(self.place(site.file.as_deref()?, site.line?, site.column))
    }

    /// The place of a line of the learner's code.
    pub(super) fn source_line(&self, line: &SourceLine) -> Place {
        self.place(&line.file, line.line, line.column)
    }

    /// The expression that starts at this line and column, as much of it as stands on that line; the whole line where
    /// that cannot be told.
    pub(super) fn place(&self, file: &str, line: u32, column: Option<u32>) -> Place {
        let whole = Place::line(file, line);
        let Some(column) = column.filter(|column| *column > 0) else {
            return whole;
        };
        let Some((text, tokens)) = self.tokens(file) else {
            return whole;
        };
        let nth = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        // Columns from debug information count bytes; where bytes are not characters they are of no use here.
        match text.lines().nth(nth) {
            Some(text) if text.is_ascii() => {}
            _ => return whole,
        }
        let (Ok(row), Ok(col)) = (usize::try_from(line), usize::try_from(column - 1)) else {
            return whole;
        };
        let at = LineColumn {
            line: row,
            column: col,
        };
        let Some(first) = tokens
            .iter()
            .position(|token| token.start <= at && at < token.end && token.start.line == row)
        else {
            return whole;
        };
        let end = expression_end(&tokens, first);
        // Debug information names a method call by its method; people look for what it is called on.
        let first = receiver_start(&tokens, first);
        let Some(token) = tokens.get(first) else {
            return whole;
        };
        Place {
            file: file.to_owned(),
            line,
            column: u32::try_from(token.start.column + 1).ok(),
            end_column: end
                .filter(|end| end.line == row)
                .and_then(|end| u32::try_from(end.column + 1).ok()),
        }
    }

    /// Points a finding at the line of code to change so that another line is printed. `wrong` are the numbers of the
    /// printed lines that the finding is about, the first of them first; `printed` is that first line.
    ///
    /// Where one helper prints right and wrong lines alike, it is its caller that tells them apart: the innermost line
    /// of code that no other printed line came through. Without a stack, the one call whose text fits is taken.
    pub(super) fn blame_print(
        &self,
        finding: Finding,
        run: &Observation,
        wrong: &[u64],
        printed: &str,
    ) -> Finding {
        let point = wrong.first().and_then(|first| {
            let mut points = run.timeline.iter();
            points.find(|point| point.number == Some(*first) && !point.coalesced)
        });
        let path = point.map_or(&[][..], |point| &point.path);
        let Some(printer) = path.first() else {
            return match self.print_of(printed) {
                Some(place) => finding.at(place, "printed here"),
                None => finding,
            };
        };
        let others = || {
            let known = |point: &&Point| {
                !point.coalesced && point.number.is_some_and(|number| !wrong.contains(&number))
            };
            run.timeline.iter().filter(known)
        };
        // A generic function has another name for each type; it is the same line all the same.
        let same = |a: &SourceLine, b: &SourceLine| {
            (&a.file, a.line, a.column) == (&b.file, b.line, b.column)
        };
        let own = (0..path.len()).find(|last| {
            !others().any(|point| {
                let shared = path.iter().zip(&point.path).take_while(|(a, b)| same(a, b));
                shared.count() > *last
            })
        });
        match (own, path.get(own.unwrap_or(0)), path.get(1)) {
            (Some(1..), Some(caller), _) => finding
                .at(self.source_line(caller), "printed by this call")
                .also(self.source_line(printer), "printed here"),
            (_, _, Some(caller)) => finding
                .at(self.source_line(printer), "printed here")
                .also(self.source_line(caller), "called from here"),
            _ => finding.at(self.source_line(printer), "printed here"),
        }
    }

    /// Points a finding that has no place yet at what printed a line, where the stack of that moment is known.
    pub(super) fn printer(&self, finding: Finding, point: &Point, text: &str) -> Finding {
        match point.path.first() {
            Some(line) if finding.primary.is_none() && !point.coalesced => {
                let finding = finding.at(self.source_line(line), text);
                match point.path.get(1) {
                    Some(caller) => finding.also(self.source_line(caller), "called from here"),
                    None => finding,
                }
            }
            _ => finding,
        }
    }

    /// Points a finding at a line that allocates, and at who called it.
    pub(super) fn at_site(
        &self,
        finding: Finding,
        site: &Site,
        text: impl Into<String>,
    ) -> Finding {
        let Some(place) = self.site(site) else {
            return finding;
        };
        let finding = finding.at(place, text);
        if !site.paths.is_empty() {
            return self.by_way_of(finding, site);
        }
        match site.path.get(1) {
            Some(caller) => finding.also(self.source_line(caller), "called from here"),
            None => finding,
        }
    }

    /// Says how much came by which caller: of what is lost if anything is, else of what is alive, else of all.
    fn by_way_of(&self, finding: Finding, site: &Site) -> Finding {
        type Share = fn(&CallPath) -> u64;
        let shares: [(Share, &str); 3] = [
            (
                |path| path.lost.unwrap_or_default().bytes,
                "of what is lost",
            ),
            (|path| path.at_exit.bytes, "of what is alive at the end"),
            (|path| path.total.bytes, "of it"),
        ];
        let any = |share: &&(Share, &str)| site.paths.iter().any(|path| share.0(path) > 0);
        let Some((share, of_what)) = shares.iter().find(any) else {
            return finding;
        };
        let mut paths: Vec<&CallPath> = site.paths.iter().filter(|path| share(path) > 0).collect();
        paths.sort_by_key(|path| std::cmp::Reverse(share(path)));
        let shared = paths::in_common(&site.paths);
        paths.iter().take(MAX_PATHS).fold(finding, |finding, path| {
            let size = human_size(share(path));
            match path.callers.get(shared) {
                Some(caller) => {
                    let text = format!("{size} {of_what} came by this call");
                    finding.also(self.source_line(caller), text)
                }
                None => finding,
            }
        })
    }

    /// Where a line is printed, if exactly one call of a printing macro fits it best.
    fn print_of(&self, printed: &str) -> Option<Place> {
        let mut best: Option<(usize, Place)> = None;
        let mut tie = false;
        for file in self.files.keys() {
            let Some((_, tokens)) = self.tokens(file) else {
                continue;
            };
            for (place, literal) in prints(file, &tokens) {
                let fit = literal
                    .split('\n')
                    .filter_map(|line| likeness(&segments(line), printed))
                    .max()
                    .filter(|likeness| *likeness >= LEAST_LIKENESS);
                let Some(fit) = fit else { continue };
                match &best {
                    Some((so_far, _)) if *so_far > fit => {}
                    Some((so_far, _)) if *so_far == fit => tie = true,
                    _ => {
                        best = Some((fit, place));
                        tie = false;
                    }
                }
            }
        }
        best.filter(|_| !tie).map(|(_, place)| place)
    }

    fn tokens(&self, file: &str) -> Option<(&'a str, Rc<Vec<Token>>)> {
        let (name, text) = self.files.get_key_value(file)?;
        if let Some(tokens) = self.tokens.borrow().get(name.as_str()) {
            return Some((text, Rc::clone(tokens)));
        }
        let tokens = Rc::new(if text.len() <= MAX_BYTES {
            tokenize(text)
        } else {
            Vec::new()
        });
        self.tokens.borrow_mut().insert(name, Rc::clone(&tokens));
        Some((text, tokens))
    }
}

/// Calls of macros that print, with their format strings.
fn prints(file: &str, tokens: &[Token]) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    let calls = tokens.iter().enumerate().filter(|(i, token)| {
        matches!(&token.kind, Kind::Word(word)
            if matches!(word.as_str(), "println" | "print" | "writeln" | "write" | "format"))
            && matches!(tokens.get(i + 1).map(|t| &t.kind), Some(Kind::Punct('!')))
    });
    for (i, token) in calls.take(MAX_PRINTS) {
        let Some(end) = closing(tokens, i + 2) else {
            continue;
        };
        let mut depth = 0_usize;
        let literal = tokens
            .get(i + 2..end)
            .into_iter()
            .flatten()
            .find_map(|token| {
                match &token.kind {
                    Kind::Open(_) => depth += 1,
                    Kind::Close => depth = depth.saturating_sub(1),
                    Kind::Literal(text) if depth == 1 => return string_value(text),
                    _ => {}
                }
                None
            });
        let Some(literal) = literal else { continue };
        let same_line = tokens
            .get(end)
            .map(|close| close.end)
            .filter(|close| close.line == token.start.line);
        let (Ok(line), Ok(column)) = (
            u32::try_from(token.start.line),
            u32::try_from(token.start.column + 1),
        ) else {
            continue;
        };
        let place = Place {
            file: file.to_owned(),
            line,
            column: Some(column),
            end_column: same_line.and_then(|close| u32::try_from(close.column + 1).ok()),
        };
        found.push((place, literal));
    }
    found
}

/// The value of a string literal.
fn string_value(text: &str) -> Option<String> {
    if text.len() > 2_000 {
        return None;
    }
    syn::parse_str::<syn::LitStr>(text)
        .ok()
        .map(|literal| literal.value())
}

/// The fixed parts of a format string; between two of them stands a value.
fn segments(format: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => {
                chars.next();
                push(&mut parts, c);
            }
            ('{', _) => {
                for c in chars.by_ref() {
                    if c == '}' {
                        break;
                    }
                }
                parts.push(String::new());
            }
            _ => push(&mut parts, c),
        }
    }
    parts
}

fn push(parts: &mut [String], c: char) {
    if let Some(last) = parts.last_mut() {
        last.push(c);
    }
}

/// How many letters and digits of the fixed parts a line shares, if it fits them at all.
fn likeness(parts: &[String], line: &str) -> Option<usize> {
    let line = line.trim_end();
    let (first, rest) = parts.split_first()?;
    let last_is_first = rest.is_empty();
    let mut left = line.strip_prefix(if last_is_first {
        first.trim_end()
    } else {
        first
    })?;
    if let Some((last, middle)) = rest.split_last() {
        for part in middle {
            let at = left.find(part.as_str())?;
            left = &left[at + part.len()..];
        }
        left.strip_suffix(last.trim_end())?;
    } else if !left.is_empty() {
        return None;
    }
    Some(
        parts
            .iter()
            .flat_map(|part| part.chars())
            .filter(|c| c.is_alphanumeric())
            .count(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::run;
    use super::*;
    use crate::diagnostic::Label;

    fn columns(text: &str, line: u32, column: u32) -> (Option<u32>, Option<u32>) {
        let files = BTreeMap::from([("main.rs".to_owned(), text.to_owned())]);
        let place = Sources::new(&files).place("main.rs", line, Some(column));
        assert_eq!(place.line, line);
        (place.column, place.end_column)
    }

    #[test]
    fn an_expression_reaches_to_its_last_call() {
        let cases = [
            ("        self.recent.push_back(tx);", 9, (9, 34)),
            ("let v = vec![0u8; 4096];", 9, (9, 24)),
            ("let v = Vec::<u8>::with_capacity(10) ;", 9, (9, 37)),
            ("let v = File::open(x)?.len() + 1;", 9, (9, 29)),
            ("f(&mut a.b[3], c)", 3, (3, 14)),
            ("\"text\".to_owned()", 1, (1, 18)),
            ("let s = S { a: 1 };", 9, (9, 10)),
            ("while i < n { f() }", 7, (7, 8)),
            ("let memo = memo.into();", 17, (12, 23)),
            ("        self.recent.push_back(tx);", 21, (9, 34)),
            ("x = f(a)[0].g(1).clone() + 1;", 18, (5, 25)),
            ("return (a + b).max(c);", 16, (8, 22)),
            ("let n = vec![1, 2].into_iter().sum();", 20, (9, 37)),
            ("let n = File::open(x)?.len();", 24, (9, 29)),
        ];
        for (text, column, (from, to)) in cases {
            let text = format!("fn f() {{\n{text}\n}}");
            assert_eq!(columns(&text, 2, column), (Some(from), Some(to)), "{text}");
        }
    }

    #[test]
    fn an_expression_over_several_lines_reaches_to_the_end_of_its_first() {
        assert_eq!(
            columns("fn f() {\n  g(1,\n    2)\n}", 2, 3),
            (Some(3), None)
        );
    }

    #[test]
    fn what_cannot_be_told_is_the_whole_line() {
        assert_eq!(columns("fn f() { ", 1, 4), (None, None));
        assert_eq!(columns("fn f() {}", 1, 40), (None, None));
        assert_eq!(columns("fn f() {}", 9, 1), (None, None));
        assert_eq!(columns("fn f() { \"é\".len() }", 1, 10), (None, None));
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let nested =
            |depth: usize| format!("fn f() {{ {}{} }}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(columns(&nested(4_000), 1, 10), (Some(10), Some(8_010)));
        assert_eq!(columns(&nested(90_000), 1, 10), (Some(10), None));
    }

    #[test]
    fn a_printed_line_leads_to_the_call_that_fits_best() {
        let text = r#"
fn main() {
    println!("{}", x);
    println!("After {n} transactions: {:.1} MB", mb);
    writeln!(out, "After {} blocks", n).unwrap();
    println!("twice"); 
    println!("twice");
    println!("head\nPeak: {peak} of {{all}}");
}"#;
        let files = BTreeMap::from([("main.rs".to_owned(), text.to_owned())]);
        let sources = Sources::new(&files);
        let line = |printed: &str| sources.print_of(printed).map(|place| place.line);
        assert_eq!(line("After 100 transactions: 9.6 MB"), Some(4));
        assert_eq!(line("After 3 blocks"), Some(5));
        assert_eq!(line("Peak: 12 of {all}"), Some(8));
        assert_eq!(line("twice"), None, "two calls fit equally well");
        assert_eq!(line("17"), None, "a bare value fits anything");
        let place = sources.print_of("After 3 blocks").unwrap();
        assert_eq!((place.column, place.end_column), (Some(5), Some(40)));
    }

    #[test]
    fn the_line_to_change_is_the_one_that_only_wrong_lines_came_through() {
        // What printed each line, innermost first; which lines are wrong; the line of code to change and the other.
        type Row = (&'static [&'static [u32]], &'static [u64], u32, Option<u32>);

        let source = |line| SourceLine {
            file: "main.rs".to_owned(),
            line,
            column: None,
            function: None,
        };
        let rows: [Row; 8] = [
            // One line, printed in main or by a function.
            (&[&[7]], &[1], 7, None),
            (&[&[7, 20]], &[1], 7, Some(20)),
            // A helper prints all lines, and one is wrong: its call is to blame.
            (&[&[7, 20], &[7, 21], &[7, 22]], &[2], 21, Some(7)),
            // All of them are wrong: the helper is.
            (&[&[7, 20], &[7, 21]], &[1, 2], 7, Some(20)),
            // A loop prints right and wrong lines from the same place.
            (&[&[7, 20], &[7, 20], &[7, 20]], &[2, 3], 7, Some(20)),
            // Two helpers, one inside the other: the outer one prints only wrong lines.
            (
                &[&[7, 14, 20], &[7, 14, 21], &[7, 22]],
                &[1, 2],
                14,
                Some(7),
            ),
            (&[&[7, 14, 20], &[7, 14, 21]], &[1], 20, Some(7)),
            // Another line of the same function is no reason to go further out.
            (&[&[7, 20], &[8, 20]], &[2], 8, Some(20)),
        ];
        let files = BTreeMap::new();
        for (paths, wrong, primary, secondary) in rows {
            let run = paths.iter().fold(run(), |run, path| {
                run.mark("x", 0).last(|point| {
                    point.path = path.iter().map(|line| source(*line)).collect();
                    let generic = format!("print<{}>", path.len());
                    if let Some(helper) = point.path.first_mut() {
                        helper.function = Some(generic);
                    }
                })
            });
            let finding = Finding::learner("claims/untrue", "");
            let finding = Sources::new(&files).blame_print(finding, &run.build(), wrong, "x");
            let place = |label: &Label| label.place.line;
            assert_eq!(
                finding.primary.as_ref().map(place),
                Some(primary),
                "{paths:?}"
            );
            assert_eq!(finding.secondary.first().map(place), secondary, "{paths:?}");
        }
    }
}
