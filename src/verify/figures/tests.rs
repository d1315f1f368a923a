use super::*;
use crate::course::SourceFile;
use crate::course::spec::Exercise;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn entry(lesson: &str, minutes: Option<u32>, has_program: bool) -> Entry {
    let mut exercise: Exercise = toml::from_str("format_version = 1\ntitle = \"x\"\n").unwrap();
    exercise.minutes = minutes;
    Entry {
        id: "x".to_owned(),
        exercise,
        spec: file("exercises/x/exercise.toml", ""),
        harness: None,
        starter: std::collections::BTreeMap::new(),
        lesson: Some(file("exercises/x/README.md", lesson)),
        figures: has_program.then(|| file("exercises/x/figures.rs", "fn main() {}")),
        solution: std::collections::BTreeMap::new(),
        right: Vec::new(),
        wrong: Vec::new(),
    }
}

fn printed(optimization: Optimization, text: &str) -> (Optimization, Attempt) {
    (optimization, Attempt::Read(Reading::of(text.as_bytes())))
}

fn problems(entry: &Entry, attempts: &Attempts) -> Vec<String> {
    let answer = answer(entry, attempts).unwrap();
    let problems = answer.problems.iter().map(|problem| {
        let place = &problem.primary.as_ref().unwrap().place;
        let file = place.file.rsplit('/').next().unwrap_or_default();
        let help = problem.help.as_deref().unwrap_or("-");
        format!(
            "{file}:{} {} {} | {help}",
            place.line, problem.code, problem.message
        )
    });
    problems.collect()
}

const LESSON: &str = "# X\n\nIt costs <!-- here: cost -->1 ns<!-- / -->, or\nslow <!-- here: cost unoptimized -->5 ns<!-- / -->.\n\n\
                      It takes about 30 minutes.\n";

#[test]
fn a_lesson_that_holds_has_no_problems() {
    let entry = entry(LESSON, Some(30), true);
    assert_eq!(levels(&entry), [Optimization::None, Optimization::Release]);
    let attempts = vec![
        printed(Optimization::None, "cost = 5 ns"),
        printed(Optimization::Release, "cost = ? no clock"),
    ];
    let answer = answer(&entry, &attempts).unwrap();
    assert_eq!(answer.problems, []);
    assert_eq!(answer.seen, "2 measured figures, 30 minutes");
}

#[test]
fn names_that_do_not_agree_are_told_on_both_sides() {
    let entry = entry(LESSON, Some(30), true);
    let attempts = vec![
        printed(Optimization::None, "cost = 5 ns"),
        printed(Optimization::Release, "costs = 5 ns\nmore = 7"),
    ];
    assert_eq!(
        problems(&entry, &attempts),
        [
            "README.md:3 verify/figure the program does not print the figure `cost` | write `costs`",
            "figures.rs:1 verify/figure the lesson does not show the figure `costs`, which readers wait for | show it, as \
             `<!-- here: costs -->text<!-- / -->`, or do not measure it",
            "figures.rs:1 verify/figure the lesson does not show the figure `more`, which readers wait for | show it, as \
             `<!-- here: more -->text<!-- / -->`, or do not measure it",
        ]
    );
}

#[test]
fn a_program_that_does_not_work_is_told_and_nothing_else() {
    let entry = entry(LESSON, Some(30), true);
    let died = || Attempt::Died("the program that measures ended with \u{1b}[31m".to_owned());
    let attempts = vec![
        (Optimization::None, died()),
        printed(Optimization::Release, "hello"),
    ];
    assert_eq!(
        problems(&entry, &attempts),
        [
            "figures.rs:1 verify/figures the program that measures ended with ␛[31m | -",
            "figures.rs:1 verify/figures `hello` is no figure | print lines such as `minor_fault = 0.52 us`, or \
             `major_fault = ? why not`",
        ]
    );
}

#[test]
fn a_figure_without_a_program_and_one_without_a_form_are_told() {
    let entry = entry(
        "It costs <!-- here: cost -->1 ns<!-- / --> <!-- / -->\n",
        None,
        false,
    );
    assert_eq!(levels(&entry), []);
    assert_eq!(
        problems(&entry, &Vec::new()),
        [
            "README.md:1 verify/figure `<!-- / -->` ends no figure | write `<!-- here: NAME -->text<!-- / -->`, or \
             `<!-- here: NAME unoptimized -->text<!-- / -->`",
            "README.md:1 verify/figure no program measures the figure `cost` | write `figures.rs` beside the lesson",
        ]
    );
}

#[test]
fn minutes_are_those_of_the_spec() {
    for (text, spec, told) in [
        ("It takes about 30 minutes.", Some(30), ""),
        ("", None, ""),
        (
            "\nIt takes about 25 minutes.",
            Some(30),
            "README.md:2 verify/minutes the lesson of `x` says 25 minutes, and its spec says 30 | write `It takes about 30 minutes.`",
        ),
        (
            "# X",
            Some(30),
            "README.md:1 verify/minutes the lesson of `x` does not say that it takes 30 minutes | write `It takes about 30 minutes.`",
        ),
        (
            "It takes about 25 minutes.",
            None,
            "README.md:1 verify/minutes the lesson of `x` says 25 minutes, and its spec says nothing | add `minutes` to \
             `exercise.toml`",
        ),
    ] {
        let problems = problems(&entry(text, spec, false), &Vec::new());
        assert_eq!(problems.join("\n"), told, "{text}");
    }
}

#[test]
fn a_day_that_is_too_short_is_told() {
    let mut course = Course::embedded().unwrap();
    let exercises = course.exercise_minutes();
    assert_eq!(day(&course).unwrap().problems.len(), 0);
    course.outline.as_mut().unwrap().minutes = Some(exercises - 1);
    let answer = day(&course).unwrap();
    let problem = &answer.problems[0];
    assert_eq!(problem.code, "verify/minutes");
    assert_eq!(problem.primary.as_ref().unwrap().place.file, "course.toml");
    assert!(problem.primary.as_ref().unwrap().place.line > 1);
    course.outline.as_mut().unwrap().minutes = None;
    assert!(day(&course).is_none());
}
