//! On the corpus under tests/similarity, the known-wrong submissions, the solutions and the example class.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::tokens::tokens;
use super::*;

type Files = BTreeMap<String, String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn one_file(text: &str) -> Files {
    Files::from([("main.rs".to_owned(), text.to_owned())])
}

fn prints(text: &str) -> Fingerprints {
    fingerprints(&one_file(text))
}

fn read(path: &Path) -> Files {
    one_file(&fs::read_to_string(path).unwrap())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let mut paths = entries(folder);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths
}

/// What the exercise gives to everybody.
fn given(exercise: &str) -> Vec<Fingerprints> {
    let paths = ["main.rs", "lib.rs", "given.rs"]
        .map(|file| root().join("exercises").join(exercise).join(file));
    let there = paths.iter().filter(|path| path.exists());
    there.map(|path| fingerprints(&read(path))).collect()
}

/// The program for this exercise in a student's folder.
fn handed_in(student: &Path, exercise: &str) -> Option<Files> {
    let package = student.join(exercise).join("src");
    if package.exists() {
        let files = programs(&package).into_iter();
        return Some(
            files
                .map(|path| (name(&path) + ".rs", fs::read_to_string(path).unwrap()))
                .collect(),
        );
    }
    ["main.rs", "lib.rs"]
        .map(|file| student.join(exercise).join(file))
        .into_iter()
        .chain([student.join(format!("{exercise}.rs"))])
        .find(|path| path.exists())
        .map(|path| read(&path))
}

fn exercises() -> Vec<String> {
    let folders = entries(&root().join("solutions")).into_iter();
    folders
        .filter(|path| path.is_dir())
        .map(|path| name(&path))
        .collect()
}

fn all_pairs(exercise: &str, ignore: &[Fingerprints], programs: &[(String, Files)]) -> Vec<Pair> {
    let documents: Vec<Document<'_>> = programs
        .iter()
        .map(|(student, files)| Document {
            student,
            archive: None,
            group: None,
            files,
        })
        .collect();
    compare(exercise, ignore, &documents, &Settings::default())
}

/// A folder of the corpus.
struct Case {
    path: String,
    programs: usize,
    pairs: Vec<Pair>,
}

fn cases(kind: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for exercise in entries(&root().join("tests/similarity").join(kind)) {
        for case in entries(&exercise) {
            let mut ignore = given(&name(&exercise));
            let mut handed_in = Vec::new();
            for path in programs(&case) {
                if name(&path) == "ignore" {
                    ignore.push(fingerprints(&read(&path)));
                } else {
                    handed_in.push((name(&path), read(&path)));
                }
            }
            let pairs = all_pairs(&name(&exercise), &ignore, &handed_in);
            cases.push(Case {
                path: case.display().to_string(),
                programs: handed_in.len(),
                pairs,
            });
        }
    }
    assert!(!cases.is_empty());
    cases
}

#[test]
fn copies_are_found_in_whatever_clothes() {
    for Case {
        path,
        programs,
        pairs,
    } in cases("alike")
    {
        assert_eq!(pairs.len(), programs * (programs - 1) / 2, "{path}");
        assert!(pairs.iter().all(|pair| !pair.matches.is_empty()), "{path}");
    }
}

#[test]
fn programs_of_ones_own_are_no_pair() {
    for Case { path, pairs, .. } in cases("apart") {
        let pairs: Vec<_> = pairs.iter().map(|pair| (&pair.left, &pair.right)).collect();
        assert!(pairs.is_empty(), "{path}: {pairs:?}");
    }
}

#[test]
fn solutions_of_different_exercises_are_no_pair() {
    let solutions: Vec<(String, Files)> = exercises()
        .into_iter()
        .map(|exercise| {
            let files = handed_in(&root().join("solutions"), &exercise).unwrap();
            (exercise, files)
        })
        .collect();
    assert!(solutions.len() >= 15);
    // Not even with their starters.
    let pairs = all_pairs("all", &[], &solutions);
    assert!(pairs.is_empty(), "{pairs:?}");
}

