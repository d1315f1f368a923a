use super::*;

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
