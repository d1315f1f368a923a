//! Moodle's offline grading worksheet, as the teacher downloaded it, filled in.
//!
//! Moodle finds columns by headings in the language of the site and rows by numbers that only it knows, so a worksheet is never made
//! here. Every byte of it stays, but for the cells of points and comments. What Moodle does with it is said by
//! mod/assign/feedback/offline (importgradeslib.php, locallib.php).

use std::collections::BTreeMap;

use super::columns::{Column, plain, says_no};
use super::sheet::Sheet;
use super::{
    Comments, DecimalMark, ExportError, Filled, Index, Options, Row, called, plain_id, plain_name,
    shown_points, undecided,
};
use crate::course::grading_policy::{hundredths, scaled};
use crate::course::load::document::shown;
use crate::gradebook::policy::Points;
use crate::report::escape;

const WORKSHEET: &str = "the grading worksheet";
const DOWNLOAD: &str =
    "in Moodle, open the assignment's submissions and take \"Download grading worksheet\"";

/// Fills in a worksheet.
///
/// # Errors
/// [`ExportError::Unusable`] if it is no worksheet.
pub fn moodle(worksheet: &[u8], rows: &[Row], options: &Options) -> Result<Filled, ExportError> {
    let mut sheet = Sheet::read(worksheet, WORKSHEET)?;
    let columns = Columns::find(&sheet, options)?;
    let mark = options
        .decimal
        .unwrap_or_else(|| columns.decimal_mark(&sheet));
    let mut filled = Filled::default();
    let matched = matches(&sheet, &columns, rows, &mut filled);
    let mut scaled_to = BTreeMap::new();
    let mut kept_comments = 0;
    for (line, row) in matched {
        let row = &rows[row];
        let points = match columns.points(&sheet, line, row, options) {
            Ok(points) => points,
            Err(reason) => {
                filled.skipped.push((called(row), reason));
                continue;
            }
        };
        if points.maximum != row.grade.possible.0 && row.grade.possible.0 > 0 {
            scaled_to.insert(points.maximum, row.grade.possible);
        }
        if points.capped {
            filled.problems.push(format!(
                "{} has more than the maximum, and Moodle takes no more: {} is filled in",
                called(row),
                points.value
            ));
        }
        if !sheet.set(line, columns.grade, &shown_points(points.value, mark)) {
            let reason = "the worksheet's row has no cell for the grade".to_owned();
            filled.skipped.push((called(row), reason));
            continue;
        }
        filled.filled += 1;
        if let (Some(column), Some(comment)) = (columns.comments, comment(row)) {
            let there = sheet.value(line, column);
            match options.comments {
                Comments::Leave => {}
                Comments::WhereEmpty if !there.trim().is_empty() => {
                    kept_comments += usize::from(there != comment);
                }
                Comments::WhereEmpty | Comments::Replace => {
                    sheet.set(line, column, &comment);
                }
            }
        }
    }
    for (maximum, possible) in scaled_to {
        filled.problems.push(format!(
            "the worksheet's maximum is {} and ours is {possible}: points are scaled",
            Points(maximum)
        ));
    }
    if kept_comments > 0 {
        let kept = if kept_comments == 1 {
            "1 comment of the worksheet was".to_owned()
        } else {
            format!("{kept_comments} comments of the worksheet were")
        };
        filled.problems.push(format!("{kept} kept instead of ours"));
    }
    filled.problems.extend(undecided(rows));
    filled.problems.extend(columns.problems(options));
    filled.problems.push(
        "Moodle leaves out students whose grade was changed after the worksheet was downloaded, unless you allow it when you upload it"
            .to_owned(),
    );
    filled.bytes = sheet.render();
    Ok(filled)
}

/// Where the worksheet has what.
struct Columns {
    identifier: usize,
    name: Option<usize>,
    email: Option<usize>,
    id_number: Option<usize>,
    grade: usize,
    maximum: Option<usize>,
    changeable: Option<usize>,
    comments: Option<usize>,
}

/// What goes into a row's cell.
struct Cell {
    value: Points,
    maximum: i64,
    capped: bool,
}

