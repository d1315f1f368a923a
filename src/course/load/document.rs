//! A TOML file with the place of everything in it.
//!
//! The main types are [`Document`], [`Node`] (a value and where it stands) and [`Notebook`], which collects findings
//! about the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Fault, Finding, Place, Severity};

/// Most bytes of a file that is read at all: a spec of this size was not written by hand.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// Most findings about one file; one more says that there are others.
const MAX_FINDINGS: usize = 200;

/// Collects findings about one file.
pub(crate) struct Notebook<'a> {
    file: &'a str,
    text: &'a str,
    /// First half of every code: `spec` or `answers`.
    family: &'static str,
    fault: Fault,
    line_starts: Vec<usize>,
    findings: Vec<Finding>,
}

impl<'a> Notebook<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, family: &'static str, fault: Fault) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file,
            text,
            family,
            fault,
            line_starts,
            findings: Vec::new(),
        }
    }

    /// Number of the line, from 0, that byte `at` stands on.
    fn line_index(&self, at: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start <= at)
            .saturating_sub(1)
    }

    /// The place of a range of bytes. Of a range over several lines only the first line is marked.
    pub(crate) fn place(&self, range: &Range<usize>) -> Place {
        let start = self.floor(range.start);
        let line = self.line_index(start);
        let line_start = self.line_starts.get(line).copied().unwrap_or(0);
        let count = |from: usize, to: usize| {
            let characters = self.text.get(from..to).map_or(0, |t| t.chars().count());
            u32::try_from(characters).unwrap_or(u32::MAX)
        };
        let column = 1 + count(line_start, start);
        let end = self.floor(range.end.max(start));
        let end_column = if end == start {
            Some(column.saturating_add(1))
        } else if self.line_index(end) == line {
            Some(1 + count(line_start, end))
        } else {
            None
        };
        Place {
            file: self.file.to_owned(),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: Some(column),
            end_column,
        }
    }

    /// The lines below a broken `[header]`: their keys were read as those of another table.
    fn lines_of_table(&self, header: u32) -> std::ops::Range<u32> {
        let from = header as usize;
        let starts_header = |index: usize| {
            let start = self.line_starts.get(index).copied();
            let line = start.and_then(|at| self.text.get(at..));
            line.is_some_and(|line| line.trim_start_matches([' ', '\t']).starts_with('['))
        };
        if !starts_header(from.saturating_sub(1)) {
            return 0..0;
        }
        let rest = (from..self.line_starts.len()).find(|index| starts_header(*index));
        let end = rest.unwrap_or(self.line_starts.len());
        header + 1..u32::try_from(end).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn floor(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A finding of this file's family, at a place. Give it to [`Notebook::add`] when it is complete.
    pub(crate) fn finding(
        &self,
        kind: &str,
        range: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        let code = format!("{}/{kind}", self.family);
        Finding::new(&code, Severity::Error, self.fault, message).at(self.place(range), label)
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Shorthand for a finding without notes and help.
    pub(crate) fn error(
        &mut self,
        kind: &str,
        range: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        let finding = self.finding(kind, range, message, label);
        self.add(finding);
    }

    /// Whether anything found so far makes the file unusable.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }

    /// The findings in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        sort(&mut self.findings);
        self.findings.dedup();
        if self.findings.len() > MAX_FINDINGS {
            let more = self.findings.len() - MAX_FINDINGS;
            self.findings.truncate(MAX_FINDINGS);
            if let Some(last) = self.findings.last_mut() {
                last.notes
                    .push(format!("{more} more problems in this file are not shown"));
            }
        }
        self.findings
    }

    /// Drops findings that a broken line may have caused: those at lines that a syntax error touches, and those that
    /// speak of something that is missing or that belongs together, as it may stand on the broken line.
    fn forget_consequences(&mut self, broken: &[u32]) {
        const SURE: [&str; 4] = ["/unknown-key", "/unknown-word", "/unit", "/regex"];
        self.findings.retain(|finding| {
            finding.code.ends_with("/syntax")
                || finding.code.ends_with("/duplicate-key")
                || SURE.iter().any(|kind| finding.code.ends_with(kind))
                    && finding
                        .primary
                        .as_ref()
                        .is_none_or(|label| !broken.contains(&label.place.line))
        });
    }
}

/// Puts findings in the order of files, lines and columns.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| f.primary.as_ref().map(|label| label.place.clone());
        key(a)
            .cmp(&key(b))
            .then_with(|| a.code.cmp(&b.code))
            .then_with(|| a.message.cmp(&b.message))
    });
}

/// A TOML file, read as far as it can be read.
pub(crate) struct Document<'a> {
    root: Spanned<DeValue<'a>>,
    /// Lines that a syntax error touches.
    broken: Vec<u32>,
}