#[test]
fn the_example_class_has_one_pair() {
    let mut found = BTreeSet::new();
    for exercise in exercises() {
        let mut programs: Vec<(String, Files)> = Vec::new();
        let mut students = entries(&root().join("examples/class"));
        students.push(root().join("solutions"));
        for student in students {
            let files = handed_in(&student, &exercise);
            programs.extend(files.map(|files| (student.display().to_string(), files)));
        }
        for pair in all_pairs(&exercise, &given(&exercise), &programs) {
            let of = |side: &Side| Path::new(&side.student).file_name().unwrap().to_owned();
            found.insert((exercise.clone(), of(&pair.left), of(&pair.right)));
        }
    }
    let expected = (
        "stack_overflow".to_owned(),
        "jonas.weber".into(),
        "kaja.nowak".into(),
    );
    assert_eq!(found, BTreeSet::from([expected]));
}

/// They were made of the solution by changing a line or two: most are pairs with it, if they are looked at two at a time.
#[test]
fn most_programs_made_of_a_solution_are_pairs_with_it() {
    let (mut pairs, mut all) = (0, 0);
    for exercise in exercises() {
        let ignore = given(&exercise);
        let solution = handed_in(&root().join("solutions"), &exercise).unwrap();
        for path in programs(&root().join("tests/wrong").join(&exercise)) {
            let programs = [
                ("a".to_owned(), solution.clone()),
                ("b".to_owned(), read(&path)),
            ];
            pairs += all_pairs(&exercise, &ignore, &programs).len();
            all += 1;
        }
    }
    assert!(pairs * 100 / all >= 60, "{pairs} of {all}");
}

#[test]
fn what_a_large_share_of_the_class_has_is_no_sign() {
    let common = fs::read_to_string(root().join("solutions/iterate_not_recurse/main.rs")).unwrap();
    // Sixty statements in an order of the student's own.
    let own = |student: u64| {
        let mut random = student * 2 + 1;
        let statements = (0..60).map(|_| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            [
                "if a > b { a -= b; } else { b -= a; }\n",
                "a = b.rotate_left(3) ^ a;\n",
                "while b > 9 { b /= 2; }\n",
                "for x in 0..a { b += x * a; }\n",
                "match a { 0 => return b, _ => b -= 1 }\n",
                "let c: Vec<u64> = vec![a, b]; b = c[0];\n",
                "println!(\"{a}\");\n",
                "loop { a += 1; if a % 3 == 0 { break; } }\n",
            ][(random >> 61) as usize]
        });
        let statements: String = statements.collect();
        format!("fn own(mut a: u64, mut b: u64) -> u64 {{\n{statements}a }}\n")
    };
    let class = |shared: u64| -> Vec<(String, Files)> {
        (0..20)
            .map(|student| {
                let lecture = if student < shared {
                    common.as_str()
                } else {
                    ""
                };
                let text = format!("{lecture}\n{}", own(student));
                (format!("s{student:02}"), one_file(&text))
            })
            .collect()
    };
    let counted = |shared| {
        let pairs = all_pairs("x", &[], &class(shared));
        pairs.len()
    };
    assert_eq!(counted(0), 0);
    // At least 8 are needed before something is common in a class of 20.
    assert_eq!(counted(8), 8 * 7 / 2);
    assert_eq!(counted(9), 0);
}

#[test]
fn identical_ones_are_all_of_each_other_even_if_they_are_many() {
    let text = fs::read_to_string(root().join("solutions/stack_overflow/main.rs")).unwrap();
    let mut index = Index::new("stack_overflow", &given("stack_overflow"));
    for student in 0..100 {
        index.add(&format!("s{student:02}"), None, None, prints(&text));
    }
    let pairs = index.pairs(&Settings::default());
    assert_eq!(pairs.len(), 1_000);
    let whole = |found: &Found| found.left.percent == 100 && found.right.percent == 100;
    assert!(pairs.iter().all(whole));
    let students: BTreeSet<&str> = pairs
        .iter()
        .flat_map(|pair| [pair.left.student.as_str(), pair.right.student.as_str()])
        .collect();
    assert!(students.len() > 80, "{}", students.len());
    assert!(!pairs[0].matches.is_empty());
}

