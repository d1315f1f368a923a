//! What authors write for learners, read as Markdown: links that lead nowhere, commands that do not exist, words that stand twice.
//!
//! The main function is [`look`]. Nothing is asked of the network: a link to the web can be written well and be dead all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::command::{self, Quoted};

/// A link, and what it must lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What stands there.
    pub target: String,
    /// Where it stands in the text.
    pub at: Range<usize>,
}

/// What was found in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// Links and pictures.
    pub links: Vec<Link>,
    /// References to a link that is not defined, by what stands there.
    pub undefined: Vec<Link>,
    /// Anchors that a link into this text can name.
    pub anchors: BTreeSet<String>,
    /// Commands of memgrade's.
    pub commands: Vec<Quoted>,
    /// Words that stand twice in a row.
    pub doubled: Vec<Link>,
}

/// Words that rightly stand twice in a row now and then.
const MAY_STAND_TWICE: [&str; 8] = [
    "had", "that", "is", "do", "hundred", "thousand", "million", "billion",
];

/// Stands for code in a sentence: it is a word of its own, and no other.
const CODE: char = '\u{fffc}';

/// Reads a text.
pub fn look(text: &str) -> Prose {
    let mut undefined = Vec::new();
    let mut note = |link: BrokenLink<'_>| {
        // `[x]` alone may be meant as it stands.
        if link.link_type != LinkType::Shortcut {
            undefined.push(Link {
                target: link.reference.to_string(),
                at: link.span,
            });
        }
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(&mut note));
    let mut reader = Reader::default();
    for (event, at) in parser.into_offset_iter() {
        reader.read(text, event, at);
    }
    reader.sentence_ends();
    Prose {
        undefined,
        ..reader.found
    }
}

#[derive(Default)]
struct Reader {
    found: Prose,
    /// The block's words so far, and where each of its pieces stands in the text.
    sentence: String,
    pieces: Vec<(usize, usize)>,
    heading: Option<String>,
    in_code: bool,
    /// How often an anchor was made already.
    taken: BTreeMap<String, usize>,
}

impl Reader {
    fn read(&mut self, text: &str, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let target = dest_url.to_string();
                self.found.links.push(Link { target, at });
            }
            Event::Start(Tag::Heading { .. }) => {
                self.sentence_ends();
                self.heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(heading) = self.heading.take() {
                    let anchor = self.anchor(&heading);
                    self.found.anchors.insert(anchor);
                }
                self.sentence_ends();
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.sentence_ends();
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Text(words) if self.in_code => {
                let source = text.get(at.clone()).unwrap_or_default();
                for line in command::of_block(source) {
                    self.found.commands.push(line.moved(at.start));
                }
                let _ = words;
            }
            Event::Text(words) => {
                self.push(&words, at.start);
                self.of_heading(&words);
            }
            Event::Code(code) => {
                if let Some(quoted) = command::of_code(&code, at.clone()) {
                    self.found.commands.push(quoted);
                }
                self.push(&CODE.to_string(), at.start);
                self.of_heading(&code);
            }
            Event::SoftBreak | Event::HardBreak => self.push(" ", at.start),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.found.anchors.extend(html_anchors(&html));
                self.push(&CODE.to_string(), at.start);
            }
            Event::Start(
                Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript,
            )
            | Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image
                | TagEnd::Superscript
                | TagEnd::Subscript,
            ) => {}
            // Whatever else begins or ends is a block.
            Event::Start(_) | Event::End(_) => self.sentence_ends(),
            Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => self.push(&CODE.to_string(), at.start),
        }
    }

    fn push(&mut self, words: &str, at: usize) {
        self.pieces.push((self.sentence.len(), at));
        self.sentence.push_str(words);
    }

    fn of_heading(&mut self, words: &str) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(words);
        }
    }

    /// The anchor that a heading gets: as GitHub makes it, which other tools do too.
    fn anchor(&mut self, heading: &str) -> String {
        let mut anchor = String::new();
        for c in heading.trim().to_lowercase().chars() {
            match c {
                ' ' => anchor.push('-'),
                '-' | '_' => anchor.push(c),
                c if c.is_alphanumeric() => anchor.push(c),
                _ => {}
            }
        }
        let count = self.taken.entry(anchor.clone()).or_default();
        *count += 1;
        match *count {
            1 => anchor,
            count => format!("{anchor}-{}", count - 1),
        }
    }

    /// Looks for words that stand twice in the block that ends.
    fn sentence_ends(&mut self) {
        let sentence = std::mem::take(&mut self.sentence);
        let pieces = std::mem::take(&mut self.pieces);
        for (start, word) in doubled(&sentence) {
            let piece = pieces.iter().rev().find(|(from, _)| *from <= start);
            let at = piece.map_or(0, |(from, at)| at + (start - from));
            self.found.doubled.push(Link {
                target: word.to_owned(),
                at: at..at + word.len(),
            });
        }
    }
}

