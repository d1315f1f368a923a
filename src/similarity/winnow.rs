//! Fingerprints of a submission, chosen by winnowing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tokens::{Token, tokens};

/// Fingerprints that are kept and were made by another version of memgrade can be compared only if this is the same.
pub const VERSION: u16 = 1;

/// A fingerprint covers so many tokens: whatever is alike in fewer is not seen (the paper's noise threshold k).
const GRAM: usize = 18;
/// One of so many neighboring hashes is kept (the paper's window w): whatever is alike in GRAM + WINDOW - 1 tokens is seen.
const WINDOW: usize = 4;
/// Most different fingerprints of a submission, about 200 lines. Of more, those with the smallest hashes are kept as a sample.
const MAX_DIFFERENT: usize = 500;
/// Most places of one fingerprint in a submission that are kept.
const MAX_PLACES: usize = 2;

/// What is kept of one submission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// How they were made: [`VERSION`].
    pub version: u16,
    /// The names of its Rust files that have some.
    pub(super) files: Vec<String>,
    /// All with hashes up to this one are kept, so that samples of different sizes can be compared.
    pub(super) up_to: u32,
    /// In the order of the files and of their tokens.
    pub(super) prints: Vec<Print>,
}

/// One fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u16, u32, u16)", into = "(u32, u16, u32, u16)")]
pub(super) struct Print {
    pub(super) hash: u32,
    /// Which of the files.
    pub(super) file: u16,
    /// The line of its first token, from 1.
    pub(super) line: u32,
    /// How many lines after it the last token is.
    pub(super) more: u16,
}

impl From<(u32, u16, u32, u16)> for Print {
    fn from((hash, file, line, more): (u32, u16, u32, u16)) -> Self {
        Self {
            hash,
            file,
            line,
            more,
        }
    }
}

impl From<Print> for (u32, u16, u32, u16) {
    fn from(print: Print) -> Self {
        (print.hash, print.file, print.line, print.more)
    }
}

impl Fingerprints {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.prints.len()
    }

    /// Whether there are none: no Rust file, or only short ones.
    pub fn is_empty(&self) -> bool {
        self.prints.is_empty()
    }
}

/// The fingerprints of a submission's Rust files. The same for the same text, on every machine and in every year.
pub fn fingerprints(files: &BTreeMap<String, String>) -> Fingerprints {
    let mut all = Fingerprints {
        version: VERSION,
        up_to: u32::MAX,
        ..Fingerprints::default()
    };
    let rust = files.iter().filter(|(name, _)| has_rust_extension(name));
    for (name, text) in rust {
        let tokens = tokens(text);
        let Ok(file) = u16::try_from(all.files.len()) else {
            break;
        };
        let before = all.prints.len();
        winnow(&tokens, |start, hash| {
            let line = tokens[start].line;
            let last = tokens[start + GRAM - 1].line;
            all.prints.push(Print {
                hash,
                file,
                line,
                more: u16::try_from(last - line).unwrap_or(u16::MAX),
            });
        });
        if all.prints.len() > before {
            all.files.push(name.clone());
        }
    }
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    all.prints.retain(|print| {
        let before = places.entry(print.hash).or_default();
        *before += 1;
        *before <= MAX_PLACES
    });
    if places.len() > MAX_DIFFERENT
        && let Some(&largest) = places.keys().nth(MAX_DIFFERENT - 1)
    {
        all.up_to = largest;
        all.prints.retain(|print| print.hash <= largest);
    }
    all
}

fn has_rust_extension(name: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Gives the first token and the hash of each kept run of `GRAM` tokens: of every `WINDOW` neighboring hashes the smallest one. Of
/// several smallest ones it is the one that is kept already, else the last (the paper's robust winnowing).
fn winnow(tokens: &[Token], mut keep: impl FnMut(usize, u32)) {
    let hashes: Vec<u32> = tokens.windows(GRAM).map(hash).collect();
    let mut kept: Option<usize> = None;
    let size = WINDOW.min(hashes.len()).max(1);
    for (start, window) in hashes.windows(size).enumerate() {
        let smallest = window
            .iter()
            .enumerate()
            .min_by_key(|&(at, hash)| (hash, std::cmp::Reverse(at)));
        let Some((at, &hash)) = smallest else {
            continue;
        };
        let still = kept.is_some_and(|kept| kept >= start && hashes[kept] == hash);
        if !still {
            kept = Some(start + at);
            keep(start + at, hash);
        }
    }
}

/// FNV-1a over the classes, mixed well (the end of `MurmurHash3`), because winnowing compares hashes by size.
fn hash(gram: &[Token]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for token in gram {
        hash = (hash ^ u64::from(token.class)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    u32::try_from(hash >> 32).unwrap_or(u32::MAX)
}
