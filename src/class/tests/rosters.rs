//! Classes with a roster.

use super::*;

fn with(class: &Path, roster: &str) -> Result<Class, Error> {
    let folder = folder(&[("roster.csv", roster)]);
    let path = folder.path().join("roster.csv");
    super::super::open(
        class,
        &Options {
            roster: Some(&path),
            ..options()
        },
    )
}

#[test]
fn everybody_is_found_by_what_is_known_of_them() {
    let class = folder(&[
        ("ada@example.org/cycle.rs", MAIN),
        ("Ray_Bob/cycle.rs", MAIN),
        ("zoe muller/cycle.rs", MAIN),
        ("s4/cycle.rs", MAIN),
        ("mallory/cycle.rs", MAIN),
        ("Lee Ann/cycle.rs", MAIN),
    ]);
    let roster = "\u{feff}Student ID;First Name;Last Name;Email Address;Section
s1;Ada;Lindqvist;Ada@Example.org;A
s2;Bob;Ray;;B
s3;Zoë;Müller;;B
s4;Dan;Poe;;B
s5;Eve;Fox;;B
s6;Lee;Ann;;B
s7;Ann;Lee;;B
";
    let opened = with(class.path(), roster).unwrap();
    assert_eq!(
        ids(&opened),
        [
            "Lee Ann", "mallory", "s1", "s2", "s3", "s4", "s5", "s6", "s7"
        ]
    );
    for id in ["s1", "s2", "s3", "s4"] {
        assert_eq!(handed(&opened, id), ["cycle.rs"], "{id}");
        assert!(attempt(&opened, id).problems.is_empty());
    }
    let ada = student(&opened, "s1");
    assert_eq!(ada.name.as_deref(), Some("Ada Lindqvist"));
    assert_eq!(ada.identity.section.as_deref(), Some("A"));
    assert!(student(&opened, "s5").attempts.is_empty());
    assert_eq!(
        attempt(&opened, "mallory").problems,
        ["mallory is not on the roster"]
    );
    assert_eq!(
        attempt(&opened, "Lee Ann").problems,
        [
            "not matched to the roster: lines 7 and 8 of the roster both fit `lee ann`; give it a column that tells them apart"
        ]
    );
}

#[test]
fn a_group_hands_in_once() {
    let roster = "id,name,group\ns1,Ada A,Red\ns2,Bob B,Red\ns3,Cleo C,Blue\ns4,Dan D,Blue\n";
    let class = folder(&[("s1/cycle.rs", MAIN), ("Blue/cycle.rs", MAIN)]);
    let opened = with(class.path(), roster).unwrap();
    assert_eq!(ids(&opened), ["s1", "s2", "s3", "s4"]);
    for id in ["s1", "s2", "s3", "s4"] {
        assert_eq!(handed(&opened, id), ["cycle.rs"], "{id}");
    }
    assert_eq!(
        attempt(&opened, "s2").problems,
        ["Ada A handed in for the group Red"]
    );
    assert_eq!(
        attempt(&opened, "s4").problems,
        ["handed in for the group Blue"]
    );
    assert_eq!(opened.students.len(), 4);
    // Where members hand in for themselves, groups are something else.
    let class = folder(&[
        ("s1/cycle.rs", MAIN),
        ("s3/cycle.rs", MAIN),
        ("s4/cycle.rs", MAIN),
    ]);
    let opened = with(class.path(), roster).unwrap();
    assert!(student(&opened, "s2").attempts.is_empty());
}

#[test]
fn a_rosters_id_may_be_what_the_platform_calls_otherwise() {
    let metadata = "---
submission_1:
  :submitters:
  - :name: A. Lindqvist
    :sid: '0012'
    :email: ada@example.org
  - :name: Bob Ray
    :email: bob@example.org
  :created_at: 2026-03-01 17:33:33.871516000 Z
";
    let class = folder(&[
        ("submission_metadata.yml", metadata),
        ("submission_1/cycle.rs", MAIN),
    ]);
    let roster = "id,name\n0012,Ada Lindqvist\nbob@example.org,Robert Ray\n0013,Cleo Fox\n";
    let opened = with(class.path(), roster).unwrap();
    assert_eq!(ids(&opened), ["0012", "0013", "bob@example.org"]);
    for id in ["0012", "bob@example.org"] {
        assert_eq!(handed(&opened, id), ["cycle.rs"], "{id}");
    }
}

