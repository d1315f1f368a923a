//! Claims about where an address lies.

use std::collections::BTreeSet;

use regex::Captures;

use crate::course::spec::{ClaimExpectation, Region};
use crate::diagnostic::Finding;

use super::claims::{Claim, block_words, region_words};
use super::marks::At;
use super::ruling::{Judged, Ruling};
use super::words::quote;

/// Regions that were claimed rightly so far.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeSet<Region>);

impl Seen {
    /// What there is to say if not each of these regions was claimed.
    pub(super) fn missing(&self, regions: &[Region]) -> Option<Finding> {
        let missing: Vec<&str> = regions
            .iter()
            .filter(|region| !self.0.contains(region))
            .map(|region| region_words(*region))
            .collect();
        if missing.is_empty() {
            return None;
        }
        let finding = Finding::learner(
            "claims/missing",
            format!("no printed address lies in {}", missing.join(", nor in ")),
        );
        Some(finding.help("which kind of item is kept there? print the address of one"))
    }
}

/// Judges one line that claims a region.
pub(super) fn judge(
    expected: &ClaimExpectation,
    captures: &Captures<'_>,
    at: &At<'_>,
    seen: &mut Seen,
) -> Judged<Claim> {
    let Some(word) = captures.name("region") else {
        return Ruling::author(
            "spec/no-claim-group",
            "a claim about a region needs a group named `region`",
        )
        .stop();
    };
    let text = captures
        .name("claim")
        .map_or("", |group| group.as_str())
        .trim();
    let Some(address) = parse(text) else {
        let message = format!("{} cannot be read as an address", quote(text));
        return Ok(Claim::untrue(
            Finding::learner("claims/unreadable", &*message)
                .help("print addresses with {:p}, which writes them as 0x…"),
            message,
        ));
    };
    let word = word.as_str().trim();
    let Some(claimed) = meaning(word, expected) else {
        return Ok(Claim::untrue(
            Finding::learner(
                "claims/wrong-region",
                format!(
                    "line {} of stdout names a region that is none: {}",
                    at.number,
                    quote(word)
                ),
            )
            .help("use the names of the regions as the lesson does"),
            format!("{} is no region", quote(word)),
        ));
    };
    let Some(found) = at
        .point
        .addresses
        .iter()
        .find(|found| found.address == address)
    else {
        return Ruling::unmeasurable(
            "run/not-measured",
            format!(
                "where {text} lies was not looked up when line {} was printed",
                at.number
            ),
        )
        .stop();
    };
    let detail = found.detail.clone().or(found.block_bytes.map(block_words));
    if found.region == claimed {
        seen.0.insert(claimed);
        return Ok(Claim::True);
    }
    let mut finding = if found.region == Region::Unmapped {
        Finding::learner(
            "claims/unknown-address",
            format!(
                "line {} of stdout prints {}, where the program has no memory",
                at.number,
                quote(text)
            ),
        )
        .help("is this really the address of the item, taken while the item exists?")
    } else {
        Finding::learner(
            "claims/wrong-region",
            format!(
                "line {} of stdout says that {} is in {}, but it lies in {}",
                at.number,
                quote(text),
                quote(word),
                region_words(found.region)
            ),
        )
        .help("whose address is printed here: the item's own, or that of what points to it?")
    };
    if let Some(detail) = detail {
        finding = finding.note(format!("the address is {detail}"));
    }
    let short = format!(
        "{} is not in {}, but in {}",
        quote(text),
        quote(word),
        region_words(found.region)
    );
    Ok(Claim::untrue(finding, short))
}

fn parse(text: &str) -> Option<u64> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    u64::from_str_radix(digits, 16).ok()
}

/// The region that a printed word stands for: the spec's own words first, then the regions' names.
fn meaning(word: &str, expected: &ClaimExpectation) -> Option<Region> {
    let same = |name: &str| name.eq_ignore_ascii_case(word);
    if let Some((_, region)) = expected.words.iter().find(|(name, _)| same(name)) {
        return Some(*region);
    }
    let names = [
        ("text", Region::Text),
        ("rodata", Region::Rodata),
        ("data", Region::Data),
        ("bss", Region::Bss),
        ("heap", Region::Heap),
        ("stack", Region::Stack),
        ("mapping", Region::Mapping),
        ("unmapped", Region::Unmapped),
    ];
    names
        .into_iter()
        .find(|(name, _)| same(name))
        .map(|(_, region)| region)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::claims;
    use super::super::marks::Marks;
    use super::super::places::Sources;
    use super::super::testing::run;
    use super::*;
    use crate::course::spec::ClaimOf;
    use crate::judge::Verdict;
    use crate::observe::{Address, Observation};

    fn expected(regions: &[Region]) -> ClaimExpectation {
        ClaimExpectation {
            line: r"(?<claim>\S+) (?<region>\w+)$".to_owned(),
            of: ClaimOf::Region,
            words: BTreeMap::from([("code".to_owned(), Region::Text)]),
            regions: regions.to_vec(),
            ..ClaimExpectation::default()
        }
    }

    fn printed(line: &str, region: Region) -> Observation {
        run()
            .mark(line, 0)
            .last(|point| {
                point.addresses = vec![Address {
                    address: 0x1000,
                    region,
                    detail: Some("section .text".to_owned()),
                    block_bytes: None,
                }];
            })
            .build()
    }

    fn ruling(run: &Observation, regions: &[Region]) -> Ruling {
        claims::judge(
            &expected(regions),
            run,
            &Marks::new(run),
            &Sources::new(&BTreeMap::new()),
        )
    }

    #[test]
    fn a_word_stands_for_its_region() {
        for (line, region) in [
            ("main 0x1000 code", Region::Text),
            ("x 0x1000 Text", Region::Text),
            ("x 0x1000 heap", Region::Heap),
        ] {
            assert_eq!(
                ruling(&printed(line, region), &[region]).verdict,
                Verdict::Passed,
                "{line}"
            );
        }
    }

    #[test]
    fn a_wrong_region_is_told_with_the_right_one() {
        let finding = ruling(&printed("s 0x1000 data", Region::Rodata), &[])
            .finding
            .unwrap();
        assert_eq!(finding.code, "claims/wrong-region");
        assert_eq!(
            finding.message,
            "line 1 of stdout says that `0x1000` is in `data`, but it lies in rodata (constants)"
        );
        assert!(
            finding
                .notes
                .iter()
                .any(|note| note.contains("section .text"))
        );
    }

    #[test]
    fn addresses_must_be_some() {
        let code = |line, region| {
            ruling(&printed(line, region), &[])
                .finding
                .map(|finding| finding.code)
        };
        assert_eq!(
            code("s 0x1000 heap", Region::Unmapped).as_deref(),
            Some("claims/unknown-address")
        );
        assert_eq!(
            code("s 4096 heap", Region::Heap).as_deref(),
            Some("claims/unreadable")
        );
        assert_eq!(
            code("s 0x1000 cellar", Region::Heap).as_deref(),
            Some("claims/wrong-region")
        );
        assert_eq!(
            ruling(&printed("s 0x2000 heap", Region::Heap), &[]).verdict,
            Verdict::Unmeasurable
        );
    }

    #[test]
    fn every_region_that_is_asked_for_must_be_claimed() {
        let finding = ruling(
            &printed("x 0x1000 heap", Region::Heap),
            &[Region::Heap, Region::Bss],
        )
        .finding
        .unwrap();
        assert_eq!(finding.code, "claims/missing");
        assert_eq!(
            finding.message,
            "no printed address lies in bss (zeroed statics)"
        );
    }
}