impl<'a> Document<'a> {
    /// Reads `text`; every syntax error becomes a finding. `None` if the file is too large to be read.
    pub(crate) fn read(text: &'a str, notebook: &mut Notebook<'_>) -> Option<Self> {
        if text.len() > MAX_BYTES {
            notebook.error(
                "too-large",
                &(0..0),
                format!(
                    "this file is larger than {}",
                    crate::course::units::human_size(MAX_BYTES as u64)
                ),
                "nothing of it is read",
            );
            return None;
        }
        let (table, mut errors) = DeTable::parse_recoverable(text);
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        let mut broken = Vec::new();
        let mut last_in_list: Option<u32> = None;
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let end = notebook.place(&(span.end..span.end)).line;
            let finding = syntax_error(notebook, &span, error.message());
            let start = finding.primary.as_ref().map_or(end, |l| l.place.line);
            // A value that never ends takes the rest of the file with it; its tail says nothing about the author.
            broken.push(start);
            broken.extend(start + 1..=end.min(start.saturating_add(1000)));
            broken.extend(notebook.lines_of_table(start));
            // The parser stumbles several times over one broken line, and over every line after a list that was not
            // closed; the first stumble says it best.
            let of_list = error.message().contains("array") && !error.message().contains("table");
            let line = |f: &Finding| f.primary.as_ref().map(|l| l.place.line);
            let seen = notebook.findings.iter().any(|f| line(f) == line(&finding));
            let follows_list = last_in_list.is_some_and(|last| start <= last.saturating_add(2));
            if !seen && !follows_list {
                notebook.add(finding);
            }
            if of_list || follows_list {
                last_in_list = Some(start);
            }
        }
        let span = table.span();
        let root = Spanned::new(span, DeValue::Table(table.into_inner()));
        Some(Self { root, broken })
    }

    pub(crate) fn root(&self) -> Node<'_> {
        Node {
            key: None,
            value: &self.root,
        }
    }

    /// Whether the whole file is well-formed TOML.
    pub(crate) fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }

    /// Whether a syntax error touches this line.
    pub(crate) fn is_broken(&self, line: u32) -> bool {
        self.broken.contains(&line)
    }

    /// Keeps only the findings that hold whatever the broken lines were meant to be.
    pub(crate) fn settle(&self, notebook: &mut Notebook<'_>) {
        if !self.is_whole() {
            notebook.forget_consequences(&self.broken);
        }
    }
}

fn syntax_error(notebook: &Notebook<'_>, span: &Range<usize>, message: &str) -> Finding {
    if message.starts_with("duplicate key") {
        let message = "this key is given twice";
        return notebook
            .finding("duplicate-key", span, message, "given before")
            .help("remove one of the two");
    }
    let rest = notebook.text.get(span.start..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let before = notebook.text.get(..span.start).unwrap_or_default();
    let value_missing = before.trim_end_matches([' ', '\t']).ends_with('=')
        && (rest.trim().is_empty() || rest.trim_start().starts_with('#'));
    let message = if value_missing {
        "there is no value after `=`".to_owned()
    } else {
        format!("this is not valid TOML: {message}")
    };
    notebook.finding("syntax", span, message, "here")
}

/// A value with its key and place.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    key: Option<&'a Spanned<std::borrow::Cow<'a, str>>>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    pub(crate) fn value(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// The bytes of the value. Of a table under a `[header]` this is the header.
    pub(crate) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// The key that the value stands under, if it is in a table.
    pub(crate) fn key(&self) -> Option<&'a str> {
        self.key.map(|key| key.get_ref().as_ref())
    }

    /// The bytes of the key, or of the value where there is none.
    pub(crate) fn key_span(&self) -> Range<usize> {
        self.key.map_or_else(|| self.span(), Spanned::span)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Node<'a>> {
        let (key, value) = self.value().as_table()?.get_key_value(key)?;
        Some(Node {
            key: Some(key),
            value,
        })
    }

    /// Keys and values of a table, in the order of keys; of anything else nothing.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.value()
            .as_table()
            .into_iter()
            .flat_map(DeTable::iter)
            .map(|(key, value)| Node {
                key: Some(key),
                value,
            })
    }

    /// Elements of an array; of anything else nothing.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.value()
            .as_array()
            .into_iter()
            .flat_map(|array| array.iter())
            .map(|value| Node { key: None, value })
    }

    /// Elements of the array under `key`.
    pub(crate) fn list(&self, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.get(key).into_iter().flat_map(|node| node.elements())
    }

    pub(crate) fn str(&self) -> Option<&'a str> {
        self.value().as_str()
    }

    pub(crate) fn integer(&self) -> Option<i128> {
        let integer = self.value().as_integer()?;
        i128::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    /// An integer or a float as a float.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.value() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            #[expect(
                clippy::cast_precision_loss,
                reason = "numbers that need more than 53 bits are compared loosely"
            )]
            DeValue::Integer(_) => self.integer().map(|n| n as f64),
            _ => None,
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        self.value().as_bool()
    }
}

/// The words nearest to `written`, if it looks like a slip of one of them.
pub(crate) fn nearest<'w>(
    written: &str,
    words: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    // Comparing megabytes with every word would take long, and nothing would be near.
    if written.len() > 100 {
        return None;
    }
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let written = plain(written);
    words
        .into_iter()
        .map(|word| {
            let candidate = plain(word);
            let contains = !written.is_empty()
                && written.len() >= 3
                && (candidate.contains(&written) || written.contains(&candidate));
            let distance = strsim::damerau_levenshtein(&written, &candidate);
            let bound = candidate.chars().count().max(written.chars().count()) / 3;
            let near = distance <= bound || contains;
            (near, distance, word)
        })
        .filter(|(near, ..)| *near)
        .min_by_key(|(_, distance, word)| (*distance, *word))
        .map(|(_, _, word)| word)
}

/// At most 60 characters of hostile text, on one line, for use in a message.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(60)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}
