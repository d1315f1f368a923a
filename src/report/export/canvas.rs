//! A table that Canvas's gradebook imports.
//!
//! What Canvas accepts is said by instructure/canvas-lms, `lib/gradebook_importer.rb`: the columns of students in one of a few orders up to
//! `Section`, then assignments as `Title (id)`; a row of points possible; students found by ID, SIS user id, SIS login, then name.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::sheet::{Sheet, written};
use super::{
    DecimalMark, ExportError, Filled, Index, Options, Row, called, plain_id, shown_points,
    undecided, unordered_name,
};
use crate::course::grading_policy::{hundredths, scaled};
use crate::course::load::document::shown;
use crate::gradebook::policy::Points;
use crate::report::escape;

const EXPORT: &str = "the gradebook's export";
const POSSIBLE: &str = "Points Possible";
/// Most students whom one note names.
const MOST_NAMES: usize = 3;

/// Writes the table for the assignment called `title`. With the teacher's export of the gradebook, ids and sections are those of it;
/// without, those that the class knows.
///
/// # Errors
/// [`ExportError::Unusable`] if the export is none.
pub fn canvas(
    title: &str,
    assignment_id: Option<u64>,
    rows: &[Row],
    their_export: Option<&[u8]>,
    options: &Options,
) -> Result<Filled, ExportError> {
    let mut filled = match their_export {
        Some(bytes) => from_export(title, assignment_id, rows, bytes, options)?,
        None => from_class(title, assignment_id, rows, options),
    };
    filled.problems.extend(undecided(rows));
    Ok(filled)
}

/// The column's heading.
fn heading(title: &str, assignment_id: Option<u64>, filled: &mut Filled) -> String {
    let title = escape::csv_cell(title.trim());
    if let Some(id) = assignment_id {
        return format!("{title} ({id})");
    }
    filled.problems.push(format!(
        "no id of the assignment is known: Canvas looks for one called `{title}`, and makes a new one if there is none"
    ));
    title
}

/// The most that anybody can have.
fn most(rows: &[Row]) -> i64 {
    rows.iter()
        .map(|row| row.grade.possible.0)
        .max()
        .unwrap_or(0)
}

/// A student's cell: empty for who handed in nothing.
fn points(row: &Row, possible: i64, options: &Options) -> Option<String> {
    let ours = row.grade.possible.0;
    let value = match (row.handed_in, options.missing_is_zero) {
        (true, _) if ours == possible || ours == 0 => row.grade.points.0,
        (true, _) => scaled(row.grade.points.0, possible, ours),
        (false, true) => 0,
        (false, false) => return None,
    };
    Some(shown_points(Points(value), DecimalMark::Point))
}

fn scaling(rows: &[Row], possible: i64, whose: &str) -> Option<String> {
    let ours: BTreeSet<i64> = rows
        .iter()
        .filter(|row| row.handed_in)
        .map(|row| row.grade.possible.0)
        .collect();
    let other: Vec<String> = ours
        .iter()
        .filter(|ours| **ours != possible)
        .map(|ours| Points(*ours).to_string())
        .collect();
    (!other.is_empty()).then(|| {
        format!(
            "{} points {whose}; grades out of {} are scaled to it",
            Points(possible),
            other.join(", ")
        )
    })
}

fn nothing(row: &Row, filled: &mut Filled) {
    let reason = "handed in nothing; the cell is empty, which changes nothing in Canvas".to_owned();
    filled.skipped.push((called(row), reason));
}

/// What is said of those that Canvas can find by their names alone: without an export that is often the whole class.
fn names_alone(who: &[String]) -> Option<String> {
    let of = match who {
        [] => return None,
        [one] => one.clone(),
        some if some.len() <= MOST_NAMES => {
            format!("{} students ({})", some.len(), some.join(", "))
        }
        many => format!(
            "{} students ({}, …)",
            many.len(),
            many[..MOST_NAMES].join(", ")
        ),
    };
    Some(format!(
        "of {of} only the name is known: Canvas looks for exactly that name; its own export, named with --into, has everybody's ids"
    ))
}

