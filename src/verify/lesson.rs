//! A lesson, and what else learners read: every link leads somewhere that they have, every command exists, no word stands twice.

use super::command::Quoted;
use super::prose::{self, Link, Prose};
use crate::course::load::document::nearest;
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::judge::catalog;

/// What a path in the course is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// What a command line of memgrade's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Ids of exercises.
    pub exercises: Vec<String>,
    /// Codes of findings.
    pub codes: Vec<String>,
}

/// Why a command line cannot be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTyped {
    /// What is wrong with it.
    pub message: String,
    /// What may be meant.
    pub help: Option<String>,
}

/// What a text may rest on: the course that it stands in, and memgrade's own commands.
pub struct Around<'a> {
    /// Ids of the course's exercises.
    pub ids: Vec<&'a str>,
    /// What is at a path of the course.
    pub kind: &'a dyn Fn(&str) -> Option<Kind>,
    /// The text of a file of the course.
    pub text: &'a dyn Fn(&str) -> Option<String>,
    /// Whether students get a file of the course.
    pub given: &'a dyn Fn(&str) -> bool,
    /// Reads the words after `memgrade`: what they name, or what is wrong with them and what may be meant.
    pub command: &'a dyn Fn(&[String]) -> Result<Named, NotTyped>,
}

/// Everything that is wrong with a page at `path`. Its text is Markdown.
pub fn page(path: &str, text: &str, around: &Around<'_>) -> Vec<Finding> {
    let prose = prose::look(text);
    let lines = Lines::of(text);
    let mut problems = Vec::new();
    for link in &prose.links {
        if let Some(problem) = dead(path, link, &prose, around) {
            problems.push(problem.at(lines.place(path, link), "leads nowhere"));
        }
    }
    for link in &prose.undefined {
        let message = format!("`[{}]` is not defined in this page", link.target);
        problems.push(
            author("verify/dead-link", message)
                .at(lines.place(path, link), "which link is meant?")
                .help(format!("write `[{}]: …` on a line of its own", link.target)),
        );
    }
    problems.extend(in_sentences(&prose, around, &|link| {
        lines.place(path, link)
    }));
    problems
}

/// What is wrong with a sentence of a spec or checklist; `place` is where it stands.
pub fn sentence(text: &str, place: &Place, around: &Around<'_>) -> Vec<Finding> {
    in_sentences(&prose::look(text), around, &|_| place.clone())
}

fn in_sentences(
    prose: &Prose,
    around: &Around<'_>,
    place: &dyn Fn(&Link) -> Place,
) -> Vec<Finding> {
    let mut problems = Vec::new();
    for word in &prose.doubled {
        let message = format!("the word `{}` stands twice in a row", word.target);
        problems.push(author("verify/doubled-word", message).at(place(word), "the second"));
    }
    for quoted in &prose.commands {
        if let Some(problem) = unknown(quoted, around) {
            let at = Link {
                target: String::new(),
                at: quoted.at.clone(),
            };
            problems.push(problem.at(place(&at), "cannot be typed"));
        }
    }
    problems
}

fn author(code: &str, message: String) -> Finding {
    Finding::new(code, Severity::Error, Fault::Author, message)
}

/// The number of links to the web in a page, and of all others.
pub fn count_links(text: &str) -> (usize, usize) {
    let links = prose::look(text).links;
    let web = links.iter().filter(|link| is_web(&link.target)).count();
    (web, links.len() - web)
}

fn is_web(target: &str) -> bool {
    scheme(target).is_some_and(|(scheme, _)| scheme == "http" || scheme == "https")
}

