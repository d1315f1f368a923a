use proptest::prelude::*;

use super::*;
use crate::gradebook::policy::{Part, Step};

mod canvas;
mod feedback;
mod moodle;

fn row(id: &str, name: &str, points: i64) -> Row {
    Row {
        id: id.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        file_stem: id.to_owned(),
        handed_in: true,
        grade: Grade {
            points: Points(points),
            possible: Points(2000),
            undecided: Points(0),
            parts: vec![part("leak", points, 1000), part("checklist", 0, 1000)],
            ..Grade::default()
        },
        ..Row::default()
    }
}

fn part(id: &str, points: i64, possible: i64) -> Part {
    Part {
        id: id.to_owned(),
        points: Points(points),
        possible: Points(possible),
        ..Part::default()
    }
}

fn known(mut row: Row, identity: Identity) -> Row {
    row.identity = identity;
    row
}

fn numbered(id: &str, name: &str, points: i64, number: &str) -> Row {
    let identity = Identity {
        lms_id: Some(number.to_owned()),
        ..Identity::default()
    };
    known(row(id, name, points), identity)
}

/// A table as it is, then who was skipped and what is to be known.
fn said(filled: &Filled) -> String {
    let mut out = String::from_utf8(filled.bytes.clone()).unwrap();
    out = out.replace('\r', "␍");
    let rows = filled
        .skipped
        .iter()
        .map(|(who, why)| format!("skipped {who}: {why}"));
    let problems = filled
        .problems
        .iter()
        .map(|problem| format!("note: {problem}"));
    let lines: Vec<String> = rows.chain(problems).collect();
    format!("{out}---\n{} filled\n{}", filled.filled, lines.join("\n"))
}

const ENGLISH: &str = "\u{feff}Identifier,\"Full name\",\"ID number\",\"Email address\",Status,Grade,\"Maximum grade\",\"Grade can be changed\",\"Last modified (grade)\",\"Feedback comments\"\r\n\
    \"Participant 11\",\"Ann Lee\",s1,ann@example.org,\"Submitted for grading\",,20.00,Yes,-,\r\n\
    \"Participant 12\",\"Bob \"\"B\"\" Ray\",s2,bob@example.org,\"Submitted for grading - \n\",12.00,20.00,Yes,\"Monday, 2 November 2026\",\"<p>Well done,\nBob</p>\"\r\n\
    \"Participant 13\",\"Eve Ox\",s3,eve@example.org,\"No submission\",,20.00,Yes,-,\r\n\
    \"Participant 14\",\"Dan Po\",s4,dan@example.org,\"Submitted for grading\",5.00,20.00,No,-,\r\n\
    \"Participant 15\",\"Kim Ko\",s5,kim@example.org,\"No submission\",,20.00,Yes,-,\r\n";

fn class() -> Vec<Row> {
    let mut late = numbered("ann", "Ann Lee", 1750, "11");
    late.grade.comment = Some("=1+1 <b>\nsee & fix".to_owned());
    late.grade.steps = vec![Step {
        what: "1 day late, 10 %".to_owned(),
        points: Points(-200),
    }];
    let mut by_email = known(
        row("bob", "Robert", 2100),
        Identity {
            email: Some("BOB@example.org".to_owned()),
            ..Identity::default()
        },
    );
    by_email.grade.comment = Some("new".to_owned());
    let by_name = row("dan", "dan  po", 900);
    let mut absent = known(
        row("kim", "Kim Ko", 0),
        Identity {
            sis_id: Some("s5".to_owned()),
            ..Identity::default()
        },
    );
    absent.handed_in = false;
    let mut unknown = row("zed", "Zed", 100);
    unknown.grade.undecided = Points(300);
    vec![late, by_email, by_name, absent, unknown]
}

fn canvas_class() -> Vec<Row> {
    let by = |id: &str, name: &str, points, lms: &str, sis: &str, login: &str| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        known(
            row(id, name, points),
            Identity {
                lms_id: some(lms),
                sis_id: some(sis),
                login: some(login),
                section: Some("S 1".to_owned()),
                ..Identity::default()
            },
        )
    };
    let mut absent = by("kim", "Kim Ko", 0, "1005", "", "");
    absent.handed_in = false;
    vec![
        by("ann", "Ann Lee", 1750, "1001", "", ""),
        by("bob", "Bob Ray", 2000, "", "SIS02", ""),
        by("dan", "", 512, "", "", "dpo1"),
        by("eve", "Eve Ox", 100, "", "", ""),
        absent,
        by("=1+1", "=1+1", 100, "", "", "=cmd"),
        by("ghost", "", 100, "", "", ""),
    ]
}