/// Words that stand twice with nothing but space in between: where the second one begins, and the word.
fn doubled(sentence: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut before: Option<&str> = None;
    let mut at = 0;
    for part in sentence.split_inclusive(char::is_whitespace) {
        let start = at;
        at += part.len();
        let word = part.trim_end();
        if word.is_empty() {
            continue;
        }
        let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let plain = !bare.is_empty() && bare.chars().all(char::is_alphabetic);
        if let Some(before) = before
            && plain
            && before.eq_ignore_ascii_case(bare)
            && !MAY_STAND_TWICE
                .iter()
                .any(|word| word.eq_ignore_ascii_case(bare))
            && bare.chars().count() > 1
        {
            found.push((start, bare));
        }
        let opened = word.trim_start_matches(['(', '"', '“']);
        before = opened.chars().all(char::is_alphabetic).then_some(opened);
    }
    found
}

/// Names that HTML gives to places: `id="x"`, `name="x"`.
fn html_anchors(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for key in [" id=", " name="] {
        for (_, rest) in html
            .match_indices(key)
            .map(|(at, key)| (at, &html[at + key.len()..]))
        {
            if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\''))
                && let Some(value) = rest[1..].split(quote).next()
            {
                found.push(value.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let found = look(text).doubled;
        found
            .into_iter()
            .map(|link| format!("{} {}", link.target, &text[link.at]))
            .collect()
    }

    #[test]
    fn words_that_stand_twice_are_found_in_sentences_only() {
        assert_eq!(words("The the heap."), ["the the"]);
        assert_eq!(
            words("It goes to\nto the heap, and *on* on."),
            ["to to", "on on"]
        );
        assert_eq!(words("- a list of of things\n- of"), ["of of"]);
        for fine in [
            "```\nthe the\n```\n",
            "    the the\n",
            "the `the` the",
            "the, the",
            "that that was had had",
            "a million million nodes",
            "# The\n\nthe heap",
            "| the | the |\n|---|---|\n| a | a |\n",
            "1 1 is two ones; x x",
            "a [link](b) link",
        ] {
            let expected: &[&str] = if fine.starts_with("a [") {
                &["link link"]
            } else {
                &[]
            };
            assert_eq!(words(fine), expected, "{fine}");
        }
    }

    #[test]
    fn anchors_are_made_as_github_makes_them() {
        let text = "# What *really* happens: `Vec::push`?\n\n## Twice\n\n## Twice\n\n<a name=\"here\"></a>\n\nÜber Größe\n---\n";
        let anchors: Vec<String> = look(text).anchors.into_iter().collect();
        assert_eq!(
            anchors,
            [
                "here",
                "twice",
                "twice-1",
                "what-really-happens-vecpush",
                "über-größe"
            ]
        );
    }

    #[test]
    fn links_are_found_with_their_places_and_not_in_code() {
        let text = "See [a](b.md) and ![c](d.svg \"t\"), <https://x.org>, [e][f], [g][h] and `[i](j)`.\n\n[f]: k.md\n\n    [l](m)\n";
        let found = look(text);
        let targets: Vec<&str> = found
            .links
            .iter()
            .map(|link| link.target.as_str())
            .collect();
        assert_eq!(targets, ["b.md", "d.svg", "https://x.org", "k.md"]);
        assert_eq!(&text[found.links[0].at.clone()], "[a](b.md)");
        let undefined: Vec<&str> = found.undefined.iter().map(|l| l.target.as_str()).collect();
        assert_eq!(undefined, ["h"]);
    }

    #[test]
    fn commands_are_found_in_code() {
        let text = "Type `memgrade check a` or:\n\n    memgrade hint a   # a hint\n\n```sh\n$ memgrade run x.rs -- 3\nls\n```\n\nmemgrade grades, and `memgrade` too.\n";
        let found: Vec<String> = look(text)
            .commands
            .into_iter()
            .map(|quoted| format!("{} | {}", quoted.words.join(" "), &text[quoted.at]))
            .collect();
        assert_eq!(
            found,
            [
                "check a | `memgrade check a`",
                "hint a | memgrade hint a   # a hint",
                "run x.rs -- 3 | $ memgrade run x.rs -- 3"
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\PC|[\\[\\]()`*#<>|\n ]|memgrade |the ){0,60}") {
            look(&text);
        }
    }
}
