//! `memgrade verify`.

use std::collections::BTreeMap;

use super::console::{Console, print};
use super::options::{self, CourseOption, JobsOption, RunOptions};
use super::progress::Progress;
use super::read_words;
use crate::build::BROKEN_HARNESS;
use crate::course::{Course, Entry, SourceFile};
use crate::diagnostic::Fault;
use crate::error::{Error, ExitStatus};
use crate::grading;
use crate::judge::{self, ExerciseReport};
use crate::proving::{self, Wanted};
use crate::report::{Sources, finding};
use crate::run::local::Local;
use crate::verify::figures::{self, Attempts};
use crate::verify::lesson::{Around, Kind};
use crate::verify::tidy::Tidy;
use crate::verify::{self, Proof, Subject, Trials, calibrate, limits, text};

/// Prove that a course separates right programs from wrong ones
///
/// Every starter must fail as its spec says, every solution must pass with margin, and every known-wrong submission
/// must get exactly the findings that it names. Lessons, hints and the author's files are looked at too, with rustfmt
/// and clippy where the toolchain has them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade verify --mutate\n  memgrade verify memory_leak --repeat 20\n  memgrade verify memory_leak --calibrate"
)]
pub(super) struct Args {
    /// The exercises to prove [default: all of the course]
    #[arg(value_name = "EXERCISE")]
    exercises: Vec<String>,

    /// Delete one check at a time and show that a known-wrong submission then slips through
    #[arg(long)]
    mutate: bool,

    /// Propose limits from the figures of the solution and of the known-wrong submissions, as lines for the spec; nothing is written
    #[arg(long, conflicts_with = "mutate")]
    calibrate: bool,

    /// Run each solution N times and compare its heap figures
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: u32,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    jobs: JobsOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entries = options::select(&course, &args.exercises)?;
    let mut runner = args.run.runner()?;
    // The programs are the author's, who knows the hidden cases.
    runner.expose_hidden_cases(true);
    let jobs = args.jobs.count();
    if args.calibrate {
        return calibrate(args, &entries, &runner, console);
    }
    let wanted = Wanted {
        repeat: args.repeat,
        starters: true,
    };
    let mut progress = Progress::new(console, Vec::new());
    progress.say("asking rustfmt and clippy");
    let tidies = proving::tidy(&course, &entries, &runner, jobs)?;
    let gathered = proving::gather(&entries, wanted, &runner, jobs, &mut |event, names| {
        progress.event_of(event, names);
    })?;
    progress.finish();