/// By what the class itself knows.
fn from_class(title: &str, assignment_id: Option<u64>, rows: &[Row], options: &Options) -> Filled {
    let mut filled = Filled::default();
    let possible = most(rows);
    let heading = heading(title, assignment_id, &mut filled);
    let line = |cells: [&str; 6]| {
        let cells = cells.map(|cell| written(cell, b',', false));
        cells.join(",") + "\n"
    };
    let mut text = line([
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        &heading,
    ]);
    let indented = format!("    {POSSIBLE}");
    // The indentation is Canvas's own, and its import wants no quotes around it.
    let _ = writeln!(text, "{indented},,,,,{}", Points(possible));
    let mut by_name = Vec::new();
    for row in rows {
        let identity = &row.identity;
        // Canvas compares these as they are: one that a spreadsheet would calculate with is left out rather than changed.
        let safe = |id: &Option<String>| {
            let id = id.as_deref().unwrap_or_default().trim().to_owned();
            if escape::csv_cell(&id) == id {
                id
            } else {
                String::new()
            }
        };
        let number = safe(&identity.lms_id);
        let number = if number.bytes().all(|byte| byte.is_ascii_digit()) {
            number
        } else {
            String::new()
        };
        let (user, login) = (safe(&identity.sis_id), safe(&identity.login));
        let name = row.name.as_deref().map(str::trim).unwrap_or_default();
        if number.is_empty() && user.is_empty() && login.is_empty() {
            // A name that has to be changed is none that Canvas could know.
            if name.is_empty() || escape::csv_cell(name) != name {
                let reason = "no id, login or name that Canvas could know".to_owned();
                filled.skipped.push((called(row), reason));
                continue;
            }
            by_name.push(called(row));
        }
        let name = escape::csv_cell(if name.is_empty() { &row.id } else { name });
        let section = escape::csv_cell(identity.section.as_deref().unwrap_or_default());
        let cell = points(row, possible, options);
        match &cell {
            Some(_) => filled.filled += 1,
            None => nothing(row, &mut filled),
        }
        text.push_str(&line([
            &name,
            &number,
            &user,
            &login,
            &section,
            &cell.unwrap_or_default(),
        ]));
    }
    filled.problems.extend(names_alone(&by_name));
    filled
        .problems
        .extend(scaling(rows, possible, "are the most that can be had"));
    filled.bytes = text.into_bytes();
    filled
}

