use std::io::{Cursor, Read};

use proptest::prelude::*;

use super::*;
use crate::gradebook::policy::{Part, Step};

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
            steps: Vec::new(),
            comment: None,
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

#[test]
fn moodles_worksheet_is_filled_and_nothing_else_is_touched() {
    let filled = moodle(ENGLISH.as_bytes(), &class(), &Options::default()).unwrap();
    insta::assert_snapshot!(said(&filled), @r##"
    ﻿Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed","Last modified (grade)","Feedback comments"␍
    "Participant 11","Ann Lee",s1,ann@example.org,"Submitted for grading",17.50,20.00,Yes,-,"'=1+1 &lt;b&gt;<br>see &amp; fix<br>1 day late, 10 %: -2"␍
    "Participant 12","Bob ""B"" Ray",s2,bob@example.org,"Submitted for grading - 
    ",20.00,20.00,Yes,"Monday, 2 November 2026","<p>Well done,
    Bob</p>"␍
    "Participant 13","Eve Ox",s3,eve@example.org,"No submission",,20.00,Yes,-,␍
    "Participant 14","Dan Po",s4,dan@example.org,"Submitted for grading",5.00,20.00,No,-,␍
    "Participant 15","Kim Ko",s5,kim@example.org,"No submission",,20.00,Yes,-,␍
    ---
    2 filled
    skipped Participant 13 Eve Ox: in the worksheet, but not in the class
    skipped zed (Zed): not in the worksheet by participant number, email, ID number or name
    skipped dan (dan  po): the grade is locked in Moodle
    skipped kim (Kim Ko): handed in nothing; the grade is left as it is
    note: Participant 12 is called Bob "B" Ray in the worksheet and Robert in the class
    note: bob (Robert) has more than the maximum, and Moodle takes no more: 20 is filled in
    note: 1 comment of the worksheet was kept instead of ours
    note: 1 student has undecided points, which are not in the grades yet
    note: Moodle leaves out students whose grade was changed after the worksheet was downloaded, unless you allow it when you upload it
    "##);
    // What is not filled in is the same, byte for byte.
    let text = String::from_utf8(filled.bytes).unwrap();
    let undone = text
        .replace(",17.50,20.00", ",,20.00")
        .replace(",20.00,20.00", ",12.00,20.00")
        .replace(
            "'=1+1 &lt;b&gt;<br>see &amp; fix<br>1 day late, 10 %: -2",
            "",
        )
        .replace(",\"\"\r\n", ",\r\n");
    assert_eq!(undone, ENGLISH);
}

#[test]
fn without_anybody_of_ours_the_worksheet_stays_as_it_is() {
    for text in [
        ENGLISH,
        GERMAN,
        "Identifier,Grade\n",
        "Identifier,Grade,Maximum grade\nParticipant 1,,10",
    ] {
        let filled = moodle(text.as_bytes(), &[], &Options::default()).unwrap();
        assert_eq!(String::from_utf8(filled.bytes).unwrap(), text);
        assert_eq!(filled.filled, 0);
    }
}

const GERMAN: &str = "ID;\"Vollständiger Name\";E-Mail-Adresse;Status;Bewertung;Bestwertung;\"Bewertung kann geändert werden\";\"Zuletzt geändert (Abgabe)\";\"Zuletzt geändert (Bewertung)\";\"Feedback als Kommentar\"\n\
    Teilnehmer/in11;\"Ann Lee\";ann@example.org;\"Zur Bewertung abgegeben\";;100,00;Ja;-;-;\n\
    Teilnehmer/in14;\"Dan Po\";dan@example.org;\"Zur Bewertung abgegeben\";\"5,00\";100,00;Nein;-;-;\n";

#[test]
fn a_german_worksheet_is_filled_with_commas_and_scaled() {
    let filled = moodle(GERMAN.as_bytes(), &class(), &Options::default()).unwrap();
    insta::assert_snapshot!(said(&filled), @r##"
    ID;"Vollständiger Name";E-Mail-Adresse;Status;Bewertung;Bestwertung;"Bewertung kann geändert werden";"Zuletzt geändert (Abgabe)";"Zuletzt geändert (Bewertung)";"Feedback als Kommentar"
    Teilnehmer/in11;"Ann Lee";ann@example.org;"Zur Bewertung abgegeben";87,50;100,00;Ja;-;-;"'=1+1 &lt;b&gt;<br>see &amp; fix<br>1 day late, 10 %: -2"
    Teilnehmer/in14;"Dan Po";dan@example.org;"Zur Bewertung abgegeben";"5,00";100,00;Nein;-;-;
    ---
    1 filled
    skipped bob (Robert): not in the worksheet by participant number, email, ID number or name
    skipped kim (Kim Ko): not in the worksheet by participant number, email, ID number or name
    skipped zed (Zed): not in the worksheet by participant number, email, ID number or name
    skipped dan (dan  po): the grade is locked in Moodle
    note: the worksheet's maximum is 100 and ours is 20: points are scaled
    note: 1 student has undecided points, which are not in the grades yet
    note: Moodle leaves out students whose grade was changed after the worksheet was downloaded, unless you allow it when you upload it
    "##);
}

#[test]
fn a_comma_between_digits_is_quoted_where_it_separates_cells() {
    let text = "Identifiant,\"Nom complet\",Note,\"Note maximale\",\"La note peut être modifiée\"\nParticipant 11,\"Ann Lee\",,\"20,00\",Oui\n";
    let filled = moodle(text.as_bytes(), &class(), &Options::default()).unwrap();
    let text = String::from_utf8(filled.bytes).unwrap();
    assert!(
        text.contains("\"Ann Lee\",\"17,50\",\"20,00\",Oui"),
        "{text}"
    );
    let options = Options {
        decimal: Some(DecimalMark::Point),
        ..Options::default()
    };
    let filled = moodle(text.as_bytes(), &class(), &options).unwrap();
    let text = String::from_utf8(filled.bytes).unwrap();
    // The cell was in quotes, and stays in quotes.
    assert!(
        text.contains("\"Ann Lee\",\"17.50\",\"20,00\",Oui"),
        "{text}"
    );
}

#[test]
fn headings_of_many_languages_are_known() {
    for header in [
        "Identifiant,Nom complet de l’utilisateur,Adresse de courriel,Statut,Note,Note maximale,La note peut être modifiée,Dernière modification (note),Feedback par commentaires",
        "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,Calificación máxima,La calificación puede ser cambiada,Última modificación (calificación),Comentarios de retroalimentación",
        "Identifierare,Fullständigt namn,E-postadress,Status,Betyg,Maxbetyg,Betyg kan ändras,Senast modifierat (betyg),Återkopplingskommentarer",
        "Identificativo,Nome,Indirizzo email,Stato,Valutazione,Valutazione massima,La valutazione può essere cambiata,Ultima modifica (valutazione),Commenti",
        "Identificador,Nome completo,E-mail,Estado,Avaliação,Nota máxima,A nota pode ser alterada.,Última atualização (avaliação),Comentários de feedback",
        "Identificatie,Volledige naam,E-mailadres,Status,Cijfer,Maximaal cijfer,Het cijfer kan gewijzigd worden,Laatst gewijzigd (beoordeling),Feedback tekstvak",
        "Identyfikator,Imię i nazwisko,Adres e-mail,Status,Ocena,Maksymalna ocena,Ocena może zostać zmieniona,Ostatnio modyfikowane (ocena),Komentarz zwrotny",
    ] {
        let text = format!("{header}\nDeltagare 11,Ann Lee,ann@example.org,-,,20.00,-,-,\n");
        let filled = moodle(text.as_bytes(), &class()[..1], &Options::default()).unwrap();
        let out = String::from_utf8(filled.bytes).unwrap();
        assert!(out.contains("-,17.50,20.00,-,-,\"'=1+1"), "{header}: {out}");
        assert_eq!(filled.problems.len(), 1, "{:?}", filled.problems);
    }
}

#[test]
fn columns_of_an_unknown_language_are_found_by_what_is_in_them() {
    let text = "Tunniste,Koko nimi,Arvosana,Enimmäis,Muokattu\nOsallistuja 11,Ann Lee,,20.00,-\nOsallistuja 12,Bob,-,20.00,-\n";
    let filled = moodle(text.as_bytes(), &class()[..1], &Options::default()).unwrap();
    let out = String::from_utf8(filled.bytes).unwrap();
    assert!(out.contains("Ann Lee,17.50,20.00"), "{out}");

    let named = Options {
        grade_column: Some("arvosana".to_owned()),
        ..Options::default()
    };
    let text = "Tunniste,Koko nimi,Arvosana\nOsallistuja 11,Ann Lee,\n";
    assert_eq!(
        moodle(text.as_bytes(), &class()[..1], &named)
            .unwrap()
            .filled,
        1
    );
    let refused =
        |text: &[u8], options: &Options| moodle(text, &[], options).unwrap_err().to_string();
    insta::assert_snapshot!([
        refused(text.as_bytes(), &Options::default()),
        refused(b"id,name\nann,Ann\n", &Options::default()),
        refused(b"Identifier,Grade\n", &named),
        refused(b"", &Options::default()),
        refused(b"Identifier,Grade\nParticipant 1,\xff\n", &Options::default()),
    ].join("\n"), @r"
    it is not clear which column of the grading worksheet is for grades; its columns are `Tunniste`, `Koko nimi`, `Arvosana`
    the grading worksheet has no column of identifiers such as `Participant 12`; its columns are `id`, `name`
    the grading worksheet has no column `arvosana`
    the grading worksheet is empty
    the grading worksheet is not UTF-8 text
    ");
}

#[test]
fn who_could_be_two_is_nobody() {
    let text = "Identifier,Full name,Grade,Maximum grade\nParticipant 1,Ann Lee,,20\nParticipant 2,Ann Lee,,20\nParticipant 3,Bob,,20\nParticipant 3,Bob,,20\n";
    let rows = [
        row("a", "Ann Lee", 100),
        numbered("b", "Someone Else", 100, "3"),
    ];
    insta::assert_snapshot!(said(&moodle(text.as_bytes(), &rows, &Options::default()).unwrap()), @r"
    Identifier,Full name,Grade,Maximum grade
    Participant 1,Ann Lee,,20
    Participant 2,Ann Lee,,20
    Participant 3,Bob,1.00,20
    Participant 3,Bob,,20
    ---
    1 filled
    skipped Participant 1 Ann Lee: in the worksheet, but not in the class
    skipped Participant 2 Ann Lee: in the worksheet, but not in the class
    skipped Participant 3 Bob: a second row of the worksheet for b (Someone Else)
    skipped a (Ann Lee): not in the worksheet by participant number, email, ID number or name
    note: Participant 3 is called Bob in the worksheet and Someone Else in the class
    note: the worksheet does not say which grades are locked; Moodle leaves those out
    note: the worksheet has no column for comments: feedback comments are not switched on in the assignment
    note: Moodle leaves out students whose grade was changed after the worksheet was downloaded, unless you allow it when you upload it
    ");
}

#[test]
fn scales_and_comments_are_respected() {
    let text = "Identifier,Grade,Maximum grade,Grade can be changed,Feedback comments\nParticipant 11,-,Excellent,Yes,old\nParticipant 12,,20,Yes,old\n";
    let mut rows = class();
    rows[1].identity.lms_id = Some("12".to_owned());
    let with = |comments| {
        let options = Options {
            comments,
            missing_is_zero: true,
            ..Options::default()
        };
        said(&moodle(text.as_bytes(), &rows[..2], &options).unwrap())
    };
    insta::assert_snapshot!(with(Comments::WhereEmpty), @r"
    Identifier,Grade,Maximum grade,Grade can be changed,Feedback comments
    Participant 11,-,Excellent,Yes,old
    Participant 12,20.00,20,Yes,old
    ---
    1 filled
    skipped ann (Ann Lee): the assignment is not graded by points
    note: bob (Robert) has more than the maximum, and Moodle takes no more: 20 is filled in
    note: 1 comment of the worksheet was kept instead of ours
    note: Moodle leaves out students whose grade was changed after the worksheet was downloaded, unless you allow it when you upload it
    ");
    assert!(with(Comments::Replace).contains("20.00,20,Yes,new"));
    assert!(with(Comments::Leave).contains("20.00,20,Yes,old"));
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
fn canvas_gets_the_header_that_it_accepts() {
    let filled = canvas(
        "Lab, 1",
        Some(77),
        &canvas_class(),
        None,
        &Options::default(),
    )
    .unwrap();
    insta::assert_snapshot!(said(&filled), @r##"
    Student,ID,SIS User ID,SIS Login ID,Section,"Lab, 1 (77)"
        Points Possible,,,,,20
    Ann Lee,1001,,,S 1,17.50
    Bob Ray,,SIS02,,S 1,20.00
    dan,,,dpo1,S 1,5.12
    Eve Ox,,,,S 1,1.00
    Kim Ko,1005,,,S 1,
    ---
    4 filled
    skipped kim (Kim Ko): handed in nothing; the cell is empty, which changes nothing in Canvas
    skipped =1+1: no id, login or name that Canvas could know
    skipped ghost: no id, login or name that Canvas could know
    note: of eve (Eve Ox) only the name is known: Canvas looks for exactly that name
    "##);
    let zero = Options {
        missing_is_zero: true,
        ..Options::default()
    };
    let filled = canvas("Lab 1", None, &canvas_class(), None, &zero).unwrap();
    let text = String::from_utf8(filled.bytes).unwrap();
    assert!(
        text.starts_with(
            "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1\n    Points Possible,,,,,20\n"
        ),
        "{text}"
    );
    assert!(text.contains("Kim Ko,1005,,,S 1,0.00"), "{text}");
    assert!(
        filled.problems[0].contains("no id of the assignment"),
        "{:?}",
        filled.problems
    );
}

const CANVAS: &str = "\u{feff}Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Final Score\n\
    ,,,,,Manual Posting,(read only)\n\
    \"    Points Possible\",,,,,100,\n\
    \"Lee, Ann\",1001,,alee1,\"Sec 1, a\",,50\n\
    \"Ray, Bob\",1002,SIS02,bray1,S2,3,50\n\
    \"Po, Dan\",1003,SIS03,DPO1,S2,,50\n\
    \"Ox, Eve\",1004,SIS04,eox1,S2,,50\n\
    \"Ko, Kim\",1005,SIS05,kko1,S2,,50\n\
    \"Ux, Ian\",1006,SIS06,iux1,S2,,50\n\
    \"Student, Test\",9,,x,S2,,50\n";

#[test]
fn canvas_own_export_says_who_is_who() {
    let filled = canvas(
        "Lab 1",
        None,
        &canvas_class(),
        Some(CANVAS.as_bytes()),
        &Options::default(),
    )
    .unwrap();
    insta::assert_snapshot!(said(&filled), @r##"
    Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77)
    "    Points Possible",,,,,100
    "Lee, Ann",1001,,alee1,"Sec 1, a",87.50
    "Ray, Bob",1002,SIS02,bray1,S2,100.00
    "Po, Dan",1003,SIS03,DPO1,S2,25.60
    "Ox, Eve",1004,SIS04,eox1,S2,5.00
    ---
    4 filled
    skipped kim (Kim Ko): handed in nothing; the cell is empty, which changes nothing in Canvas
    skipped Ux, Ian: in Canvas, but not in the class
    skipped =1+1: not in Canvas by id, SIS id, login or name
    skipped ghost: not in Canvas by id, SIS id, login or name
    note: 100 points are possible in Canvas; grades out of 20 are scaled to it
    "##);
    let other = canvas(
        "Lab 2",
        Some(78),
        &canvas_class(),
        Some(CANVAS.as_bytes()),
        &Options::default(),
    )
    .unwrap();
    assert!(
        String::from_utf8(other.bytes)
            .unwrap()
            .starts_with("Student,ID,SIS User ID,SIS Login ID,Section,Lab 2 (78)\n")
    );
    assert!(
        other.problems[0].contains("no assignment with the id 78"),
        "{:?}",
        other.problems
    );
    let refused = canvas("Lab 1", None, &[], Some(b"a,b\n"), &Options::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the gradebook's export has no columns `ID` and `Section`"
    );
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
    id,name,email,group,handed_in,submitted,late,attempt,leak,rings,checklist,adjustments,total,possible,undecided,comment
    ann,Ann Lee,ann@example.org,'+g,yes,,yes,attempt 2 of 3 (latest),17.5,,0,-2,17.5,20,0,'=1+1 <b> see & fix
    "'=HYPERLINK(""x"")",Robert,BOB@example.org,,yes,,,,21,1.5,0,0,21,20,0,new
    dan,dan  po,,,yes,,,,9,,0,0,9,20,0,
    kim,Kim Ko,,,no,,,,0,,0,0,0,20,0,
    zed,Zed,,,yes,,,,1,,0,0,1,20,3,
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

fn unpacked(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            (
                file.name().unwrap().into_owned(),
                String::from_utf8_lossy(&text).into_owned(),
            )
        })
        .collect()
}

#[test]
fn feedback_stands_where_the_platform_takes_it_back() {
    let folder = |id: &str, folder: &str| {
        known(
            row(id, id, 0),
            Identity {
                lms_folder: Some(folder.to_owned()),
                ..Identity::default()
            },
        )
    };
    let rows = [
        folder("ann", "Ann Lee_11_assignsubmission_file"),
        folder("bob", "G 1-Bob_12_assignsubmission_file_"),
        numbered("dan", "../Dan_Po", 0, "14"),
        folder("eve", "../../x_1_assignsubmission_file"),
        row("zed", "Zed", 0),
        folder("two", "Ann Lee_11_assignsubmission_file"),
    ];
    let zip = |layout| {
        let mut text_of =
            |row: &Row| Ok((row.id != "bob").then(|| format!("for {}", row.id).into_bytes()));
        let zipped = feedback_zip(layout, &rows, Cursor::new(Vec::new()), &mut text_of).unwrap();
        (zipped.out.into_inner(), zipped.skipped)
    };
    let (bytes, skipped) = zip(FeedbackLayout::Moodle);
    assert_eq!(bytes, zip(FeedbackLayout::Moodle).0);
    let lines = |(name, text): &(String, String)| format!("{name}: {text}");
    let files: Vec<String> = unpacked(&bytes).iter().map(lines).collect();
    let reasons: Vec<String> = skipped.iter().map(lines).collect();
    insta::assert_snapshot!([files, vec!["---".to_owned()], reasons].concat().join("\n"), @r"
    Ann Lee_11_assignsubmission_file/feedback.txt: for ann
    Dan Po_14_assignsubmission_file/feedback.txt: for dan
    ---
    eve: neither the folder of Moodle's download nor the participant number is known
    zed (Zed): neither the folder of Moodle's download nor the participant number is known
    two: ann has the same name in the download
    bob: there is no feedback
    ");
    let (bytes, _) = zip(FeedbackLayout::Plain);
    let names: Vec<String> = unpacked(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["ann.txt", "dan.txt", "eve.txt", "two.txt", "zed.txt"]
    );
}

#[test]
fn canvas_takes_feedback_back_under_the_names_of_its_download() {
    let file = |id: &str, name: &str| {
        known(
            row(id, id, 0),
            Identity {
                lms_folder: Some(name.to_owned()),
                ..Identity::default()
            },
        )
    };
    let rows = [
        file("ann", "leeann_1001_555_main.rs"),
        file("bob", "raybob_LATE_1002_556_hand_in.zip"),
        file("dan", "podan_1003_557_x.tar.gz"),
        file("eve", "oxeve_1004_link.html"),
    ];
    let mut text_of = |row: &Row| Ok(Some(row.id.clone().into_bytes()));
    let zipped = feedback_zip(
        FeedbackLayout::Canvas,
        &rows,
        Cursor::new(Vec::new()),
        &mut text_of,
    )
    .unwrap();
    assert_eq!((zipped.files, zipped.skipped.len()), (2, 2));
    let bytes = zipped.out.into_inner();
    let files = unpacked(&bytes);
    assert_eq!(
        files[0],
        ("leeann_1001_555_main.rs".to_owned(), "ann".to_owned())
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut inner = Vec::new();
    archive
        .by_index(1)
        .unwrap()
        .read_to_end(&mut inner)
        .unwrap();
    assert_eq!(
        unpacked(&inner),
        [("feedback.txt".to_owned(), "bob".to_owned())]
    );
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
