//! `memgrade quiz`.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::console::{Console, print};
use super::options::{CourseOption, default_submission};
use crate::course::Course;
use crate::course::answers::{self, Answers, write};
use crate::course::checklist::{Checklist, filled};
use crate::diagnostic::{Finding, Severity};
use crate::error::{Error, ExitStatus};
use crate::gradebook;
use crate::intake;
use crate::quiz::{Quiz, Step};
use crate::report::Sources;
use crate::report::finding::{self, Dress};
use crate::report::style::{Ink, Style};
use crate::report::words::counted;

mod terminal;

use terminal::Terminal;

/// Answer the checklist's questions
///
/// In a terminal the questions are asked one by one, and each answer is saved at once; the next call goes on with the first
/// question that is open. Without a terminal, or with --by-hand, it writes an answers.toml to fill in, and says line by line what is
/// wrong in one that is there. Whether answers are right is said by `memgrade check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  memgrade quiz\n  memgrade quiz --by-hand --student s1234567")]
pub(super) struct Args {
    /// The folder with your work, where answers.toml is [default: exercises/ in a course, else the working directory]
    #[arg(long, value_name = "DIR")]
    submission: Option<PathBuf>,

    /// Your student id; the numbers of some questions depend on it
    #[arg(long, value_name = "ID")]
    student: Option<String>,

    /// Ask nothing: write answers.toml to be filled in, or look through the one that is there
    #[arg(long)]
    by_hand: bool,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let Some(checklist) = course
        .checklist
        .as_ref()
        .filter(|list| !list.items.is_empty())
    else {
        return Err(Error::Nothing {
            message: format!("the course `{}` asks no questions", course.title()),
            hints: vec!["its author may write exercises/checklist.toml".to_owned()],
        });
    };
    if let Some(student) = &args.student
        && let Err(wanted) = answers::check_student(student)
    {
        return Err(Error::usage(
            format!("the student id must be {wanted}"),
            "write it like --student s1234567",
        ));
    }
    let folder = args.submission.clone().unwrap_or_else(default_submission);
    let mut sheet = Sheet::read(&folder, checklist)?;
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let by_hand = args.by_hand || !terminal || dumb;
    if let Some(student) = args.student.as_deref().map(str::trim)
        && sheet.answers.student.as_deref() != Some(student)
        && (sheet.there || !by_hand)
        && !sheet.is_broken()
    {
        sheet.write(write::with_student(&sheet.text, student))?;
        sheet.answers.student = Some(student.to_owned());
    }
    if by_hand {
        return self::by_hand(
            &course,
            checklist,
            &mut sheet,
            args.student.as_deref(),
            console,
        );
    }
    if sheet.is_broken() {
        return sheet.report(&course, checklist, console);
    }
    ask(&course, checklist, &mut sheet, console)
}

/// Asks the questions in the terminal.
fn ask(
    course: &Course,
    checklist: &Checklist,
    sheet: &mut Sheet,
    console: &Console,
) -> Result<ExitStatus, Error> {
    let mut quiz = Quiz::new(checklist, &course.programs, sheet.answers.clone());
    let terminal = Terminal::open(console.out)?;
    let asked = loop {
        terminal.draw(&quiz)?;
        let Some(key) = terminal.key()? else {
            break Err(Error::Interrupted);
        };
        let leaving = key == crate::quiz::Key::Quit;
        match quiz.key(key) {
            Step::Stay => {}
            Step::SaveStudent(student) => {
                sheet.write(write::with_student(&sheet.text, &student))?;
            }
            Step::Save(id, answer) => {
                sheet.write(write::with_answer(&sheet.text, &id, &answer))?;
                if leaving {
                    break Ok(());
                }
            }
            Step::Leave => break Ok(()),
        }
    };
    drop(terminal);
    asked?;
    let (answered, all) = quiz.progress();
    let style = &console.out;
    print(&format!(
        "{answered} of {} answered, in {}\n`memgrade check` says which of them are right, and which your programs bear out\n",
        counted(all as u64, "question is", "questions are"),
        style.clean(&sheet.path.display().to_string(), 200),
    ))?;
    Ok(ExitStatus::Passed)
}