impl Columns {
    fn find(sheet: &Sheet<'_>, options: &Options) -> Result<Self, ExportError> {
        let header = sheet.values(0);
        let named = |heading: &Option<String>| {
            let Some(heading) = heading else {
                return Ok(None);
            };
            let same = |cell: &std::borrow::Cow<'_, str>| plain(cell) == plain(heading);
            header.iter().position(same).map(Some).ok_or_else(|| {
                let message = format!("{WORKSHEET} has no column `{}`", shown(heading));
                ExportError::unusable(message, format!("its columns are {}", listed(&header)))
            })
        };
        let numbered = |column: usize| all_cells(sheet, column, |cell| participant(cell).is_some());
        let identifier = Column::Identifier
            .find(&header)
            .filter(|column| sheet.len() == 1 || numbered(*column))
            .or_else(|| (0..header.len()).find(|column| numbered(*column)));
        let Some(identifier) = identifier else {
            let message = format!(
                "{WORKSHEET} has no column of identifiers such as `Participant 12`; its columns are {}",
                listed(&header)
            );
            return Err(ExportError::unusable(message, DOWNLOAD));
        };
        let maximum = Column::Maximum.find(&header).or_else(|| {
            // In any language: the column of one and the same number, right of the grades.
            let is_maximum = |column: &usize| {
                let first = sheet.value(1, *column).into_owned();
                let number = hundredths(first.trim()).is_ok_and(|number| number > 0);
                number && sheet.len() > 2 && all_cells(sheet, *column, |cell| cell == first)
            };
            (identifier + 2..header.len()).find(is_maximum)
        });
        let by_place = || {
            let column = maximum?.checked_sub(1)?;
            let is_grade = |cell: &str| {
                cell.trim().is_empty() || cell == "-" || hundredths(cell.trim()).is_ok()
            };
            let any_cell = (1..sheet.len()).all(|row| is_grade(&sheet.value(row, column)));
            (any_cell && column > identifier).then_some(column)
        };
        let grade = named(&options.grade_column)?
            .or_else(|| Column::Grade.find(&header))
            .or_else(by_place);
        let Some(grade) = grade else {
            let message = format!(
                "it is not clear which column of {WORKSHEET} is for grades; its columns are {}",
                listed(&header)
            );
            return Err(ExportError::unusable(
                message,
                "name it as its heading does",
            ));
        };
        Ok(Self {
            identifier,
            name: Column::FullName.find(&header),
            email: Column::Email.find(&header),
            id_number: Column::IdNumber.find(&header),
            grade,
            maximum,
            changeable: Column::Changeable.find(&header),
            comments: named(&options.comment_column)?.or_else(|| Column::Comments.find(&header)),
        })
    }

    /// As the worksheet itself writes numbers.
    fn decimal_mark(&self, sheet: &Sheet<'_>) -> DecimalMark {
        let columns = self.maximum.into_iter().chain([self.grade]);
        for column in columns {
            for row in 1..sheet.len() {
                let cell = sheet.value(row, column);
                if hundredths(cell.trim()).is_ok() && cell.contains([',', '.']) {
                    return if cell.contains(',') {
                        DecimalMark::Comma
                    } else {
                        DecimalMark::Point
                    };
                }
            }
        }
        // Sites whose lists are separated by semicolons write decimals with a comma.
        if sheet.delimiter() == b';' {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        }
    }

    /// The points for a row, or why it gets none.
    fn points(
        &self,
        sheet: &Sheet<'_>,
        line: usize,
        row: &Row,
        options: &Options,
    ) -> Result<Cell, String> {
        if !row.handed_in && !options.missing_is_zero {
            return Err("handed in nothing; the grade is left as it is".to_owned());
        }
        if self
            .changeable
            .is_some_and(|column| says_no(&sheet.value(line, column)))
        {
            return Err("the grade is locked in Moodle".to_owned());
        }
        let possible = row.grade.possible.0;
        let maximum = match self.maximum {
            None => possible,
            Some(column) => {
                let cell = sheet.value(line, column);
                let number = hundredths(cell.trim()).ok().filter(|number| *number > 0);
                number.ok_or("the assignment is not graded by points")?
            }
        };
        let value = if row.handed_in { row.grade.points.0 } else { 0 };
        let value = if maximum == possible {
            value
        } else if possible > 0 {
            scaled(value, maximum, possible)
        } else {
            return Err("nothing could be had".to_owned());
        };
        Ok(Cell {
            value: Points(value.min(maximum)),
            maximum,
            capped: value > maximum,
        })
    }

    /// What cannot be known, as there is no such column.
    fn problems(&self, options: &Options) -> Vec<String> {
        let mut problems = Vec::new();
        if self.maximum.is_none() {
            problems.push(
                "the worksheet does not say the maximum, so points are not scaled".to_owned(),
            );
        }
        if self.changeable.is_none() {
            problems.push(
                "the worksheet does not say which grades are locked; Moodle leaves those out"
                    .to_owned(),
            );
        }
        if self.comments.is_none() && options.comments != Comments::Leave {
            problems.push(
                "the worksheet has no column for comments: feedback comments are not switched on in the assignment".to_owned(),
            );
        }
        problems
    }
}

