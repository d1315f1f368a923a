//! A table in the form in which Gradescope itself gives an assignment's grades: the columns that every course's staff knows from
//! "Download Grades", found alike in the public scripts that read them. Gradescope documents no way to take such a table back.

use super::csv::{cell, parts};
use super::{DecimalMark, ExportError, Filled, Options, Row, called, shown_points, undecided};
use crate::gradebook::policy::Points;
use crate::report::escape::NAME_CHARS;

/// Writes the table: name, SID, email, section, total, maximum, status, time, then a column for each part.
///
/// # Errors
/// [`ExportError::Table`].
pub fn gradescope(rows: &[Row], options: &Options) -> Result<Filled, ExportError> {
    let mark = options.decimal.unwrap_or_default();
    let points = |points: Points| shown_points(points, mark);
    let mut filled = Filled::default();
    let parts = parts(rows);
    let mut header: Vec<String> = [
        "Name",
        "SID",
        "Email",
        "Sections",
        "Total Score",
        "Max Points",
        "Status",
        "Submission Time",
    ]
    .map(str::to_owned)
    .to_vec();
    for (number, id) in (1..).zip(&parts) {
        let possible = rows
            .iter()
            .flat_map(|row| &row.grade.parts)
            .filter(|part| part.id == *id);
        let possible = possible.map(|part| part.possible).max().unwrap_or_default();
        let possible = shown_points(possible, DecimalMark::Point);
        header.push(cell(
            &format!("{number}: {id} ({possible} pts)"),
            NAME_CHARS,
        ));
    }
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(&header)?;
    for row in rows {
        let (identity, grade) = (&row.identity, &row.grade);
        let known = |text: &Option<String>| cell(text.as_deref().unwrap_or_default(), NAME_CHARS);
        let sid = identity
            .sis_id
            .as_ref()
            .or(identity.lms_id.as_ref())
            .cloned();
        if sid.is_none() && identity.email.is_none() {
            filled
                .problems
                .push(format!("{} has neither SID nor email", called(row)));
        }
        let counts = row.handed_in || options.missing_is_zero;
        let status = match (row.handed_in, grade.undecided.0) {
            (false, _) => "Missing",
            (true, 0) => "Graded",
            (true, _) => "Ungraded",
        };
        let given = |number: Points| {
            if counts {
                points(number)
            } else {
                String::new()
            }
        };
        let time = row
            .submitted
            .map(|at| at.strftime("%Y-%m-%d %H:%M:%S +0000").to_string());
        let mut cells = vec![
            cell(row.name.as_deref().unwrap_or(&row.id), NAME_CHARS),
            known(&sid),
            known(&identity.email),
            known(&identity.section),
            given(if row.handed_in {
                grade.points
            } else {
                Points(0)
            }),
            points(grade.possible),
            status.to_owned(),
            time.unwrap_or_default(),
        ];
        for id in &parts {
            let part = grade.parts.iter().find(|part| part.id == *id);
            let part = part.filter(|_| row.handed_in);
            cells.push(part.map(|part| points(part.points)).unwrap_or_default());
        }
        writer.write_record(cells)?;
        if counts {
            filled.filled += 1;
        } else {
            filled
                .skipped
                .push((called(row), "handed in nothing".to_owned()));
        }
    }
    filled.problems.extend(undecided(rows));
    filled.bytes = writer
        .into_inner()
        .map_err(|error| ::csv::Error::from(error.into_error()))?;
    Ok(filled)
}
