//! Grades as a table for spreadsheets: one row per student.

use super::Graded;
use super::escape::{self, NAME_CHARS};

/// Writes `grades.csv`: id, name, points per exercise, checklist, total, possible, undecided.
///
/// A student whose report lacks an exercise that others have gets an empty cell, not 0. No cell is a formula.
pub fn render(students: &[Graded]) -> Result<String, csv::Error> {
    let mut exercises: Vec<&str> = Vec::new();
    for exercise in students
        .iter()
        .flat_map(|student| &student.report.exercises)
    {
        if !exercises.contains(&exercise.id.as_str()) {
            exercises.push(&exercise.id);
        }
    }
    let has_checklist = students
        .iter()
        .any(|student| student.report.checklist.is_some());

    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["id".to_owned(), "name".to_owned()];
    header.extend(exercises.iter().map(|id| cell(id)));
    header.extend(has_checklist.then(|| "checklist".to_owned()));
    header.extend(["total", "possible", "undecided"].map(str::to_owned));
    writer.write_record(&header)?;
    for student in students {
        let report = &student.report;
        let mut row = vec![
            cell(&student.id),
            cell(student.name.as_deref().unwrap_or_default()),
        ];
        for id in &exercises {
            let exercise = report.exercises.iter().find(|exercise| exercise.id == *id);
            row.push(
                exercise
                    .map(|exercise| exercise.score.earned.to_string())
                    .unwrap_or_default(),
            );
        }
        if has_checklist {
            let earned = report
                .checklist
                .as_ref()
                .map(|checklist| checklist.score.earned.to_string());
            row.push(earned.unwrap_or_default());
        }
        let score = report.score;
        row.extend(
            [score.earned, score.possible, score.undecided].map(|points| points.to_string()),
        );
        writer.write_record(&row)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cell(text: &str) -> String {
    let bounded: String = text.chars().take(NAME_CHARS * 2).collect();
    escape::csv_cell(&bounded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn students() -> Vec<Graded> {
        let graded = |id: &str, name: &str| Graded {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            report: samples::report(),
        };
        let mut late = graded("dan", "Dan");
        late.report.exercises.remove(0);
        vec![
            graded("ann", "Lee, Ann"),
            graded("=cmd|' /C calc'!A0", "\t@SUM(1+1)\r\n=2"),
            graded("  +1", "Zoë \"Z\";=HYPERLINK(\"x\")"),
            late,
        ]
    }

    #[test]
    fn one_row_per_student() {
        insta::assert_snapshot!(render(&students()).unwrap());
    }

    #[test]
    fn no_cell_is_a_formula_however_it_is_read() {
        let mut students = students();
        students.push(Graded {
            id: samples::HOSTILE.to_owned(),
            name: Some(samples::HOSTILE.to_owned()),
            report: samples::hostile(),
        });
        let text = render(&students).unwrap();
        for delimiter in [b',', b';', b'\t'] {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(text.as_bytes());
            for record in reader.records() {
                for cell in &record.unwrap() {
                    let first = cell.trim_start().chars().next();
                    assert!(!first.is_some_and(|c| "=+-@".contains(c)), "{cell:?}");
                }
            }
        }
        assert!(!samples::has_controls(&text), "{text:?}");
    }

    #[test]
    fn what_is_written_can_be_read_back() {
        let text = render(&students()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(&rows[0][1], "Lee, Ann");
        assert_eq!(&rows[0][2], "7");
        assert_eq!(
            &rows[3][2], "",
            "an exercise that is missing is not 0 points"
        );
    }
}
