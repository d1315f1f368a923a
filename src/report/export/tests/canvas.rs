use super::*;

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
    note: of eve (Eve Ox) only the name is known: Canvas looks for exactly that name; its own export, named with --into, has everybody's ids
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
fn those_of_whom_only_the_name_is_known_share_one_note() {
    let named = |count: usize| -> Vec<Row> {
        let names = (0..count).map(|number| format!("Student {number}"));
        names.map(|name| row(&name, &name, 100)).collect()
    };
    let notes = |count: usize| {
        let filled = canvas("Lab", Some(77), &named(count), None, &Options::default()).unwrap();
        assert_eq!(filled.filled, count);
        filled.problems
    };
    assert_eq!(notes(0), Vec::<String>::new());
    for (count, beginning) in [
        (1, "of Student 0 only the name is known: "),
        (2, "of 2 students (Student 0, Student 1) only the name "),
        (3, "of 3 students (Student 0, Student 1, Student 2) only "),
        (
            4,
            "of 4 students (Student 0, Student 1, Student 2, …) only ",
        ),
        (500, "of 500 students (Student 0, Student 1, Student 2, …) "),
    ] {
        let notes = notes(count);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with(beginning), "{notes:?}");
        assert!(notes[0].contains("--into"), "{notes:?}");
    }
}
