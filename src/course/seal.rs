//! Sealing: what a student's bundle has to carry and a student should not come across, such as the right answers and the harness.
//!
//! This hides from a glance and from a search, and not from somebody who wants to know: memgrade opens it on the student's machine,
//! so whoever reads this file can open it too. What must stay secret is not given away at all (hidden cases, for one).

use std::fmt::Write as _;

/// What is sealed begins with this.
const PREFIX: &str = "sealed1:";

/// What a sealed file's name has after the name of what is in it.
pub const EXTENSION: &str = ".sealed";

/// The name that the harness of an exercise is sealed under.
pub fn harness_name(id: &str) -> String {
    format!("harness/{id}")
}

/// Bytes of the check value in front.
const TAG: usize = 16;

/// Characters in each line of a sealed file.
const LINE: usize = 120;

/// Seals `text`. `name` says what it is, as `harness/paging`; the same name opens it. The same text gives the same result.
pub fn seal(name: &str, text: &str) -> String {
    let tag = tag(name, text.as_bytes());
    let mut bytes = tag.to_vec();
    bytes.extend(masked(name, tag, text.as_bytes()));
    let mut out = PREFIX.to_owned();
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// [`seal`]s a file: the same in lines that editors can bear.
pub fn seal_file(name: &str, text: &str) -> String {
    let sealed = seal(name, text);
    let mut out = String::new();
    for (index, digit) in sealed.chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            out.push('\n');
        }
        out.push(digit);
    }
    out.push('\n');
    out
}

/// What [`seal`] or [`seal_file`] was given; `None` if this was not sealed under this name, or has been changed since.
pub fn open(name: &str, sealed: &str) -> Option<String> {
    let compact: String = sealed.chars().filter(|c| !c.is_whitespace()).collect();
    let digits: Vec<u32> = compact
        .strip_prefix(PREFIX)?
        .chars()
        .map(|digit| digit.to_digit(16))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let bytes: Vec<u8> = pairs
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok())
        .collect::<Option<_>>()?;
    let (head, rest) = bytes.split_first_chunk::<TAG>()?;
    let text = masked(name, *head, rest);
    (tag(name, &text) == *head)
        .then_some(text)
        .and_then(|text| String::from_utf8(text).ok())
}

fn tag(name: &str, text: &[u8]) -> [u8; TAG] {
    let mut hasher = blake3::Hasher::new_derive_key("memgrade 2026 sealed, check value");
    hasher.update(&(name.len() as u64).to_le_bytes());
    hasher.update(name.as_bytes());
    hasher.update(text);
    let mut tag = [0; TAG];
    hasher.finalize_xof().fill(&mut tag);
    tag
}

/// `text` under the mask that belongs to `name` and `tag`; twice is `text` again.
fn masked(name: &str, tag: [u8; TAG], text: &[u8]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new_derive_key("memgrade 2026 sealed, mask");
    hasher.update(&tag);
    hasher.update(name.as_bytes());
    let mut mask = vec![0; text.len()];
    hasher.finalize_xof().fill(&mut mask);
    text.iter()
        .zip(mask)
        .map(|(byte, mask)| byte ^ mask)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_sealed_is_not_readable_and_opens_under_its_name_only() {
        let text = "fn main() { assert_eq!(submission::evictions(), 3); }\n";
        for sealed in [seal("harness/a", text), seal_file("harness/a", text)] {
            assert!(!sealed.contains("main") && !sealed.contains("submission"));
            assert_eq!(open("harness/a", &sealed).as_deref(), Some(text));
            assert_eq!(open("harness/b", &sealed), None);
            let changed = format!("{}0{}", &sealed[..40], &sealed[41..]);
            assert!(changed == sealed || open("harness/a", &changed).is_none());
        }
        assert_eq!(seal("a", text), seal("a", text));
        let longest = seal_file("a", text).lines().map(str::len).max();
        assert_eq!(longest, Some(LINE));
    }

    #[test]
    fn nothing_else_opens() {
        for text in [
            "",
            "sealed1:",
            "sealed1:00",
            "sealed1:zz",
            "sealed1:0",
            "fn main() {}",
            "sealed1:é",
        ] {
            assert_eq!(open("a", text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(name in "\\PC*", text in "(?s).*") {
            prop_assert_eq!(open(&name, &seal_file(&name, &text)), Some(text));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(sealed1:)?[0-9a-fé\\s]*") {
            open("a", &text);
        }
    }
}
