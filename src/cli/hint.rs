//! `memgrade hint`.

use std::fmt::Write as _;

use super::console::{Console, print};
use super::options::{self, CourseOption};
use crate::course::spec::{Check, Exercise};
use crate::error::{Error, ExitStatus};
use crate::report::layout::wrap;
use crate::report::style::{Ink, Style};

/// Show hints for an exercise or one of its checks
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    memgrade hint memory_leak                               the first hint of each check\n  \
    memgrade hint memory_leak \"bounded/holds steady\" --stage 2   the second hint of one check")]
pub(super) struct Args {
    /// The exercise
    exercise: String,

    /// One of its checks, as CASE/CHECK or CHECK
    check: Option<String>,

    /// Which hint; the first is the gentlest
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    stage: u32,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entry = options::exercise(&course, &args.exercise)?;
    let checks = visible_checks(&entry.exercise);
    let chosen: Vec<&(String, &Check)> = match &args.check {
        None => checks.iter().collect(),
        Some(wanted) => checks
            .iter()
            .filter(|(name, check)| name == wanted || check.name == *wanted)
            .collect(),
    };
    if let (Some(wanted), true) = (&args.check, chosen.is_empty()) {
        let near = checks
            .iter()
            .map(|(name, _)| name)
            .min_by_key(|name| strsim::damerau_levenshtein(name, wanted));
        return Err(Error::Usage {
            message: format!("the exercise `{}` has no check `{wanted}`", entry.id),
            hints: near
                .map(|near| format!("did you mean `{near}`?"))
                .into_iter()
                .collect(),
        });
    }
    let mut out = String::new();
    for (name, check) in chosen {
        draw(&mut out, name, check, args.stage, &console.out);
    }
    if out.is_empty() {
        return Err(Error::Nothing {
            message: format!("there is no hint number {} here", args.stage),
            hints: vec!["the first hint is `--stage 1`".to_owned()],
        });
    }
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// Checks that learners see, with their full names. A hidden case's checks have hints too, but no conditions to tell.
fn visible_checks(exercise: &Exercise) -> Vec<(String, &Check)> {
    let of_cases = exercise.cases.iter().flat_map(|case| {
        let name = move |check: &Check| format!("{}/{}", case.name, check.name);
        case.checks.iter().map(move |check| (name(check), check))
    });
    of_cases
        .chain(
            exercise
                .checks
                .iter()
                .map(|check| (check.name.clone(), check)),
        )
        .collect()
}

fn draw(out: &mut String, name: &str, check: &Check, stage: u32, style: &Style) {
    let Some(hint) = check.hints.get(stage as usize - 1) else {
        return;
    };
    let limit = 2000;
    let _ = writeln!(
        out,
        "{}",
        style.paint(Ink::Strong, &style.clean(name, limit))
    );
    for line in wrap(&style.clean(hint, limit), style.measure().saturating_sub(2)) {
        let _ = writeln!(out, "  {line}");
    }
    let left = check.hints.len() - stage as usize;
    if left > 0 {
        let more = if left == 1 {
            "1 more hint".to_owned()
        } else {
            format!("{left} more hints")
        };
        let next = format!("  {more}: --stage {}", stage + 1);
        let _ = writeln!(out, "{}", style.paint(Ink::Faint, &next));
    }
}
