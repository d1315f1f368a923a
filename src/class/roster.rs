//! The roster: who is in the class, from a table that a platform exported or a teacher wrote.
//!
//! The main type is [`Roster`]. Columns are found by the names in the header; [`Roster::find`] never guesses by likeness.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Identity;
use super::names::{folded, orders, spoken};
use super::spreadsheet::{self, Table};
use crate::course::load::document::shown;
use crate::error::Error;
use crate::intake::bounded::{self, Links, Unreadable};

mod columns;

use columns::Columns;

/// Largest roster that is read.
const MAX_BYTES: u64 = 16 << 20;

/// One student of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) identity: Identity,
    pub(super) group: Option<String>,
    /// Other orders of the name, folded.
    orders: Vec<String>,
    line: u64,
}

/// The table, with what it is searched by.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub(super) rows: Vec<Row>,
    /// By kind of handle and value.
    index: BTreeMap<(Handle, String), BTreeSet<usize>>,
}

/// What a row can be found by, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Handle {
    Lms,
    Email,
    Login,
    Sis,
    Id,
    Name,
    /// A name without blanks between its words.
    Joined,
}

/// What is known of who handed something in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sought<'a> {
    pub(super) identity: Identity,
    pub(super) name: Option<&'a str>,
    /// What may be any id of the student's: the name of a folder.
    pub(super) handle: Option<&'a str>,
    /// The name as Canvas writes it, without blanks.
    pub(super) joined: Option<&'a str>,
}

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// The row of this index.
    One(usize),
    /// Nobody.
    Nobody,
    /// More than one; says which.
    Several(String),
}

