//! `memgrade run`.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::console::{Console, print};
use super::options::RunOptions;
use crate::build::{Artifact, Built, Checking, Failure, Request};
use crate::course::spec::{Case, Edition, Limits, UnsafePolicy};
use crate::error::{Error, ExitStatus};
use crate::intake::syntax;
use crate::judge;
use crate::observe::{self, Remark};
use crate::report::{Sources, diagnostics, json, xray};
use crate::run::Runner;
use crate::run::local::Local;

/// X-ray one Rust file or executable, no exercise needed
///
/// Says how the program ended, what it did with the heap and which lines did it, how its memory developed, and how deep
/// its stack went. The exit status is 0 when it was measured, whatever the program did.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade run leak.rs\n  memgrade run ./server -- --port 80\n  \
    memgrade run leak.rs --format json --limit memory=256MiB"
)]
pub(super) struct Args {
    /// A Rust source file (.rs) or an executable
    program: PathBuf,

    /// What the program reads on stdin, from a file; `-` is our own stdin [default: nothing]
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,

    /// The Rust edition of a source file
    #[arg(long, value_name = "YEAR", default_value = "2024", value_parser = ["2018", "2021", "2024"])]
    edition: String,

    /// How to write the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,

    /// Look for wrong use of memory too, in two further runs: freed twice, used after it was freed, beyond its ends
    #[arg(long)]
    memory_errors: bool,

    #[command(flatten)]
    options: RunOptions,

    /// Arguments of the program
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// Formats of an x-ray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// memgrade/run/v1
    Json,
}

/// Largest source file, and most bytes on stdin.
const MOST_BYTES: u64 = 16 << 20;

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let stdin = args.stdin.as_deref().map_or(Ok(Vec::new()), stdin)?;
    let case = Case {
        name: String::new(),
        args: args.arguments.clone(),
        stdin: String::from_utf8(stdin).map_err(|_| {
            Error::usage(
                "what --stdin names is not UTF-8 text",
                "give the program a text file",
            )
        })?,
        env: BTreeMap::new(),
        limits: Limits::default(),
        hidden: false,
        finishes_with: None,
        checks: Vec::new(),
    };
    let name = args.program.display().to_string();
    let (runner, artifact, sources) = if args.program.extension().is_some_and(|ext| ext == "rs") {
        let runner = args.options.runner()?;
        let (built, sources) = build(args, &runner)?;
        match built {
            Built::Program(artifact) => (runner, artifact, sources),
            Built::Failed(failure) => return failed(&failure, &sources, args.format, console),
        }
    } else {
        (
            args.options.runner_of_executables()?,
            executable(args)?,
            Sources::new(),
        )
    };
    let mut run = runner.run(&artifact, &case)?;
    judge::project(&mut run);
    let purpose = syntax::deliberate(&sources, &root_of(&args.program));
    let mut findings = judge::explain(&run, &sources, &purpose);
    findings.extend(judge::memory_findings(&run, &sources));
    let text = match args.format {
        Format::Human => xray::render(&name, &run, &findings, &sources, &console.out),
        Format::Json => {
            run.findings.extend(findings.iter().map(Remark::from));
            json::run_json(&run).map_err(|error| Error::Bug(error.to_string()))?
        }
    };
    print(&text)?;
    Ok(ExitStatus::Passed)
}

/// The crate's root among the sources.
fn root_of(program: &Path) -> String {
    program.file_name().map_or_else(
        || "main.rs".into(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// There is nothing to measure: the compiler says why, and the reason is a finding.
fn failed(
    failure: &Failure,
    sources: &Sources,
    format: Format,
    console: &Console,
) -> Result<ExitStatus, Error> {
    let text = match format {
        Format::Json => json::run_json(&observe::not_built(failure, failure.diagnostics.clone()))
            .map_err(|error| Error::Bug(error.to_string()))?,
        Format::Human => diagnostics::not_built(failure, sources, &console.out),
    };
    print(&text)?;
    Ok(ExitStatus::Failed)
}

fn stdin(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    read.map_err(|source| Error::file("read", path, source))?;
    Ok(bytes)
}

fn executable(args: &Args) -> Result<Artifact, Error> {
    let program = &args.program;
    let is_file = std::fs::metadata(program)
        .map_err(|source| Error::file("read", program, source))?
        .is_file();
    if !is_file {
        return Err(Error::usage(
            format!("{} is not a file", program.display()),
            "give a Rust source file (.rs) or an executable",
        ));
    }
    let executable =
        std::path::absolute(program).map_err(|source| Error::file("find", program, source))?;
    Ok(Artifact {
        executable,
        key: String::new(),
        wall: None,
        diagnostics: String::new(),
        diagnostics_ansi: String::new(),
        checking: if args.memory_errors {
            Checking::Blocks
        } else {
            Checking::Off
        },
    })
}

/// Builds a source file with the files that it can bring with `mod`: those beside and below it.
fn build(args: &Args, runner: &Local) -> Result<(Built, Sources), Error> {
    let program = &args.program;
    let text =
        std::fs::read_to_string(program).map_err(|source| Error::file("read", program, source))?;
    let root = root_of(program);
    let mut sources = Sources::new();
    if has_modules(&text) {
        let folder = program.parent().unwrap_or(Path::new(""));
        modules(
            if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            },
            "",
            &mut sources,
        );
    }
    sources.insert(root.clone(), text);
    let request = Request {
        files: sources
            .iter()
            .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
            .collect(),
        root,
        edition: match args.edition.as_str() {
            "2018" => Edition::E2018,
            "2021" => Edition::E2021,
            _ => Edition::E2024,
        },
        unsafe_code: UnsafePolicy::Allow,
        allow_lints: Vec::new(),
        memory_errors: args.memory_errors,
        harness: None,
    };
    Ok((runner.build(&request)?, sources))
}

/// Whether the file brings others: `mod name;`.
fn has_modules(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        let words = line.strip_prefix("pub ").unwrap_or(line);
        words.starts_with("mod ") && words.ends_with(';')
    })
}

/// More files than this are not one program's.
const MOST_FILES: usize = 200;

fn modules(folder: &Path, prefix: &str, found: &mut Sources) {
    let depth = prefix.matches('/').count();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if found.len() >= MOST_FILES || name.starts_with('.') || name == "target" {
            continue;
        }
        if kind.is_dir() && depth < 4 {
            modules(&entry.path(), &format!("{prefix}{name}/"), found);
        } else if kind.is_file()
            && Path::new(&name).extension().is_some_and(|end| end == "rs")
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            found.insert(format!("{prefix}{name}"), text);
        }
    }
}