#[test]
fn groups_earlier_years_and_the_student_again() {
    let text = fs::read_to_string(root().join("solutions/paging/lib.rs")).unwrap();
    let mut index = Index::new("paging", &[]);
    for (student, archive, group) in [
        ("anna", None, Some("g1")),
        ("ben", None, Some("g1")),
        ("carl", None, Some("g2")),
        ("anna", Some("2025"), None),
        ("zoe", Some("2025"), Some("g1")),
        ("yan", Some("2024"), None),
    ] {
        index.add(student, archive, group, prints(&text));
    }
    let found = index.pairs(&Settings::default());
    let names: Vec<String> = found
        .iter()
        .map(|found| {
            let of = |side: &FoundSide| {
                let year = side.archive.clone().unwrap_or_default();
                format!("{}{year}", side.student)
            };
            format!("{} {}", of(&found.left), of(&found.right))
        })
        .collect();
    assert_eq!(
        names,
        [
            "anna carl",
            "anna yan2024",
            "anna zoe2025",
            "ben carl",
            "ben yan2024",
            "ben anna2025",
            "ben zoe2025",
            "carl yan2024",
            "carl anna2025",
            "carl zoe2025",
        ]
    );
}

#[test]
fn matches_say_which_lines() {
    let block = "fn work(list: &mut Vec<u64>) -> Option<u64> {\n    let mut sum = 0;\n    for item in list.iter() {\n        \
        if *item > 10 {\n            sum += item * 2;\n        } else {\n            return None;\n        }\n    }\n    \
        while sum % 7 != 0 {\n        sum -= 1;\n        list.push(sum);\n    }\n    match list.pop() {\n        \
        Some(last) if last > sum => Some(last - sum),\n        Some(_) => Some(sum),\n        None => None,\n    }\n}\n";
    let left = one_file(block);
    let right = Files::from([
        ("a.rs".to_owned(), "mod b;\nfn main() {}\n".to_owned()),
        ("b.rs".to_owned(), format!("// Mine.\n\n{block}")),
    ]);
    let settings = Settings {
        shared: 10,
        ..Settings::default()
    };
    let documents = [("l", &left), ("r", &right)].map(|(student, files)| Document {
        student,
        archive: None,
        group: None,
        files,
    });
    let pairs = compare("x", &[], &documents, &settings);
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].left.percent, pairs[0].right.percent), (100, 100));
    assert_eq!(pairs[0].right.files, right);
    let [only] = &pairs[0].matches[..] else {
        panic!("{:?}", pairs[0].matches);
    };
    assert_eq!(only.left.file, "main.rs");
    assert_eq!(only.right.file, "b.rs");
    // Winnowing may leave out a few tokens at either end.
    assert!(only.left.first <= 2 && only.left.last >= 18, "{only:?}");
    assert_eq!(only.right.first, only.left.first + 2);
    assert_eq!(only.right.last, only.left.last + 2);
}

#[test]
fn only_rust_files_count_and_short_ones_have_nothing() {
    let text = fs::read_to_string(root().join("solutions/paging/lib.rs")).unwrap();
    let files = Files::from([("notes.txt".to_owned(), text)]);
    assert!(fingerprints(&files).is_empty());
    assert!(prints("fn main() { println!(\"hello\"); }").is_empty());
}

