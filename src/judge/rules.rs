//! Rules about the source that were broken, as checks of their own.

use std::collections::BTreeMap;

use crate::diagnostic::{Finding, Severity};

use super::ruling::Ruling;
use super::{CheckReport, Verdict};

/// Rules by their code, with the name of the check that stands for them.
const RULES: [(&str, &str); 3] = [
    ("source/unsafe", "no unsafe code"),
    ("source/missing-item", "has what is required"),
    ("source/forbidden-item", "uses nothing that is forbidden"),
];

/// Whether a finding says that a rule is broken, rather than that there is no source to look at.
pub(super) fn is_broken_rule(finding: &Finding) -> bool {
    finding.severity == Severity::Error && RULES.iter().any(|(code, _)| *code == finding.code)
}

/// One check for each kind of rule that was broken. Its finding is the first of its kind, with the places of the
/// others. A broken rule costs all points of the exercise, so these have none themselves.
pub(super) fn checks(broken: &[&Finding]) -> Vec<CheckReport> {
    let mut kinds: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in broken {
        kinds
            .entry(finding.code.as_str())
            .or_default()
            .push(finding);
    }
    RULES
        .iter()
        .filter_map(|(code, name)| {
            let mut findings = kinds.remove(code)?.into_iter();
            let mut finding = findings.next()?.clone();
            let others: Vec<&Finding> = findings.collect();
            for other in others.iter().take(5) {
                match &other.primary {
                    Some(label) => finding.secondary.push(label.clone()),
                    None => finding.notes.push(format!("also: {}", other.message)),
                }
            }
            if others.len() > 5 {
                finding
                    .notes
                    .push(format!("and {} more such places", others.len() - 5));
            }
            let mut ruling = Ruling::by_fault(finding);
            if ruling.verdict == Verdict::Failed {
                ruling = ruling.note("an exercise whose rules are broken earns no points");
            }
            Some(CheckReport {
                name: (*name).to_owned(),
                points: 0,
                earned: 0,
                verdict: ruling.verdict,
                hidden: false,
                finding: ruling.finding,
                summary: None,
            })
        })
        .collect()
}