fn listed(header: &[std::borrow::Cow<'_, str>]) -> String {
    let cells = header.iter().take(30);
    let cells: Vec<String> = cells.map(|cell| format!("`{}`", shown(cell))).collect();
    cells.join(", ")
}

/// Whether there is a row, and every row that is not blank has such a cell.
fn all_cells(sheet: &Sheet<'_>, column: usize, holds: impl Fn(&str) -> bool) -> bool {
    let mut rows = (1..sheet.len())
        .filter(|row| !sheet.is_blank(*row))
        .peekable();
    rows.peek().is_some() && rows.all(|row| holds(&sheet.value(row, column)))
}

/// The number of `Participant 12`, in any language.
fn participant(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let digits = cell.trim_start_matches(|c: char| !c.is_ascii_digit());
    let word = cell.strip_suffix(digits)?;
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (number && word.contains(char::is_alphabetic)).then_some(digits)
}

/// Which of our rows belongs to which of the worksheet's. Whatever belongs to none is listed.
fn matches(
    sheet: &Sheet<'_>,
    columns: &Columns,
    rows: &[Row],
    filled: &mut Filled,
) -> Vec<(usize, usize)> {
    let keys = |key: fn(&Row) -> Option<&str>, plain: fn(&str) -> String| {
        Index::new(
            rows.iter().enumerate().map(|(at, row)| (at, key(row))),
            plain,
        )
    };
    let numbers = keys(|row| row.identity.lms_id.as_deref(), plain_id);
    let emails = keys(|row| row.identity.email.as_deref(), plain_id);
    let ids = keys(|row| row.identity.sis_id.as_deref(), plain_id);
    let names = keys(|row| row.name.as_deref(), plain_name);
    let lines: Vec<usize> = (1..sheet.len())
        .filter(|line| !sheet.is_blank(*line))
        .collect();
    let value = |line: usize, column: Option<usize>| {
        column
            .map(|column| sheet.value(line, column).trim().to_owned())
            .unwrap_or_default()
    };
    let their_names = Index::new(
        lines
            .iter()
            .map(|line| {
                let name = columns.name.map(|column| sheet.value(*line, column));
                (*line, name)
            })
            .collect::<Vec<_>>()
            .iter()
            .map(|(line, name)| (*line, name.as_deref())),
        plain_name,
    );
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines {
        let identifier = sheet.value(line, columns.identifier);
        let name = value(line, columns.name);
        let unique_name = plain_name(&name);
        let by_name = || {
            names
                .get(&unique_name)
                .filter(|_| their_names.get(&unique_name).is_some())
        };
        let found = participant(&identifier)
            .and_then(|number| numbers.get(number))
            .or_else(|| emails.get(&plain_id(&value(line, columns.email))))
            .or_else(|| ids.get(&plain_id(&value(line, columns.id_number))))
            .or_else(by_name);
        let theirs = || {
            let name = if name.is_empty() { "" } else { name.as_str() };
            shown(format!("{} {name}", identifier.trim()).trim())
        };
        let Some(row) = found else {
            let reason = "in the worksheet, but not in the class".to_owned();
            filled.skipped.push((theirs(), reason));
            continue;
        };
        if taken.contains_key(&row) {
            let reason = format!("a second row of the worksheet for {}", called(&rows[row]));
            filled.skipped.push((theirs(), reason));
            continue;
        }
        if let Some(ours) = &rows[row].name
            && !name.is_empty()
            && super::unordered_name(ours) != super::unordered_name(&name)
        {
            filled.problems.push(format!(
                "{} is called {} in the worksheet and {} in the class",
                identifier.trim(),
                shown(&name),
                shown(ours)
            ));
        }
        taken.insert(row, line);
    }
    for (at, row) in rows.iter().enumerate() {
        if !taken.contains_key(&at) {
            let reason =
                "not in the worksheet by participant number, email, ID number or name".to_owned();
            filled.skipped.push((called(row), reason));
        }
    }
    let mut matched: Vec<(usize, usize)> =
        taken.into_iter().map(|(row, line)| (line, row)).collect();
    matched.sort_unstable();
    matched
}

/// What Moodle shows beside the grade: it takes comments for HTML.
fn comment(row: &Row) -> Option<String> {
    let steps = row.grade.steps.iter();
    let steps = steps.map(|step| format!("{}: {}", step.what, step.points));
    let said = row.grade.comment.iter().flat_map(|comment| comment.lines());
    let lines: Vec<String> = said.map(str::to_owned).chain(steps).collect();
    let html = |line: &String| {
        let text = escape::csv_cell(line);
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let lines: Vec<String> = lines
        .iter()
        .map(html)
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join("<br>"))
}
