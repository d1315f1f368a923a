//! What learners read of an exercise, and what its author has left to do.

use super::lesson::{self, Around};
use super::mutate::{self, CheckName};
use super::{Answer, Subject, at_check, author};
use crate::course::spec::{Check, Exercise};
use crate::diagnostic::{Finding, Place};

/// What `memgrade new` writes where an author has to write something. Learners' own `TODO`s are none of these.
pub const TO_DO: &str = "TODO(author)";

/// Open places that are told of one exercise.
const MOST_TO_DO: usize = 60;

/// Fewer letters than these may stand anywhere.
const LEAST_FOUND: usize = 3;

/// A line of the solution that is shorter than this is too common to give anything away.
const TELLING: usize = 16;

/// The lesson is there and leads nowhere wrong, every check has a hint, and no hint is the solution.
pub(super) fn answer(subject: &Subject<'_>, around: &Around<'_>) -> Answer {
    let mut problems = Vec::new();
    let mut links = (0, 0);
    if let Some(page) = subject.lesson.filter(|page| !page.text.trim().is_empty()) {
        links = lesson::count_links(&page.text);
        problems.extend(lesson::page(&page.path, &page.text, around));
    } else {
        let message = format!("the exercise `{}` has no lesson", subject.id);
        let file = &subject.exercise.lesson;
        let help = format!("write `{file}` beside its `exercise.toml`");
        problems.push(author("verify/no-lesson", message).help(help));
    }
    let mut hints = 0;
    for (name, check) in all_checks(subject.exercise) {
        hints += check.hints.len();
        if check.hints.iter().all(|hint| hint.trim().is_empty()) {
            let message = format!("the check `{}` has no hint", name.full());
            problems.push(at_check(author("verify/no-hint", message), subject, &name));
        }
        for hint in &check.hints {
            problems.extend(gives_away(subject, &name, hint));
        }
    }
    for text in sentences(subject.exercise) {
        let place = Place::line(subject.spec_file, line_of(subject.spec_text, text));
        problems.extend(lesson::sentence(text, &place, around));
    }
    let (web, others) = links;
    let links = match (web, others) {
        (0, 0) => String::new(),
        (0, others) => format!(", {}", counted(others, "link")),
        (web, others) => format!(
            ", {} ({web} of them to the web, which is not asked)",
            counted(web + others, "link")
        ),
    };
    Answer {
        problems,
        ..Answer::new(
            "texts",
            format!("a lesson and {}{links}", counted(hints, "hint")),
        )
    }
}

fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}

/// Every check with its name.
fn all_checks(exercise: &Exercise) -> impl Iterator<Item = (CheckName, &Check)> {
    let of_cases = exercise.cases.iter().flat_map(|case| &case.checks);
    let checks = of_cases.chain(&exercise.checks);
    mutate::checks(exercise).into_iter().zip(checks)
}

/// Everything in a spec that is a sentence for learners.
fn sentences(exercise: &Exercise) -> Vec<&str> {
    let mut texts = vec![exercise.title.as_str()];
    for rule in exercise.require.iter().chain(&exercise.forbid) {
        texts.extend(rule.why.as_deref());
    }
    for (_, check) in all_checks(exercise) {
        texts.push(&check.name);
        texts.extend(check.why.as_deref());
        texts.extend(check.hints.iter().map(String::as_str));
    }
    texts
}

/// The line of a file on which a text stands: by its beginning, for what follows may be written with escapes.
pub(super) fn line_of(file: &str, text: &str) -> u32 {
    let plain = text.split(['"', '\\', '\n']).next().unwrap_or_default();
    let found = file.find(text).or_else(|| file.find(plain));
    let before = found.filter(|_| plain.len() >= LEAST_FOUND).unwrap_or(0);
    let lines = file[..before].matches('\n').count();
    u32::try_from(lines + 1).unwrap_or(u32::MAX)
}

/// A hint that has a line of the solution in it. What the starter has too gives nothing away.
fn gives_away(subject: &Subject<'_>, name: &CheckName, hint: &str) -> Option<Finding> {
    let compact = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hint = compact(hint);
    let given: Vec<String> = subject
        .starter
        .values()
        .flat_map(|text| text.lines().map(compact))
        .collect();
    let told = |line: &String| {
        let bare = line.trim_end_matches([';', ',', '{', '}', ' ']);
        bare.len() >= TELLING
            && !line.starts_with("//")
            && !given.contains(line)
            && hint.contains(bare)
    };
    let lines = subject.solution.iter().flat_map(|(file, text)| {
        let lines = text.lines().map(compact).zip(1_u32..);
        lines.map(move |(line, number)| (file, line, number))
    });
    let (file, line, number) = lines.into_iter().find(|(_, line, _)| told(line))?;
    let message = format!(
        "a hint of the check `{}` holds a line of the solution",
        name.full()
    );
    let finding = author("verify/hint-tells", message)
        .note(format!(
            "line {number} of solutions/{}/{file}: {line}",
            subject.id
        ))
        .help("ask the question whose answer is this line");
    Some(at_check(finding, subject, name))
}

/// Places in `texts` that still wait for their author; `whose` they are, for the finding.
pub(super) fn to_do(whose: &str, texts: &[(&str, &str)]) -> Option<Answer> {
    let mut places: Vec<(Place, &str)> = Vec::new();
    for (path, text) in texts {
        for (line, number) in text.lines().zip(1_u32..) {
            if let Some((_, rest)) = line.split_once(TO_DO) {
                let ends = ['"', '\'', ',', ']', ' ', '>', '-'];
                let what = rest.trim_start_matches(':').trim().trim_end_matches(ends);
                places.push((Place::line(*path, number), what));
            }
        }
    }
    let (first, _) = places.first()?;
    let count = places.len();
    let message = match count {
        1 => format!("a place of {whose} still waits for its author"),
        _ => format!("{count} places of {whose} still wait for their author"),
    };
    let problem = author("verify/to-do", message)
        .at(first.clone(), "the first of them")
        .help(format!(
            "write what is asked for there, and remove the `{TO_DO}`"
        ));
    let mut details: Vec<String> = places
        .iter()
        .take(MOST_TO_DO)
        .map(|(place, what)| format!("{}:{}  {what}", place.file, place.line))
        .collect();
    if count > MOST_TO_DO {
        details.push(format!("and {} more", count - MOST_TO_DO));
    }
    Some(Answer {
        problems: vec![problem],
        details,
        ..Answer::new(
            "written",
            format!("{} left to write", counted(count, "place")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_text_is_found_by_its_beginning() {
        let file = "a = 1\nwhy = \"It \\\"is\\\" so.\"\nhints = [\"x\"]\n";
        assert_eq!(line_of(file, "It \"is\" so."), 2);
        assert_eq!(line_of(file, "nowhere at all"), 1);
        assert_eq!(line_of(file, ""), 1);
    }
}