#[test]
fn platforms_own_tables_are_rosters() {
    let canvas = "Student,ID,SIS User ID,SIS Login ID,Section,HW1 (12)
    Points Possible,,,,,100
\"Lindqvist, Ada\",1001,SIS01,adal,Sec 1,
\"Ray, Bob\",1003,SIS03,bobr,Sec 1,
\"Student, Test\",9,,x,Sec 1,
";
    let class = folder(&[
        ("lindqvistada_1001_2001_cycle.rs", MAIN),
        ("raybob_77_2001_cycle.rs", MAIN),
    ]);
    let opened = with(class.path(), canvas).unwrap();
    assert_eq!(ids(&opened), ["adal", "bobr"]);
    let ada = student(&opened, "adal");
    assert_eq!(ada.name.as_deref(), Some("Ada Lindqvist"));
    assert_eq!(ada.identity.sis_id.as_deref(), Some("SIS01"));
    assert_eq!(ada.identity.lms_id.as_deref(), Some("1001"));
    assert_eq!(handed(&opened, "bobr"), ["cycle.rs"]);

    let moodle = "Identifier,Full name,Email address,Status,Grade\nParticipant 5,Zoë M-K,z@x.org,ok,\nParticipant 6,Bo Ek,b@x.org,ok,\n";
    let class = folder(&[
        ("Participant_5_assignsubmission_file/cycle.rs", MAIN),
        ("Lab A-Bo Ek_99_assignsubmission_file/cycle.rs", MAIN),
    ]);
    let opened = with(class.path(), moodle).unwrap();
    assert_eq!(ids(&opened), ["b@x.org", "z@x.org"]);
    assert_eq!(student(&opened, "b@x.org").group.as_deref(), Some("Lab A"));
    assert_eq!(
        student(&opened, "b@x.org").identity.lms_id.as_deref(),
        Some("99")
    );

    let classroom = "username,first_name,last_name,email,section,github_id\nada-l,Ada,L,a@x,1,5\n";
    let class = folder(&[("oop-week-ada-l/cycle.rs", MAIN)]);
    let opened = with(class.path(), classroom).unwrap();
    assert_eq!(opened.layout, Layout::Classroom50);
    assert_eq!(ids(&opened), ["ada-l"]);
}

#[test]
fn two_folders_of_one_student_are_told() {
    let class = folder(&[
        ("Ada Lindqvist/cycle.rs", MAIN),
        ("bob/cycle.rs", MAIN),
        ("s1/cycle.rs", MAIN),
    ]);
    let opened = with(class.path(), "id,name\ns1,Ada Lindqvist\nbob,Bob\n").unwrap();
    assert_eq!(student(&opened, "s1").attempts.len(), 2);
    let told: Vec<String> = opened
        .unrecognized
        .iter()
        .map(|one| format!("{} {}", one.path, one.reason))
        .collect();
    assert_eq!(
        told,
        [
            "Ada Lindqvist is s1's as s1 is, and nothing says which came last: s1 is taken for the latest"
        ]
    );
}

#[test]
fn rosters_that_cannot_be_used_say_why() {
    let class = folder(&[("ada/cycle.rs", MAIN)]);
    for (roster, message) in [
        ("", "is empty"),
        ("\u{feff}\r\n", "is empty"),
        (
            "id,name\ns1,\"A\ns2,B\n",
            "line 2: a cell begins with a quotation mark",
        ),
        ("points,weeks\n1,2\n", "it has `points`, `weeks`"),
        ("id\n", "has no students"),
        ("id,name\ns1,A\ns1,B\n", "has `s1` twice, in lines 2 and 3"),
    ] {
        let error = with(class.path(), roster).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!error.hints().is_empty());
    }
    // As Excel writes tables in Germany, and Moodle's list of participants there.
    let german = "sep=;\r\nVorname;Nachname;E-Mail-Adresse\r\nZoë;Ada;ada@example.org\r\n";
    assert_eq!(
        ids(&with(class.path(), german).unwrap()),
        ["ada", "ada@example.org"]
    );
    // The same twice is the same.
    assert!(with(class.path(), "id,name\ns1,A\ns1,A\n").is_ok());
}