impl Roster {
    /// Reads a roster.
    ///
    /// # Errors
    /// [`Error::Usage`] when it is no table, has no column that names students, or names one twice.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let usage = |why: &str, hint: &str| {
            let message = format!("the roster {} {why}", path.display());
            Err(Error::usage(message, hint))
        };
        let hint = "name a CSV file with a row for each student";
        let bytes = match bounded::read(path, MAX_BYTES, Links::Follow) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) => return usage("is not there", hint),
            Err(Unreadable::NotRegular(kind)) => return usage(&format!("is {kind}"), hint),
            Err(Unreadable::TooLarge) => return usage("is larger than 16 MiB", hint),
            Err(Unreadable::Io(source)) => return Err(Error::file("read", path, source)),
        };
        let text = match spreadsheet::text(&bytes) {
            Ok(text) => text,
            Err(line) => {
                let why = format!("is not UTF-8 text, from line {line} on");
                return usage(&why, "save it as `CSV UTF-8`");
            }
        };
        Self::parse(&text).or_else(|(why, hint)| usage(&why, &hint))
    }

    fn parse(text: &str) -> Result<Self, (String, String)> {
        let broken = |error: csv::Error| {
            let hint = "open it in a spreadsheet and save it as `CSV UTF-8`";
            (format!("cannot be used: {error}"), hint.to_owned())
        };
        let whole = Table::of(text);
        if whole.body.trim().is_empty() {
            return Err((
                "is empty".to_owned(),
                "give it a row for each student, below a header".to_owned(),
            ));
        }
        if let Some(line) = whole.unclosed() {
            return Err((
                format!("cannot be used: {}", spreadsheet::unclosed(line)),
                "close it, or take it away".to_owned(),
            ));
        }
        let (mut reader, header) = table(text).map_err(broken)?;
        let columns = Columns::find(&header).map_err(|found| {
            (
                format!("has no column that says who somebody is; it has {found}"),
                "give it a column `id`, `login`, `email`, or `first_name` and `last_name`"
                    .to_owned(),
            )
        })?;
        let mut roster = Self::default();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record.position().map_or(0, csv::Position::line) + whole.before as u64;
            let Some(row) = columns.row(&record, line) else {
                continue;
            };
            match roster.rows.iter().find(|other| other.id == row.id) {
                Some(other) if same(other, &row) => {}
                Some(other) => {
                    return Err((
                        format!(
                            "has `{}` twice, in lines {} and {line}",
                            shown(&row.id),
                            other.line
                        ),
                        "give every student an id of their own".to_owned(),
                    ));
                }
                None => roster.add(row),
            }
        }
        if roster.rows.is_empty() {
            return Err((
                "has no students".to_owned(),
                "give it a row for each student, below a header".to_owned(),
            ));
        }
        Ok(roster)
    }

    fn add(&mut self, row: Row) {
        let at = self.rows.len();
        let identity = &row.identity;
        let exact = [
            (Handle::Lms, identity.lms_id.as_deref()),
            (Handle::Email, identity.email.as_deref()),
            (Handle::Login, identity.login.as_deref()),
            (Handle::Sis, identity.sis_id.as_deref()),
            (Handle::Id, Some(row.id.as_str())),
        ];
        let mut keys: Vec<(Handle, String)> = exact
            .into_iter()
            .filter_map(|(handle, value)| Some((handle, plain(value?))))
            .collect();
        for order in &row.orders {
            keys.push((Handle::Name, order.clone()));
            keys.push((Handle::Joined, order.replace(' ', "")));
        }
        for key in keys {
            self.index.entry(key).or_default().insert(at);
        }
        self.rows.push(row);
    }

    /// Who handed something in: by the surest thing that is known of them.
    pub(super) fn find(&self, who: &Sought<'_>) -> Match {
        let identity = &who.identity;
        let any = [
            Handle::Lms,
            Handle::Email,
            Handle::Login,
            Handle::Sis,
            Handle::Id,
        ];
        let mut tries: Vec<(Handle, String)> = Vec::new();
        let mut add = |handle: Handle, value: Option<&str>| {
            tries.extend(value.map(|value| (handle, plain(value))));
        };
        add(Handle::Lms, identity.lms_id.as_deref());
        add(Handle::Email, identity.email.as_deref());
        add(Handle::Login, identity.login.as_deref());
        add(Handle::Sis, identity.sis_id.as_deref());
        // A roster's own id is often what the platform calls otherwise.
        for own in [&identity.sis_id, &identity.login, &identity.email] {
            add(Handle::Id, own.as_deref());
        }
        for handle in any {
            add(handle, who.handle);
        }
        tries.extend(who.name.map(|name| (Handle::Name, spoken(name))));
        tries.extend(who.handle.map(|name| (Handle::Name, spoken(name))));
        tries.extend(
            who.joined
                .map(|name| (Handle::Joined, folded(name).replace(' ', ""))),
        );
        for key in tries {
            if key.1.is_empty() {
                continue;
            }
            let Some(rows) = self.index.get(&key) else {
                continue;
            };
            let mut at = rows.iter();
            match (at.next(), at.next()) {
                (Some(only), None) => return Match::One(*only),
                (Some(first), Some(second)) => {
                    let (first, second) = (&self.rows[*first], &self.rows[*second]);
                    return Match::Several(format!(
                        "lines {} and {} of the roster both fit `{}`",
                        first.line,
                        second.line,
                        shown(&key.1)
                    ));
                }
                (None, _) => {}
            }
        }
        Match::Nobody
    }

    /// The rows of a group, by its name.
    pub(super) fn group(&self, name: &str) -> Vec<usize> {
        let name = folded(name);
        let of_group = |row: &Row| row.group.as_ref().is_some_and(|own| folded(own) == name);
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| of_group(row))
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether somebody has this login.
    pub(super) fn has_login(&self, login: &str) -> bool {
        self.index.contains_key(&(Handle::Login, plain(login)))
    }
}

/// Whether two rows say the same.
fn same(left: &Row, right: &Row) -> bool {
    Row {
        line: left.line,
        ..right.clone()
    } == *left
}

fn plain(value: &str) -> String {
    value.trim().to_lowercase()
}

/// A table with its header, with whatever it separates cells by.
pub(super) fn table(text: &str) -> Result<(csv::Reader<&[u8]>, csv::StringRecord), csv::Error> {
    let table = Table::of(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(table.delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(table.body.as_bytes());
    let header = reader.headers()?.clone();
    Ok((reader, header))
}

impl Row {
    /// A row with the given cells; `None` if nothing names a student.
    fn new(
        id: Option<String>,
        name: Option<String>,
        identity: Identity,
        group: Option<String>,
        line: u64,
    ) -> Option<Self> {
        let id = id
            .or_else(|| identity.login.clone())
            .or_else(|| identity.sis_id.clone())
            .or_else(|| identity.email.clone())
            .or_else(|| identity.lms_id.clone())
            .or_else(|| name.clone())?;
        Some(Self {
            orders: name.as_deref().map(orders).unwrap_or_default(),
            // A name that stands as `Last, First` is shown as it is spoken.
            name: name.map(|name| match name.split_once(',') {
                Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
                None => name,
            }),
            id,
            identity,
            group,
            line,
        })
    }

    fn with_orders(mut self, more: Vec<String>) -> Self {
        self.orders.extend(more);
        self.orders.sort();
        self.orders.dedup();
        self
    }
}
