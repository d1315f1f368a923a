//! What tests of `grade` share: archives, a look into the gradebook, the results without what differs each time.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::it::support::{Done, Place, read_all};

/// Says hello and allocates nothing: 1 of 3 points.
pub(super) const QUIET: &str = "fn main() {\n    println!(\"hello\");\n}\n";

/// Files as a zip.
pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*path, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Files as a tar.gz.
pub(super) fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&builder.into_inner().unwrap()).unwrap();
    encoder.finish().unwrap()
}

/// Grades `class` into `results`, with more arguments.
#[track_caller]
pub(super) fn grade(place: &Place, more: &[&str]) -> Done {
    grade_into(place, "class", "results", more)
}

#[track_caller]
pub(super) fn grade_into(place: &Place, class: &str, results: &str, more: &[&str]) -> Done {
    let args = ["grade", class, "-o", results];
    place.memgrade(args.iter().chain(more))
}

/// What SQL says of the gradebook in `results`: a line for each row.
#[track_caller]
pub(super) fn ask(place: &Place, sql: &str) -> Vec<String> {
    ask_in(&place.work().join("results"), sql)
}

/// The same of another folder. The gradebook is copied first: asking may not change it, even if it was left half written.
#[track_caller]
pub(super) fn ask_in(results: &Path, sql: &str) -> Vec<String> {
    try_ask(results, sql).unwrap()
}

/// The same of a gradebook that may be written to meanwhile.
pub(super) fn try_ask(results: &Path, sql: &str) -> rusqlite::Result<Vec<String>> {
    let copy = tempfile::tempdir().unwrap();
    for name in ["gradebook.sqlite", "gradebook.sqlite-wal"] {
        // The one is missing where nothing was graded, the other where the last command ended in order.
        let _ = fs::copy(results.join(name), copy.path().join(name));
    }
    let connection = Connection::open(copy.path().join("gradebook.sqlite"))?;
    let mut ask = connection.prepare(sql)?;
    let columns = ask.column_count();
    let rows = ask.query_map([], |row| {
        let cells = (0..columns).map(|index| {
            Ok(match row.get_ref(index)? {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                ValueRef::Blob(bytes) => blake3::hash(bytes).to_hex().to_string(),
            })
        });
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
    })?;
    rows.collect()
}

/// Everything that decides about grades, without times, numbers of gradings and what was measured.
pub(super) fn contents(results: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let queries = [
        ("about", "key, value FROM about WHERE key <> 'drawn'"),
        (
            "students",
            "id, position, name, file_stem, identity, group_name, listed FROM students",
        ),
        // Its state has the number of the grading in which each judgment was made.
        (
            "submissions",
            "student, attempt, label, submitted, late, problems, grade, checklist, answers FROM submissions",
        ),
        (
            "results",
            "student, attempt, exercise, judgment FROM results",
        ),
        (
            "grades",
            "student, attempt, points, possible, undecided, grade FROM grades",
        ),
        (
            "judgments",
            "key, exercise, content, spec, identity, verdict, earned, possible, undecided, provisional FROM judgments",
        ),
        (
            "checks",
            "judgment, case_name, check_name, hidden, verdict, points, earned FROM checks",
        ),
        (
            "findings",
            "judgment, number, case_name, check_name, code, severity, fault, message, file, line FROM findings",
        ),
        (
            "case_runs",
            "judgment, case_name, run, number FROM case_runs",
        ),
        ("runs", "address FROM runs"),
        ("files", "content, path, text FROM files"),
        ("texts", "hash FROM texts"),
        (
            "changes",
            "student, number, part, points_before, points_after, reason FROM changes",
        ),
        (
            "pairs",
            "number, exercise, left_student, right_student, pair FROM pairs",
        ),
    ];
    let asked = queries.map(|(table, query)| {
        let mut rows = ask_in(results, &format!("SELECT {query}"));
        rows.sort();
        (table, rows)
    });
    asked.into()
}

/// What each student got, as `id points`.
pub(super) fn points(place: &Place, results: &str) -> Vec<String> {
    let done = place
        .memgrade(["export", results, "--format", "json"])
        .ends_with(0);
    let students = done.json()["students"].as_array().unwrap().clone();
    let line = |student: &serde_json::Value| {
        let points = student["points"].as_f64().unwrap();
        format!("{} {points}", student["id"].as_str().unwrap())
    };
    students.iter().map(line).collect()
}

/// Every file of the results but the gradebook, with the moment that it was written.
pub(super) fn files(results: &Path) -> BTreeMap<String, (SystemTime, Vec<u8>)> {
    let files = read_all(results).into_iter();
    let files = files.filter(|(name, _)| !name.starts_with("gradebook.sqlite"));
    files
        .map(|(name, bytes)| {
            let written = fs::metadata(results.join(&name))
                .unwrap()
                .modified()
                .unwrap();
            (name, (written, bytes))
        })
        .collect()
}

/// Every export of the results, as text or bytes, by a name.
pub(super) fn exports(place: &Place, results: &str) -> BTreeMap<String, Vec<u8>> {
    let worksheet = worksheet(place, results);
    place.write("worksheet.csv", worksheet);
    let mut all = BTreeMap::new();
    let forms: [&[&str]; 6] = [
        &["--format", "csv"],
        &["--format", "json"],
        &["--format", "moodle", "--into", "worksheet.csv"],
        &["--format", "canvas", "--column", "HW1 (12345)"],
        &["--format", "gradescope-csv"],
        &["--feedback", "plain"],
    ];
    for form in forms {
        let args = ["export", results, "--output", "exported"];
        place.memgrade(args.iter().chain(form)).ends_with(0);
        let bytes = fs::read(place.work().join("exported")).unwrap();
        all.insert(form.join(" "), bytes);
    }
    all
}

/// What Moodle would give to be filled in for these students: by their email addresses, which are their ids here.
fn worksheet(place: &Place, results: &str) -> String {
    let ids = ask_in(
        &place.work().join(results),
        "SELECT id FROM students ORDER BY position",
    );
    let mut text = "Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\",\"Grade can be changed\",\"Last modified (grade)\",\"Feedback comments\"\n".to_owned();
    for (number, id) in (100..).zip(ids) {
        use std::fmt::Write as _;
        let _ = writeln!(text, "\"Participant {number}\",\"{id}\",{id},,,3.00,Yes,-,");
    }
    text
}