/// The scheme in front of a target, in lower case, and what follows its colon.
fn scheme(target: &str) -> Option<(String, &str)> {
    let (scheme, rest) = target.split_once(':')?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    // One letter is a drive of Windows'.
    (named && scheme.len() > 1).then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Why a link leads nowhere.
fn dead(page: &str, link: &Link, prose: &Prose, around: &Around<'_>) -> Option<Finding> {
    let target = link.target.as_str();
    let dead = |message: String| Some(author("verify/dead-link", message));
    if target.is_empty() {
        return dead("this link has no target".to_owned());
    }
    if let Some((scheme, rest)) = scheme(target) {
        return match scheme.as_str() {
            "http" | "https" => {
                let reason = not_a_url(rest)?;
                dead(format!("`{target}` is no address of the web: {reason}"))
            }
            "mailto" if rest.contains('@') => None,
            _ => dead(format!("`{target}` leads nowhere that learners can go to")),
        };
    }
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let fragment = decoded(fragment);
    if file.is_empty() {
        return no_anchor(page, &fragment, &prose.anchors, target);
    }
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Some(path) = resolved(folder, &decoded(file)) else {
        return dead(format!("`{target}` leads out of the course"));
    };
    match (around.kind)(&path) {
        None => {
            let problem = author("verify/dead-link", format!("there is no `{path}`"));
            Some(problem.help("links are relative to the page that they stand in"))
        }
        Some(_) if !(around.given)(&path) => Some(
            author(
                "verify/dead-link",
                format!("`{path}` is not given to students, so this link is dead for them"),
            )
            .help("link to what lies in the exercise's own folder, or to the web"),
        ),
        Some(Kind::File) if !fragment.is_empty() && is_page(&path) => {
            let text = (around.text)(&path)?;
            no_anchor(&path, &fragment, &prose::look(&text).anchors, target)
        }
        Some(_) => None,
    }
}

fn is_page(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn no_anchor(
    page: &str,
    fragment: &str,
    anchors: &std::collections::BTreeSet<String>,
    target: &str,
) -> Option<Finding> {
    if fragment.is_empty() || anchors.contains(fragment) {
        return None;
    }
    let message = format!("there is no heading `#{fragment}` in `{page}`");
    let mut problem = author("verify/dead-link", message);
    let near = nearest(fragment, anchors.iter().map(String::as_str));
    if let Some(near) = near {
        let file = target.split_once('#').map_or("", |(file, _)| file);
        problem = problem.help(format!("did you mean `{file}#{near}`?"));
    }
    Some(problem)
}

/// `path` seen from `folder`, without `.` and `..`; `None` if it leads out of the course.
fn resolved(folder: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '\\']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The relative files that a page links to, as paths of the course.
pub fn linked_files(page: &str, text: &str) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let links = prose::look(text).links.into_iter();
    links
        .filter(|link| scheme(&link.target).is_none())
        .filter_map(|link| {
            let file = link.target.split('#').next().unwrap_or_default();
            resolved(folder, &decoded(file))
        })
        .collect()
}

/// `%20` and the like as what they stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex
            .filter(|hex| *first == b'%' && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What keeps `rest`, which follows `http:` or `https:`, from being an address.
fn not_a_url(rest: &str) -> Option<&'static str> {
    let Some(rest) = rest.strip_prefix("//") else {
        return Some("`//` is missing after the colon");
    };
    if rest.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
    {
        return Some("it holds a character that none can hold");
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !host.contains('[') || host.ends_with(']') => (host, Some(port)),
        _ => (host, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("its port is no number");
    }
    let is_address = host.starts_with('[') && host.ends_with(']');
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let labels = host.strip_suffix('.').unwrap_or(host);
    let named = labels.split('.').all(label) && (labels.contains('.') || labels == "localhost");
    if !is_address && !named {
        return Some("its host is no name of a computer");
    }
    let bad_escape = rest[end..].match_indices('%').any(|(at, _)| {
        let hex = rest.as_bytes().get(end + at + 1..end + at + 3);
        !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    bad_escape.then_some("a `%` in it is not followed by two hexadecimal digits")
}

/// Why a command line cannot be typed as it stands.
fn unknown(quoted: &Quoted, around: &Around<'_>) -> Option<Finding> {
    let words = match (quoted.partial, quoted.words.first()) {
        (true, Some(first)) => std::slice::from_ref(first),
        _ => quoted.words.as_slice(),
    };
    let problem = |message: String| Some(author("verify/unknown-command", message));
    match (around.command)(words) {
        Err(wrong) => {
            let line = words.join(" ");
            let message = format!("`memgrade {line}` cannot be typed: {}", wrong.message);
            let mut finding = author("verify/unknown-command", message);
            finding.help = wrong.help;
            Some(finding)
        }
        Ok(named) => {
            let unknown = named
                .exercises
                .iter()
                .find(|id| !around.ids.contains(&id.as_str()));
            if let Some(id) = unknown {
                let message = format!("there is no exercise `{id}` in this course");
                let near = nearest(id, around.ids.iter().copied());
                let mut finding = author("verify/unknown-command", message);
                finding.help = near.map(|near| format!("did you mean `{near}`?"));
                return Some(finding);
            }
            let topics = ["limits", "codes"];
            let code = named.codes.iter().find(|code| {
                catalog::explain(code).is_none() && !topics.contains(&code.as_str())
            })?;
            problem(format!("there is no code `{code}` to explain"))
        }
    }
}

/// Where lines begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    /// The place of what stands at a range of bytes; of several lines the first.
    fn place(&self, file: &str, link: &Link) -> Place {
        let index = self
            .starts
            .partition_point(|start| *start <= link.at.start)
            .saturating_sub(1);
        let start = self.starts.get(index).copied().unwrap_or(0);
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let column = |to: usize| {
            let chars = self
                .text
                .get(start..to)
                .map_or(0, |text| text.chars().count());
            u32::try_from(chars + 1).unwrap_or(u32::MAX)
        };
        Place {
            file: file.to_owned(),
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            column: Some(column(link.at.start)),
            end_column: Some(column(link.at.end.min(end))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "exercises/leak/README.md";

    /// Problems of a page, as `line:column message`.
    fn problems(text: &str) -> Vec<String> {
        let kind = |path: &str| match path {
            "exercises/leak/curve.svg" | PAGE | "exercises/cycle/README.md" | "docs/more.md" => {
                Some(Kind::File)
            }
            "exercises/cycle" => Some(Kind::Folder),
            _ => None,
        };
        let around = Around {
            ids: vec!["leak", "cycle"],
            kind: &kind,
            text: &|_| Some("# A ring\n".to_owned()),
            given: &|path| path.starts_with("exercises/"),
            command: &|words| match words.first().map(String::as_str) {
                Some("check") => Ok(Named {
                    exercises: words[1..].to_vec(),
                    codes: Vec::new(),
                }),
                Some("explain") => Ok(Named {
                    exercises: Vec::new(),
                    codes: words[1..].to_vec(),
                }),
                _ => Err(NotTyped {
                    message: "no such command".to_owned(),
                    help: None,
                }),
            },
        };
        let told = page(PAGE, text, &around).into_iter().map(|finding| {
            let place = finding.primary.unwrap().place;
            format!(
                "{}:{} {}",
                place.line,
                place.column.unwrap(),
                finding.message
            )
        });
        told.collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let text = "# One thing\n\n[a](curve.svg) [b](./curve.svg) [c](#one-thing) [d](../cycle/README.md#a-ring) [e](../cycle/)\n\
            [f](https://doc.rust-lang.org/std/#x) <mailto:a@b.org> [g](http://localhost:80/a%20b) [h](http://[::1]:80)\n";
        assert_eq!(problems(text), [""; 0]);
        assert_eq!(count_links(text), (3, 6));
        assert_eq!(
            linked_files(
                PAGE,
                "[a](curve.svg) [b](b%20c.txt#d) [c](../../../x) [d](https://x.org)"
            ),
            ["exercises/leak/curve.svg", "exercises/leak/b c.txt"]
        );
    }

    #[test]
    fn dead_links_are_told_with_their_reason_and_place() {
        for (link, message) in [
            ("[a](gone.md)", "there is no `exercises/leak/gone.md`"),
            (
                "[a](../../../etc/passwd)",
                "`../../../etc/passwd` leads out of the course",
            ),
            ("[a](/etc/passwd)", "`/etc/passwd` leads out of the course"),
            (
                "[a](#two)",
                "there is no heading `#two` in `exercises/leak/README.md`",
            ),
            (
                "[a](../cycle/README.md#two)",
                "there is no heading `#two` in `exercises/cycle/README.md`",
            ),
            (
                "[a](../../docs/more.md)",
                "`docs/more.md` is not given to students, so this link is dead for them",
            ),
            ("[a]()", "this link has no target"),
            (
                "[a](https:/x.org)",
                "`https:/x.org` is no address of the web: `//` is missing after the colon",
            ),
            (
                "[a](https://)",
                "`https://` is no address of the web: its host is no name of a computer",
            ),
            (
                "[a](https://x.org:y/)",
                "`https://x.org:y/` is no address of the web: its port is no number",
            ),
            (
                "[a](https://x_.-o.org)",
                "`https://x_.-o.org` is no address of the web: its host is no name of a computer",
            ),
            (
                "[a](https://x.org/%zz)",
                "`https://x.org/%zz` is no address of the web: a `%` in it is not followed by two hexadecimal digits",
            ),
            (
                "[a](javascript:alert)",
                "`javascript:alert` leads nowhere that learners can go to",
            ),
            ("[a][b]", "`[b]` is not defined in this page"),
        ] {
            let told = problems(&format!("Text.\n\nSee {link}.\n"));
            assert_eq!(told, [format!("3:5 {message}")], "{link}");
        }
    }

    #[test]
    fn commands_that_cannot_be_typed_are_told() {
        let text = "`memgrade check leek` and the the end\n\n    memgrade chek leak\n    memgrade chek …\n    memgrade check leak\n\n`memgrade explain curve/grow`\n";
        assert_eq!(
            problems(text),
            [
                "1:31 the word `the` stands twice in a row",
                "1:1 there is no exercise `leek` in this course",
                "3:5 `memgrade chek leak` cannot be typed: no such command",
                "4:5 `memgrade chek` cannot be typed: no such command",
                "7:1 there is no code `curve/grow` to explain"
            ]
        );
    }
}