#[test]
fn gradescopes_table_has_its_columns() {
    let mut rows = canvas_class();
    rows[0].submitted = Some("2026-11-20T22:59:00Z".parse().unwrap());
    rows[1].grade.undecided = Points(100);
    rows[1].identity.email = Some("bob@example.org".to_owned());
    insta::assert_snapshot!(said(&gradescope(&rows, &Options::default()).unwrap()), @r"
    Name,SID,Email,Sections,Total Score,Max Points,Status,Submission Time,1: leak (10.00 pts),2: checklist (10.00 pts)
    Ann Lee,1001,,S 1,17.50,20.00,Graded,2026-11-20 22:59:00 +0000,17.50,0.00
    Bob Ray,SIS02,bob@example.org,S 1,20.00,20.00,Ungraded,,20.00,0.00
    dan,,,S 1,5.12,20.00,Graded,,5.12,0.00
    Eve Ox,,,S 1,1.00,20.00,Graded,,1.00,0.00
    Kim Ko,1005,,S 1,,20.00,Missing,,,
    '=1+1,,,S 1,1.00,20.00,Graded,,1.00,0.00
    ghost,,,S 1,1.00,20.00,Graded,,1.00,0.00
    ---
    6 filled
    skipped kim (Kim Ko): handed in nothing
    note: dan has neither SID nor email
    note: eve (Eve Ox) has neither SID nor email
    note: =1+1 has neither SID nor email
    note: ghost has neither SID nor email
    note: 1 student has undecided points, which are not in the grades yet
    ");
}

#[test]
fn the_table_for_spreadsheets_adds_up_and_has_no_formula() {
    let mut rows = class();
    rows[0].identity.email = Some("ann@example.org".to_owned());
    rows[0].group = Some("+g".to_owned());
    rows[0].late = Some(true);
    rows[0].attempt = Some("attempt 2 of 3 (latest)".to_owned());
    rows[1].id = "=HYPERLINK(\"x\")\n".to_owned();
    rows[1].grade.parts.insert(1, part("rings", 150, 200));
    insta::assert_snapshot!(csv(&rows).unwrap(), @r##"
    id,name,email,group,handed_in,submitted,late,more_time,attempt,leak,rings,checklist,adjustments,total,possible,undecided,comment
    ann,Ann Lee,ann@example.org,'+g,yes,,yes,,attempt 2 of 3 (latest),17.5,,0,-2,17.5,20,0,'=1+1 <b> see & fix
    "'=HYPERLINK(""x"")",Robert,BOB@example.org,,yes,,,,,21,1.5,0,0,21,20,0,new
    dan,dan  po,,,yes,,,,,9,,0,0,9,20,0,
    kim,Kim Ko,,,no,,,,,0,,0,0,0,20,0,
    zed,Zed,,,yes,,,,,1,,0,0,1,20,3,
    "##);
}

#[test]
fn the_json_form_is_the_committed_schema() {
    let path = format!("{}/schemas/grades.schema.json", env!("CARGO_MANIFEST_DIR"));
    let now = json::schema();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "{path} is stale; run BLESS=1 cargo test schema"
    );
    let text = super::json(&class()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&committed).unwrap();
    assert!(jsonschema::is_valid(&schema, &value));
    assert_eq!(value["schema"], GRADES_SCHEMA);
    assert_eq!(value["students"][0]["points"], 17.5);
    assert_eq!(value["students"][0]["steps"][0]["points"], -2.0);
    assert_eq!(value["students"][0]["submitted"], serde_json::Value::Null);
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert_eq!(
        "xls".parse::<Format>().unwrap_err(),
        "grades can be written as csv, json, moodle, canvas, gradescope-csv"
    );
}

#[test]
fn ten_thousand_students_are_no_matter() {
    let mut text = String::from("Identifier,Full name,Grade,Maximum grade\n");
    let rows: Vec<Row> = (0..10_000)
        .map(|n| {
            text.push_str("Participant ");
            text.push_str(&n.to_string());
            text.push_str(",Same Name,,20\n");
            numbered(&format!("s{n}"), "Same Name", 1000, &n.to_string())
        })
        .collect();
    assert_eq!(
        moodle(text.as_bytes(), &rows, &Options::default())
            .unwrap()
            .filled,
        10_000
    );
    assert_eq!(csv(&rows).unwrap().lines().count(), 10_001);
}

proptest! {
    #[test]
    fn a_sheet_reads_as_the_csv_crate_reads_it_and_stays_itself(
        cells in proptest::collection::vec(proptest::collection::vec("[a-z ,;\"\n\r]{0,6}", 1..5), 1..6),
        windows in any::<bool>(),
    ) {
        let mut writer = ::csv::WriterBuilder::new()
            .flexible(true)
            .terminator(if windows { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(["x", "y"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut sheet = sheet::Sheet::read(&bytes, "it").unwrap();
        prop_assert_eq!(sheet.render(), bytes.clone());
        prop_assert_eq!(sheet.len(), cells.len() + 1);
        for (at, row) in cells.iter().enumerate() {
            prop_assert_eq!(&sheet.values(at + 1), row);
        }
        let last = cells.len();
        prop_assert!(sheet.set(last, 0, "n\"e,w"));
        let again = sheet.render();
        let again = sheet::Sheet::read(&again, "it").unwrap();
        prop_assert_eq!(again.value(last, 0), "n\"e,w");
        prop_assert_eq!(again.len(), sheet.len());
    }

    #[test]
    fn no_bytes_of_a_teachers_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,200}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = moodle(bytes, &class(), &Options::default());
            let _ = canvas("x", None, &class(), Some(bytes), &Options::default());
        }
    }
}