#[test]
fn a_huge_submission_is_bounded_and_still_found() {
    let text = fs::read_to_string(root().join("solutions/mark_sweep/lib.rs")).unwrap();
    let many: String = programs(&root().join("tests/wrong/paging"))
        .iter()
        .chain(&programs(&root().join("tests/wrong/leak_forecast")))
        .chain(&programs(&root().join("tests/wrong/bump_arena")))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let huge = prints(&many);
    assert!((500..=1_000).contains(&huge.len()), "{}", huge.len());
    let mut index = Index::new("x", &[]);
    index.add("a", None, None, huge);
    index.add("b", None, None, prints(&format!("{text}\n{many}")));
    // A small one that is part of a large one: the large one's sample is compared with what is as small of the small one's.
    let part = read(&root().join("solutions/paging/lib.rs"));
    index.add("c", None, None, fingerprints(&part));
    let pairs = index.pairs(&Settings {
        shared: 10,
        ..Settings::default()
    });
    let with_part = |found: &&Found| found.right.student == "c";
    assert_eq!(pairs.len(), 3, "{pairs:?}");
    assert!(
        pairs
            .iter()
            .filter(with_part)
            .all(|found| found.right.percent > 60),
        "{pairs:?}"
    );
}

#[test]
fn a_missing_quote_does_not_hide_what_follows() {
    let text = fs::read_to_string(root().join("solutions/stack_overflow/main.rs")).unwrap();
    let whole = hashes(&text);
    let broken = hashes(&format!("fn f() {{ println!(\"oh); }}\n{text}"));
    let kept = whole.iter().filter(|hash| broken.contains(hash)).count();
    assert!(kept * 10 > whole.len() * 9, "{kept} of {}", whole.len());
}

#[test]
fn fingerprints_are_kept_as_they_are() {
    let all = prints(&fs::read_to_string(root().join("solutions/cycle/main.rs")).unwrap());
    let json = serde_json::to_string(&all).unwrap();
    assert!(json.len() < 40 * all.len(), "{}", json.len());
    assert_eq!(serde_json::from_str::<Fingerprints>(&json).unwrap(), all);
}

/// Fingerprints from earlier years are compared with those of today: when this fails, `VERSION` must rise.
#[test]
fn fingerprints_of_this_version_never_change() {
    let all = prints(
        "fn f(a: &[u64]) -> u64 { let mut s = 0; for x in a { s += x * 2; } if s > 10 { s -= 1; } s }",
    );
    let hashes: Vec<u32> = all.prints.iter().map(|print| print.hash).collect();
    assert_eq!(
        (VERSION, hashes),
        (
            1,
            vec![
                743_870_756,
                1_624_109_692,
                1_432_529_641,
                1_543_927_198,
                572_343_780,
                1_456_874_784,
                962_920_799,
                2_589_571_973,
                1_279_919_576
            ]
        )
    );
}