/// Writes a file to fill in, or looks through the one that is there.
fn by_hand(
    course: &Course,
    checklist: &Checklist,
    sheet: &mut Sheet,
    student: Option<&str>,
    console: &Console,
) -> Result<ExitStatus, Error> {
    if sheet.there {
        return sheet.report(course, checklist, console);
    }
    sheet.write(Ok(write::template(checklist, student)))?;
    let path = console.out.clean(&sheet.path.display().to_string(), 200);
    print(&format!(
        "{path} has {} to fill in; call this again to see whether all can be read\n",
        counted(checklist.items.len() as u64, "question", "questions"),
    ))?;
    Ok(ExitStatus::Passed)
}

/// A learner's `answers.toml`.
struct Sheet {
    path: PathBuf,
    there: bool,
    text: String,
    answers: Answers,
    findings: Vec<Finding>,
}

impl Sheet {
    fn read(folder: &Path, checklist: &Checklist) -> Result<Self, Error> {
        let submission = intake::read(folder, [])?;
        let there = submission.answers.is_some() || !submission.answer_findings.is_empty();
        let text = submission.answers.unwrap_or_default();
        let (answers, of_text) = answers::parse_answers(intake::ANSWERS, &text, checklist);
        let mut findings = submission.answer_findings;
        findings.extend(of_text);
        Ok(Self {
            path: folder.join(intake::ANSWERS),
            there,
            text,
            answers,
            findings,
        })
    }

    /// Whether an answer cannot be written into it without losing something.
    fn is_broken(&self) -> bool {
        let lost = [
            "answers/syntax",
            "answers/duplicate-key",
            "answers/too-large",
        ];
        let of_file = |finding: &Finding| !finding.code.starts_with("answers/");
        self.findings
            .iter()
            .any(|finding| lost.contains(&finding.code.as_str()) || of_file(finding))
    }

    fn write(&mut self, text: Result<String, write::NotToml>) -> Result<(), Error> {
        let text = text.map_err(|_| {
            Error::usage(
                format!("{} cannot be read as TOML", self.path.display()),
                "`memgrade quiz --by-hand` shows the line",
            )
        })?;
        gradebook::write_whole(&self.path, &text)?;
        self.text = text;
        self.there = true;
        Ok(())
    }

    /// The predictions that are open, with this student's numbers, and the programs that they are about.
    fn predictions(&self, course: &Course, checklist: &Checklist, style: &Style) -> String {
        let mut out = String::new();
        for (item, predict) in checklist.predictions() {
            let Some(numbers) = item.parameters(self.answers.student.as_deref()) else {
                continue;
            };
            if self.answers.given.contains_key(&item.id) {
                continue;
            }
            let id = style.paint(Ink::Strong, &style.clean(&item.id, 80));
            let question = style.clean(&filled(&item.question, &numbers), 2000);
            let _ = writeln!(out, "{id}: {question}");
            if let Some(program) = course.programs.get(&predict.program) {
                for line in program.text.lines().take(200) {
                    let _ = writeln!(out, "    {}", style.clean(line, 200));
                }
            }
            out.push('\n');
        }
        out
    }

    /// What is wrong in it, each at its line, and what has no answer yet.
    fn report(
        &self,
        course: &Course,
        checklist: &Checklist,
        console: &Console,
    ) -> Result<ExitStatus, Error> {
        let style = &console.out;
        let mut sources = Sources::new();
        sources.insert(intake::ANSWERS.to_owned(), self.text.clone());
        let mut out = String::new();
        for finding in &self.findings {
            out.push_str(&finding::render(finding, &sources, style, Dress::default()));
            out.push('\n');
        }
        let open = checklist.items.iter();
        let open: Vec<String> = open
            .filter(|item| !self.answers.given.contains_key(&item.id))
            .map(|item| style.clean(&item.id, 80))
            .collect();
        out.push_str(&self.predictions(course, checklist, style));
        let all = checklist.items.len();
        let line = format!(
            "{} of {} answered",
            all - open.len(),
            counted(all as u64, "question is", "questions are")
        );
        let _ = writeln!(out, "{}", style.paint(Ink::Strong, &line));
        if !open.is_empty() {
            let _ = writeln!(out, "no answer yet: {}", open.join(", "));
        }
        if self.answers.student.is_none()
            && checklist
                .predictions()
                .any(|(_, predict)| !predict.parameters.is_empty())
        {
            let _ = writeln!(
                out,
                "not known: who you are; write `student = \"your id\"` at the top"
            );
        }
        print(&out)?;
        let wrong = self.findings.iter().any(|f| f.severity == Severity::Error);
        Ok(if wrong {
            ExitStatus::Failed
        } else {
            ExitStatus::Passed
        })
    }
}