/// By the teacher's export, whose cells stay as they are.
fn from_export(
    title: &str,
    assignment_id: Option<u64>,
    rows: &[Row],
    bytes: &[u8],
    options: &Options,
) -> Result<Filled, ExportError> {
    let sheet = Sheet::read(bytes, EXPORT)?;
    let header = sheet.values(0);
    let at = |name: &str| {
        header
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(name))
    };
    let (Some(id), Some(section)) = (at("ID"), at("Section")) else {
        let message = format!("{EXPORT} has no columns `ID` and `Section`");
        return Err(ExportError::unusable(
            message,
            "in Canvas's gradebook, take Export > Export Entire Gradebook",
        ));
    };
    let (user, login) = (at("SIS User ID"), at("SIS Login ID"));
    let mut filled = Filled::default();
    let column = assignment(&header, section, title, assignment_id);
    let possible_row = (1..sheet.len()).find(|row| sheet.value(*row, 0).contains(POSSIBLE));
    let their_possible = column
        .zip(possible_row)
        .map(|(column, row)| sheet.value(row, column));
    if their_possible
        .as_deref()
        .is_some_and(|cell| cell.contains("read only"))
    {
        let message = format!(
            "the column `{}` of {EXPORT} is read-only",
            shown(&header[column.unwrap_or(0)])
        );
        return Err(ExportError::unusable(
            message,
            "Canvas takes no grades for it",
        ));
    }
    let their_possible = their_possible.and_then(|cell| hundredths(cell.trim()).ok());
    let possible = their_possible
        .filter(|possible| *possible > 0)
        .unwrap_or_else(|| most(rows));
    let heading = if let Some(column) = column {
        sheet.raw(0, column).to_owned()
    } else {
        if let Some(id) = assignment_id {
            let problem = format!("{EXPORT} has no assignment with the id {id}");
            filled.problems.push(problem);
        }
        let heading = heading(title, assignment_id, &mut filled);
        written(&heading, sheet.delimiter(), false)
    };
    let delimiter = char::from(sheet.delimiter());
    let identity = |row: usize| {
        let cells: Vec<&str> = (0..=section).map(|column| sheet.raw(row, column)).collect();
        cells.join(&delimiter.to_string())
    };
    let mut text = format!("{}{delimiter}{heading}\n", identity(0));
    let shown_possible = Points(possible);
    let about = possible_row.map_or_else(
        || format!("    {POSSIBLE}{}", delimiter.to_string().repeat(section)),
        &identity,
    );
    let _ = writeln!(text, "{about}{delimiter}{shown_possible}");

    let keys = |key: fn(&Row) -> Option<&str>, plain: fn(&str) -> String| {
        Index::new(
            rows.iter().enumerate().map(|(at, row)| (at, key(row))),
            plain,
        )
    };
    let ids = keys(|row| row.identity.lms_id.as_deref(), plain_id);
    let users = keys(|row| row.identity.sis_id.as_deref(), plain_id);
    let logins = keys(|row| row.identity.login.as_deref(), plain_id);
    let emails = keys(|row| row.identity.email.as_deref(), plain_id);
    let names = keys(|row| row.name.as_deref(), unordered_name);
    let lines: Vec<usize> = (1..sheet.len())
        .filter(|row| is_student(&sheet, *row, id))
        .collect();
    let name_of = |row: usize| {
        let cells: Vec<String> = (0..id)
            .map(|column| sheet.value(row, column).trim().to_owned())
            .collect();
        cells.join(" ")
    };
    let their_names: Vec<(usize, String)> = lines.iter().map(|row| (*row, name_of(*row))).collect();
    let their_names = Index::new(
        their_names
            .iter()
            .map(|(row, name)| (*row, Some(name.as_str()))),
        unordered_name,
    );
    let mut taken = BTreeSet::new();
    for line in lines {
        let cell = |column: Option<usize>| {
            plain_id(
                &column
                    .map(|column| sheet.value(line, column))
                    .unwrap_or_default(),
            )
        };
        let name = name_of(line);
        let unordered = unordered_name(&name);
        let found = ids
            .get(&cell(Some(id)))
            .or_else(|| users.get(&cell(user)))
            .or_else(|| logins.get(&cell(login)))
            .or_else(|| emails.get(&cell(login)))
            .or_else(|| {
                names
                    .get(&unordered)
                    .filter(|_| their_names.get(&unordered).is_some())
            });
        match found {
            None => {
                let reason = "in Canvas, but not in the class".to_owned();
                filled.skipped.push((shown(&name), reason));
            }
            Some(row) if !taken.insert(row) => {
                let reason = format!("a second student of Canvas's for {}", called(&rows[row]));
                filled.skipped.push((shown(&name), reason));
            }
            Some(row) => {
                let row = &rows[row];
                let theirs = column.map(|column| sheet.value(line, column));
                if theirs.is_some_and(|cell| cell.trim().eq_ignore_ascii_case("EX")) {
                    // A grade would take that back.
                    let reason = "is excused in Canvas".to_owned();
                    filled.skipped.push((called(row), reason));
                    continue;
                }
                let Some(cell) = points(row, possible, options) else {
                    nothing(row, &mut filled);
                    continue;
                };
                filled.filled += 1;
                let _ = writeln!(text, "{}{delimiter}{cell}", identity(line));
            }
        }
    }
    for (at, row) in rows.iter().enumerate() {
        if !taken.contains(&at) {
            let reason = "not in Canvas by id, SIS id, login or name".to_owned();
            filled.skipped.push((called(row), reason));
        }
    }
    filled
        .problems
        .extend(scaling(rows, possible, "are possible in Canvas"));
    filled.bytes = text.into_bytes();
    Ok(filled)
}

/// Whether a row is a real student's: not blank, no row about assignments, not Canvas's test student.
fn is_student(sheet: &Sheet<'_>, row: usize, id: usize) -> bool {
    let name = sheet.value(row, 0);
    let about = name.contains(POSSIBLE) || sheet.value(row, id).trim().is_empty();
    let test = unordered_name(&name) == "student test";
    !about && !test
}

/// The column of the assignment: by its id, or by its title.
fn assignment(
    header: &[std::borrow::Cow<'_, str>],
    section: usize,
    title: &str,
    assignment_id: Option<u64>,
) -> Option<usize> {
    let split = |cell: &str| {
        let (title, id) = cell.trim().strip_suffix(')')?.rsplit_once('(')?;
        Some((title.trim().to_owned(), id.parse::<u64>().ok()?))
    };
    let fits = |cell: &std::borrow::Cow<'_, str>| match (assignment_id, split(cell)) {
        (Some(wanted), Some((_, id))) => wanted == id,
        (None, Some((found, _))) => found == title.trim(),
        _ => false,
    };
    let after = section + 1;
    let columns = header.get(after..).unwrap_or_default();
    columns.iter().position(fits).map(|column| after + column)
}
