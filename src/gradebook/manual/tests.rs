use super::*;

#[test]
fn what_spreadsheets_write_is_understood() {
    let comma =
        "student,part,points,comment\nann,leak,7.5,well argued\nann,,+1,\nbob,checklist,-2,\n";
    let semicolons = "\u{feff}Student;Part;Points;Comment\r\nann;leak;7,5;well argued\r\nann;;'+1;\r\nbob;checklist;minus 2;\r\n;;;\r\n";
    for text in [comma, semicolons] {
        let manual = Manual::parse(text).unwrap();
        let ann = manual.of("ann");
        assert_eq!(ann.changes("leak"), [Change::Set(Points(750))]);
        assert_eq!(ann.comment("leak").unwrap(), "well argued");
        assert_eq!(ann.changes(""), [Change::Add(Points(100))]);
        assert_eq!(
            manual.of("bob").changes("checklist"),
            [Change::Add(Points(-200))]
        );
        assert!(manual.of("eve").changes("").is_empty());
    }
}

#[test]
fn ids_that_look_like_formulas_are_found_again() {
    let manual = Manual::parse("student,part,points\n'=1+1,,3\n").unwrap();
    assert_eq!(manual.of("=1+1").changes(""), [Change::Set(Points(300))]);
    assert!(manual.unused(&["=1+1"], &[]).is_empty());
}

#[test]
fn mistakes_are_named_with_their_line() {
    let said =
        |rows: &str| Manual::parse(&format!("student,part,points,comment\n{rows}")).unwrap_err();
    insta::assert_snapshot!([
        said("ann,,3,\nann,,ten,\n"),
        said("ann,,\"1,005\",\n"),
        said("ann,,+-1,\n"),
        said("ann,leak,3,\nann,leak,+1,\nann,leak,4,\n"),
        said(",leak,3,\n"),
        Manual::parse("student,points\nann,3\n").unwrap_err(),
    ].join("\n"), @r"
    line 3: the column `points`: `ten` is not a number such as `7.5`
    line 2: the column `points`: `1,005` has more than two decimals
    line 2: the column `points`: `+-1` is not a number such as `7.5`
    line 4: the points of ann are given in line 2 already; to change them write `+1` or `-1`
    line 2: the column `student` is empty
    it has no column `part`
    ");
}

#[test]
fn nothing_is_lost_silently() {
    let manual = Manual::parse("student,part,points\nbob,leek,3\nann,leak,2\nevil,,1\n").unwrap();
    assert_eq!(
        manual.unused(&["ann", "bob"], &["leak"]),
        [
            "manual.csv, line 2, counts for nobody: there is no exercise `leek`",
            "manual.csv, line 4, counts for nobody: there is no student `evil`",
        ]
    );
}