    // Who names exercises asks about these; the checklist can be marked where all of them are there.
    let whole = args.exercises.is_empty();
    let marked = entries.len() == course.exercises.len();
    let reports = solutions(&entries, &gathered);
    let (mut proofs, mut sources) = proofs(args, &course, &entries, gathered, tidies, whole);
    if let Some(checklist) = course.checklist.as_ref().filter(|_| marked) {
        let model = grading::model_answers(&course, &reports, &runner, jobs)?;
        if let Some(answers) = &course.answers {
            sources.insert(answers.path.clone(), answers.text.clone());
        }
        let answers = course.answers.as_ref();
        proofs.push(verify::checklist::prove(checklist, answers, model.as_ref()));
    }
    let attempts = tried(&entries, &runner, console)?;
    for entry in &entries {
        let attempts = attempts
            .get(entry.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        if let Some(proof) = proofs.iter_mut().find(|proof| proof.id == entry.id) {
            proof.answers.extend(figures::answer(entry, attempts));
        }
    }
    let lessons = entries
        .iter()
        .flat_map(|entry| [&entry.lesson, &entry.figures]);
    for file in lessons.flatten().chain(&course.outline_file) {
        sources.insert(file.path.clone(), file.text.clone());
    }
    print(&text::render(&proofs, &sources, &console.out))?;
    Ok(status(&proofs))
}

/// `--calibrate`: figures and proposals, exercise by exercise.
fn calibrate(
    args: &Args,
    entries: &[&Entry],
    runner: &Local,
    console: &Console,
) -> Result<ExitStatus, Error> {
    let wanted = Wanted {
        repeat: args.repeat,
        starters: false,
    };
    let mut progress = Progress::new(console, Vec::new());
    let jobs = args.jobs.count();
    let gathered = proving::gather(entries, wanted, runner, jobs, &mut |event, names| {
        progress.event_of(event, names);
    })?;
    progress.finish();
    let mut status = ExitStatus::Passed;
    let mut out = String::new();
    for (entry, trials) in entries.iter().zip(gathered) {
        let spec = &entry.spec;
        let mut failures = trials
            .solution
            .iter()
            .filter_map(|facts| facts.build_failure.as_ref());
        if let Some(failure) = failures.next() {
            let broken = failure.finding.code == BROKEN_HARNESS;
            status = if broken {
                ExitStatus::Usage
            } else {
                ExitStatus::Failed
            };
            let drawn = finding::render(
                &failure.finding,
                &proving::texts(entry),
                &console.out,
                finding::Dress::default(),
            );
            out.push_str(&drawn);
        }
        let standings = limits::standings(&entry.exercise, &trials.solution, &trials.wrong);
        let proposals = calibrate::proposals(standings, &spec.text);
        if !calibrate::all_separated(&proposals) && status == ExitStatus::Passed {
            status = ExitStatus::Failed;
        }
        out.push_str(&calibrate::render(
            &entry.id,
            &spec.path,
            &spec.text,
            &proposals,
            &console.out,
        ));
        out.push('\n');
    }
    print(&out)?;
    Ok(status)
}

/// Everything that is proved, with the texts that findings point into.
fn proofs(
    args: &Args,
    course: &Course,
    entries: &[&Entry],
    gathered: Vec<Trials>,
    tidies: Vec<Tidy>,
    whole: bool,
) -> (Vec<Proof>, Sources) {
    let kind = |path: &str| {
        let is_file = course.is_file(path)?;
        Some(if is_file { Kind::File } else { Kind::Folder })
    };
    let around = Around {
        ids: course.exercises.iter().map(|e| e.id.as_str()).collect(),
        kind: &kind,
        text: &|path| course.text_of(path),
        given: &|path| course.is_given(path),
        command: &read_words,
    };
    let mut sources = Sources::new();
    let mut proofs = Vec::new();
    for ((entry, trials), tidy) in entries.iter().zip(gathered).zip(tidies) {
        let texts = proving::texts(entry);
        let subject = Subject {
            id: &entry.id,
            exercise: &entry.exercise,
            spec_file: &entry.spec.path,
            spec_text: &entry.spec.text,
            lesson: entry.lesson.as_ref(),
            starter: &entry.starter,
            solution: &entry.solution,
            texts: texts
                .iter()
                .map(|(path, text)| (&**path, &**text))
                .collect(),
        };
        let trials = Trials { tidy, ..trials };
        proofs.push(verify::prove(&subject, &trials, &around, args.mutate));
        sources.extend(texts);
    }
    if whole {
        let file = |path: &str| {
            Some(SourceFile {
                path: path.to_owned(),
                text: course.text_of(path)?,
            })
        };
        let outline = file("course.toml");
        let questions = file("exercises/checklist.toml");
        let mut proof = verify::course::prove(
            course.title(),
            course.outline.as_ref().zip(outline.as_ref()),
            course.checklist.as_ref().zip(questions.as_ref()),
            &course.stray_folders(),
            &around,
        );
        proof.answers.extend(figures::day(course));
        proofs.push(proof);
        for file in outline.into_iter().chain(questions) {
            sources.insert(file.path, file.text);
        }
    }
    (proofs, sources)
}

/// Tries the programs that measure the figures of lessons, one after the other.
fn tried<'a>(
    entries: &[&'a Entry],
    runner: &Local,
    console: &Console,
) -> Result<BTreeMap<&'a str, Attempts>, Error> {
    let mut progress = Progress::new(console, Vec::new());
    let mut tried: BTreeMap<&str, Attempts> = BTreeMap::new();
    for entry in entries {
        let Some(program) = &entry.figures else {
            continue;
        };
        for level in figures::levels(entry) {
            progress.say(&format!("measuring the figures of {}", entry.id));
            let attempt = runner.try_figures(program, level)?;
            tried.entry(&entry.id).or_default().push((level, attempt));
        }
    }
    Ok(tried)
}

/// What the solutions earn, which the checklist's evidence comes from.
fn solutions(entries: &[&Entry], trials: &[Trials]) -> Vec<ExerciseReport> {
    let of_one = |(entry, trials): (&&Entry, &Trials)| {
        let facts = trials.solution.first()?;
        Some(judge::judge(&entry.id, &entry.exercise, facts))
    };
    entries.iter().zip(trials).filter_map(of_one).collect()
}

/// 2 if a harness does not compile, else 1 if the course does not hold, 75 if only this machine kept it from being shown.
fn status(proofs: &[Proof]) -> ExitStatus {
    let mut problems = proofs.iter().flat_map(Proof::problems).peekable();
    if proofs
        .iter()
        .flat_map(Proof::problems)
        .any(|problem| problem.code == BROKEN_HARNESS)
    {
        // No less an invalid spec than one that cannot be read.
        ExitStatus::Usage
    } else if problems.peek().is_none() {
        ExitStatus::Passed
    } else if problems.all(|problem| problem.fault == Fault::Machine) {
        ExitStatus::Machine
    } else {
        ExitStatus::Failed
    }
}
