//! Checks that need others: what was ruled becomes a skip where something it needs did not pass.

use crate::course::spec::Check;

use super::Verdict;
use super::ruling::Ruling;
use super::words::quote;

/// All checks of an exercise with what was ruled on each by itself.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    case: String,
    check: Check,
    ruling: Ruling,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

impl Table {
    pub(super) fn add(&mut self, case: &str, check: Check, ruling: Ruling) {
        self.rows.push(Row {
            case: case.to_owned(),
            check,
            ruling,
            state: State::New,
        });
    }

    /// Takes needs into account, and gives all checks back in the order in which they came.
    pub(super) fn settle(mut self) -> Vec<(String, Check, Ruling)> {
        for row in 0..self.rows.len() {
            self.visit(row);
        }
        self.rows
            .into_iter()
            .map(|row| (row.case, row.check, row.ruling))
            .collect()
    }

    /// Settles a row and all that it needs, deepest first. The stack is our own: a spec may chain many checks.
    fn visit(&mut self, start: usize) {
        let mut stack = vec![start];
        while let Some(&row) = stack.last() {
            match self.rows[row].state {
                State::Done => {
                    stack.pop();
                }
                State::New => {
                    self.rows[row].state = State::Open;
                    let needed: Vec<usize> = (0..self.rows[row].check.needs.len())
                        .filter_map(|i| self.find(row, &self.rows[row].check.needs[i]))
                        .filter(|needed| self.rows[*needed].state == State::New)
                        .collect();
                    stack.extend(needed);
                }
                State::Open => {
                    stack.pop();
                    if let Some(ruling) = self.by_needs(row) {
                        self.rows[row].ruling = ruling;
                    }
                    self.rows[row].state = State::Done;
                }
            }
        }
    }

    /// What a row gets because of what it needs, if that is not its own ruling.
    fn by_needs(&self, row: usize) -> Option<Ruling> {
        let Row { case, check, .. } = &self.rows[row];
        for name in &check.needs {
            let Some(needed) = self.find(row, name) else {
                return Some(Ruling::author(
                    "spec/unknown-check",
                    format!(
                        "`{}` needs the check {}, which does not exist",
                        check.name,
                        quote(name)
                    ),
                ));
            };
            let needed = &self.rows[needed];
            if needed.state != State::Done {
                return Some(Ruling::author(
                    "spec/needs-cycle",
                    format!("`{}` and {} need each other", check.name, quote(name)),
                ));
            }
            let shown = if needed.case == *case || needed.case.is_empty() {
                format!("`{}`", needed.check.name)
            } else {
                format!("`{}` in the case `{}`", needed.check.name, needed.case)
            };
            match needed.ruling.verdict {
                Verdict::Passed => {}
                Verdict::Failed | Verdict::Skipped => {
                    return Some(Ruling::skipped(format!("{shown} did not pass")));
                }
                verdict => {
                    return Some(Ruling::undecided_like(
                        verdict,
                        format!("{shown} is undecided"),
                    ));
                }
            }
        }
        None
    }

    /// The row of a needed check: of the same case first, then `case/check`.
    fn find(&self, from: usize, name: &str) -> Option<usize> {
        let own = &self.rows[from].case;
        let is = |row: &Row, case: &str, check: &str| row.case == case && row.check.name == check;
        self.rows
            .iter()
            .position(|row| is(row, own, name))
            .or_else(|| {
                self.rows.iter().position(|row| {
                    name.strip_prefix(row.case.as_str())
                        .and_then(|rest| rest.strip_prefix('/'))
                        .is_some_and(|check| row.check.name == check)
                })
            })
            .or_else(|| self.rows.iter().position(|row| is(row, "", name)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    fn settle(rows: &[(&str, &str, &[&str], Verdict)]) -> Vec<(Verdict, String)> {
        let mut table = Table::default();
        for (case, name, needs, verdict) in rows {
            let check = check(name, 1, |check| {
                check.needs = needs.iter().map(ToString::to_string).collect();
            });
            let ruling = match verdict {
                Verdict::Passed => Ruling::passed("fine"),
                verdict => Ruling::undecided_like(*verdict, "of a test"),
            };
            table.add(case, check, ruling);
        }
        table
            .settle()
            .into_iter()
            .map(|(_, _, ruling)| {
                (
                    ruling.verdict,
                    ruling.finding.map(|f| f.message).unwrap_or_default(),
                )
            })
            .collect()
    }

    #[test]
    fn a_check_is_skipped_where_a_needed_one_did_not_pass() {
        let rows = settle(&[
            ("a", "first", &[], Verdict::Failed),
            ("a", "second", &["first"], Verdict::Passed),
            ("b", "third", &["a/second"], Verdict::Passed),
        ]);
        assert_eq!(
            rows[1],
            (
                Verdict::Skipped,
                "not judged, because `first` did not pass".into()
            )
        );
        assert_eq!(
            rows[2],
            (
                Verdict::Skipped,
                "not judged, because `second` in the case `a` did not pass".into()
            )
        );
    }

    #[test]
    fn order_in_the_file_does_not_matter() {
        let rows = settle(&[
            ("a", "last", &["b/first"], Verdict::Passed),
            ("b", "first", &[], Verdict::Passed),
        ]);
        assert_eq!(rows[0].0, Verdict::Passed);
    }

    #[test]
    fn what_needs_an_undecided_check_is_undecided_too() {
        for verdict in [Verdict::Inconclusive, Verdict::Unmeasurable, Verdict::Error] {
            let rows = settle(&[
                ("a", "x", &[], verdict),
                ("a", "y", &["x"], Verdict::Passed),
            ]);
            assert_eq!(rows[1].0, verdict);
        }
    }

    #[test]
    fn circles_and_unknown_names_are_the_authors() {
        let rows = settle(&[
            ("a", "x", &["y"], Verdict::Passed),
            ("a", "y", &["x"], Verdict::Passed),
            ("a", "z", &["z"], Verdict::Passed),
            ("a", "w", &["nobody"], Verdict::Passed),
        ]);
        assert!(
            rows.iter().all(|(verdict, _)| *verdict == Verdict::Error),
            "{rows:?}"
        );
    }
}