/// Every identifier that is no keyword gets another name.
fn renamed(text: &str, salt: u32) -> String {
    let mut output = String::new();
    let mut rest = text;
    for token in ra_ap_rustc_lexer::tokenize(text, ra_ap_rustc_lexer::FrontmatterAllowed::No) {
        let (own, after) = rest.split_at(token.len as usize);
        rest = after;
        let name =
            token.kind == ra_ap_rustc_lexer::TokenKind::Ident && tokens(own) == tokens("some_name");
        if name {
            let number = own
                .bytes()
                .fold(salt, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
            output.push_str("name");
            output.push_str(&number.to_string());
        } else {
            output.push_str(own);
        }
    }
    output
}

/// Other blanks between tokens, and comments.
fn reformatted(text: &str, choices: &[u8]) -> String {
    let mut output = String::new();
    let mut rest = text;
    let mut choices = choices.iter().cycle();
    for token in ra_ap_rustc_lexer::tokenize(text, ra_ap_rustc_lexer::FrontmatterAllowed::No) {
        let (own, after) = rest.split_at(token.len as usize);
        rest = after;
        match token.kind {
            ra_ap_rustc_lexer::TokenKind::Whitespace => match choices.next() {
                Some(0) => output.push_str("\n\n\t"),
                Some(1) => output.push_str(" // why\n"),
                Some(2) => output.push_str(" /* a /* nested */ one */ "),
                _ => output.push(' '),
            },
            ra_ap_rustc_lexer::TokenKind::LineComment { .. }
            | ra_ap_rustc_lexer::TokenKind::BlockComment { .. } => output.push(' '),
            _ => output.push_str(own),
        }
    }
    output
}

fn hashes(text: &str) -> Vec<u32> {
    prints(text).prints.iter().map(|print| print.hash).collect()
}

fn program() -> impl Strategy<Value = String> {
    let solutions: Vec<String> = exercises()
        .iter()
        .map(|exercise| {
            let files = handed_in(&root().join("solutions"), exercise).unwrap();
            files.into_values().collect()
        })
        .collect();
    proptest::sample::select(solutions)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_do_not_matter(text in program(), salt: u32) {
        prop_assert_eq!(hashes(&text), hashes(&renamed(&text, salt)));
    }

    #[test]
    fn layout_does_not_matter(text in program(), choices in proptest::collection::vec(0_u8..6, 1..40)) {
        prop_assert_eq!(hashes(&text), hashes(&reformatted(&text, &choices)));
    }

    #[test]
    fn any_text_has_fingerprints(text in "\\PC{0,400}", cut in 0_usize..2_000) {
        let _ = prints(&text);
        let solution = fs::read_to_string(root().join("solutions/paging/lib.rs")).unwrap();
        let cut = (0..=cut.min(solution.len())).rev().find(|at| solution.is_char_boundary(*at)).unwrap();
        let broken = format!("{}{text}{}", &solution[..cut], &solution[cut..]);
        let all = prints(&broken);
        let lines = u32::try_from(broken.lines().count()).unwrap();
        for print in &all.prints {
            prop_assert!(print.line >= 1 && print.line + u32::from(print.more) <= lines);
        }
    }

    #[test]
    fn any_tokens_have_fingerprints(text in "[fn let{}()\"'/*#r;\\n]{0,300}") {
        let _ = prints(&text);
    }

    #[test]
    fn the_order_makes_no_difference(order in Just((0_usize..12).collect::<Vec<_>>()).prop_shuffle()) {
        let paths = programs(&root().join("tests/wrong/leak_forecast"));
        let pairs = |order: &[usize]| {
            let mut index = Index::new("leak_forecast", &given("leak_forecast"));
            for &at in order {
                let archive = (at % 5 == 0).then_some("2025");
                index.add(&name(&paths[at]), archive, None, fingerprints(&read(&paths[at])));
            }
            index.pairs(&Settings { common_at_least: 100, ..Settings::default() })
        };
        let first = pairs(&(0..12).collect::<Vec<_>>());
        prop_assert!(!first.is_empty());
        prop_assert_eq!(first, pairs(&order));
    }

    #[test]
    fn a_pair_looks_the_same_from_both_sides(one in program(), another in program(), keep in 0_usize..4_000) {
        let keep = (0..=keep.min(another.len())).rev().find(|at| another.is_char_boundary(*at)).unwrap();
        let mixed = format!("{}\n{one}", &another[..keep]);
        let settings = Settings { percent: 0, shared: 1, ..Settings::default() };
        let pair = |left: &str, right: &str| {
            let mut index = Index::new("x", &[]);
            index.add("a", None, None, prints(left));
            index.add("b", None, None, prints(right));
            index.pairs(&settings).pop()
        };
        let there = pair(&one, &mixed);
        let back = pair(&mixed, &one);
        prop_assert!(there.is_some() && back.is_some());
        if let (Some(there), Some(back)) = (there, back) {
            prop_assert_eq!(there.shared, back.shared);
            prop_assert_eq!(there.left.percent, back.right.percent);
            prop_assert_eq!(there.right.percent, back.left.percent);
        }
    }
}
