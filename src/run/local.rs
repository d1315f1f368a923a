//! The real [`Runner`]: the compiler, the sandbox and the probe of this computer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use regex::Regex;

use super::{Runner, self_test};
use crate::build::{
    self, Artifact, BuildLimits, Built, Cache, Checking, Formatted, Linted, Request, Toolchain,
};
use crate::course::limits::{self, Override};
use crate::course::spec::{Case, Edition, OutcomeKind};
use crate::error::Error;
use crate::observe::{self, Analysis, BuildFacts, CheckedRun, Evidence, Level, Observation};
use crate::probe::{self, CodeMap, DebugInfo, Mode, ScanEnd, Session, Symbols};
use crate::sandbox::{self, LimitHit, Limits, NoWatcher, Program, RawRun, Scratch, View};
use crate::temporary_files::{self, Folder};

/// The limits of the compiler. A build with debug assertions takes lower ones from a variable, so that a test need not wait for
/// a minute to see that one is hit.
fn build_limits() -> BuildLimits {
    let limits = BuildLimits::default();
    #[cfg(debug_assertions)]
    if let Ok(lower) = std::env::var("MEMGRADE_BUILD_LIMITS") {
        return lower
            .split_whitespace()
            .fold(limits, |limits, one| match one.parse() {
                Ok(Override::Wall(wall)) => BuildLimits {
                    wall: Duration::from(wall).min(limits.wall),
                    ..limits
                },
                Ok(Override::Memory(memory)) => BuildLimits {
                    memory: memory.0.min(limits.memory),
                    ..limits
                },
                Ok(Override::Output(output)) => BuildLimits {
                    output: output.0.min(limits.output),
                    ..limits
                },
                Ok(Override::Heap(artifact)) => BuildLimits {
                    artifact: artifact.0.min(limits.artifact),
                    ..limits
                },
                _ => limits,
            });
    }
    limits
}

mod executables;
pub mod figures;

use executables::{CODE_SIDECAR, Executable, Recent};

/// Builds and runs on this computer.
#[derive(Debug)]
pub struct Local {
    compiler: Option<Compiler>,
    overrides: Vec<Override>,
    payload: Option<Payload>,
    /// Whether hidden cases are run where a program could read them.
    exposing: bool,
    /// The level of every run, where that is not the one that this machine gives.
    asked: Option<Level>,
    /// What is known of the programs that were run last.
    recent: Recent,
}

/// The library that is loaded into programs.
#[derive(Debug)]
struct Payload {
    path: PathBuf,
    /// Where it lies if it cannot lie in the cache.
    _folder: Option<Folder>,
}

#[derive(Debug)]
struct Compiler {
    toolchain: Toolchain,
    cache: Cache,
    limits: BuildLimits,
    /// What the self-test found, once it was looked at; nothing where std is understood.
    unknown_in_std: Mutex<Option<Vec<String>>>,
}

/// How much longer a run may take that looks for wrong uses: each block costs two system calls and a page fault.
const CHECKING_SLOWER: u32 = 4;
/// How many more bytes it may have: each block has a page of its own.
const CHECKING_LARGER: u64 = 256 << 20;

/// How many files of the largest size fit into a program's scratch.
const SCRATCH_PER_FILE: u64 = 2;
/// How many files and folders it may make there.
const SCRATCH_FILES: u64 = 4096;

impl Local {
    /// Finds the toolchain first, so that a machine without one is told at once.
    ///
    /// # Errors
    /// [`Error::Machine`] without a toolchain, [`Error::File`] when no folder can be written.
    pub fn new(overrides: Vec<Override>) -> Result<Self, Error> {
        let cache = Cache::open()?;
        let toolchain = Toolchain::find(&cache)?;
        let local = Self::with_cache(overrides, Some(&cache))?;
        Ok(Self {
            compiler: Some(Compiler {
                toolchain,
                cache,
                limits: build_limits(),
                unknown_in_std: Mutex::default(),
            }),
            ..local
        })
    }

    /// For executables that are there already.
    ///
    /// # Errors
    /// [`Error::File`] when no folder can be written.
    pub fn without_compiler(overrides: Vec<Override>) -> Result<Self, Error> {
        // A cache saves time here; where there is none, it takes a little longer.
        Self::with_cache(overrides, Cache::open().ok().as_ref())
    }

    fn with_cache(overrides: Vec<Override>, cache: Option<&Cache>) -> Result<Self, Error> {
        // What killed processes have left behind.
        temporary_files::sweep(&std::env::temp_dir());
        if let Some(folder) = cache.and_then(Cache::machine) {
            sandbox::remember_in(folder);
        }
        let payload = if Session::available() {
            Some(Payload::install(cache)?)
        } else {
            None
        };
        Ok(Self {
            compiler: None,
            overrides,
            payload,
            exposing: false,
            asked: None,
            recent: Recent::default(),
        })
    }

    fn compiler(&self) -> Result<&Compiler, Error> {
        let compiler = self.compiler.as_ref();
        compiler.ok_or_else(|| Error::Bug("a build without a compiler".to_owned()))
    }

    /// Asks rustfmt about a text: see [`build::formatted`].
    ///
    /// # Errors
    /// The same.
    pub fn formatted(
        &self,
        text: &str,
        edition: Edition,
        settings: Option<&str>,
    ) -> Result<Formatted, Error> {
        let Compiler {
            toolchain,
            cache,
            limits,
            ..
        } = self.compiler()?;
        build::formatted(text, edition, settings, toolchain, cache, limits)
    }

    /// Asks clippy about a program: see [`build::linted`].
    ///
    /// # Errors
    /// The same.
    pub fn linted(&self, request: &Request, own: bool) -> Result<Linted, Error> {
        let Compiler {
            toolchain,
            cache,
            limits,
            ..
        } = self.compiler()?;
        build::linted(request, own, toolchain, cache, limits)
    }

    /// Says whether hidden cases are to be run even where files are not contained, and a program could read them.
    pub fn expose_hidden_cases(&mut self, expose: bool) {
        self.exposing = expose;
    }

    /// Whether a case may be run at a level.
    fn may_run(&self, case: &Case, level: Level) -> Result<(), Error> {
        if !case.hidden || level <= Level::Landlock || self.exposing {
            return Ok(());
        }
        Err(Error::machine(
            format!(
                "hidden cases are not run at sandbox level `{}`, where a program could read them",
                level.name()
            ),
            "`memgrade doctor` says how to contain programs better here; --expose-hidden-cases runs them all the same",
        ))
    }

    /// What memgrade does not understand of the std of the compiler that builds; nothing where it was tested with this compiler, or
    /// the self-test holds. It is done once for a compiler: its answer is kept beside its program in the cache.
    fn unknown_in_std(&self) -> Result<Vec<String>, Error> {
        let Some(compiler) = &self.compiler else {
            return Ok(Vec::new());
        };
        if self.payload.is_none() || self_test::is_tested(&compiler.toolchain) {
            return Ok(Vec::new());
        }
        // Whoever comes meanwhile waits for the answer.
        let mut known = compiler
            .unknown_in_std
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(unknown) = &*known {
            return Ok(unknown.clone());
        }
        let unknown = match self.build(&self_test::request())? {
            Built::Program(artifact) => {
                // Another payload, or another way to read code, may understand what this one does not.
                let ours = blake3::hash(&[probe::PAYLOAD, CODE_SIDECAR.as_bytes()].concat());
                let name = format!("std-v1-{}", &ours.to_hex()[..16]);
                let bug = |error: serde_json::Error| Error::Bug(format!("self-test: {error}"));
                let answer = artifact.sidecar(&name, || {
                    let run = self.measure(&artifact, &self_test::case())?;
                    serde_json::to_vec(&self_test::disagreements(&run)).map_err(bug)
                })?;
                serde_json::from_slice(&answer).map_err(bug)?
            }
            Built::Failed(failure) => vec![format!(
                "the self-test was not built: {}",
                failure.finding.message
            )],
        };
        Ok(known.insert(unknown).clone())
    }

    /// Runs a program once and measures it.
    fn measure(&self, artifact: &Artifact, case: &Case) -> Result<Observation, Error> {
        let mut executable = self.recent.take(artifact)?;
        let run = self.measure_it(artifact, case, &mut executable)?;
        self.recent.keep(executable);
        Ok(run)
    }

    /// The same, with what is known of the executable.
    fn measure_it(
        &self,
        artifact: &Artifact,
        case: &Case,
        executable: &mut Executable,
    ) -> Result<Observation, Error> {
        let Executable { code, debug, .. } = executable;
        let code = &*code;
        let limits = limits::resolve(&case.limits, &self.overrides);
        let new_session = |_| Session::new(code, limits.heap, Mode::Measure);
        let session = self.payload.as_ref().map(new_session).transpose();
        let mut session = session.map_err(no_recording)?;
        let raw = self.once(artifact, case, limits, session.as_mut())?;
        let ended = Instant::now();
        let recording = match &session {
            Some(session) => session.recording().map_err(no_recording)?,
            None => None,
        };
        let base = recording.as_ref().map_or(0, |recording| recording.exe_base);
        let mut symbols = Symbols::new(debug, code, base);
        let mut run = observe::observe(Evidence {
            raw: &raw,
            limits: &limits,
            recording: recording.as_ref(),
            end: session
                .as_ref()
                .map_or(&ScanEnd::Missing, Session::end_scan),
            probed: session.is_some(),
            code,
            symbols: &mut symbols,
            build: build_facts(artifact),
        });
        vanished(&mut run, case);
        let scanning = session.as_ref().map_or(Duration::ZERO, Session::scanning);
        run.analysis = Some(Analysis {
            wall_ms: milliseconds(scanning + ended.elapsed()),
            peak_resident_bytes: sandbox::own_peak_resident(),
        });
        if artifact.checking != Checking::Off {
            self.check(artifact, case, code, debug, &mut run)?;
        }
        Ok(run)
    }

    /// Runs a program once, in a fresh folder.
    fn once(
        &self,
        artifact: &Artifact,
        case: &Case,
        limits: Limits,
        mut session: Option<&mut Session<'_>>,
    ) -> Result<RawRun, Error> {
        let mut once = |level| {
            self.may_run(case, level)?;
            self.once_at(level, artifact, case, limits, session.as_deref_mut())
        };
        match self.asked {
            Some(level) => once(level),
            None => sandbox::contained(once),
        }
    }

    /// The same at a level.
    fn once_at(
        &self,
        level: Level,
        artifact: &Artifact,
        case: &Case,
        limits: Limits,
        session: Option<&mut Session<'_>>,
    ) -> Result<RawRun, Error> {
        let scratch = Scratch::new(level)?;
        let mut program = program(level, artifact, case, limits, &scratch);
        let raw = match (session, &self.payload) {
            (Some(session), Some(payload)) => {
                session.equip(&mut program, &payload.path);
                sandbox::run(&program, session)?
            }
            _ => sandbox::run(&program, &mut NoWatcher)?,
        };
        if raw.limit == Some(LimitHit::Interrupted) {
            return Err(Error::Interrupted);
        }
        Ok(raw)
    }

    /// Looks for wrong uses of memory, in two runs that are for nothing else.
    fn check(
        &self,
        artifact: &Artifact,
        case: &Case,
        code: &CodeMap,
        debug: &mut DebugInfo,
        run: &mut Observation,
    ) -> Result<(), Error> {
        if self.payload.is_none() {
            observe::not_checked(run);
            return Ok(());
        }
        let limits = limits::resolve(&case.limits, &self.overrides);
        let limits = Limits {
            wall: limits.wall.saturating_mul(CHECKING_SLOWER),
            cpu: limits.cpu.saturating_mul(CHECKING_SLOWER),
            memory: limits.memory.saturating_add(CHECKING_LARGER),
            ..limits
        };
        for mode in [Mode::CheckEnds, Mode::CheckStarts] {
            let mut session = Session::new(code, limits.heap, mode).map_err(no_recording)?;
            let raw = self.once(artifact, case, limits, Some(&mut session))?;
            let Some(recording) = session.recording().map_err(no_recording)? else {
                observe::not_checked(run);
                return Ok(());
            };
            let mut symbols = Symbols::new(debug, code, recording.exe_base);
            let checked = CheckedRun {
                raw: &raw,
                recording: &recording,
                end: session.checked_end(),
                code,
                symbols: &mut symbols,
            };
            observe::memory_errors(run, checked);
        }
        if artifact.checking == Checking::Blocks {
            observe::layouts_not_checked(run);
        }
        Ok(())
    }
}

/// A built program as the sandbox takes it.
fn program(
    level: Level,
    artifact: &Artifact,
    case: &Case,
    limits: Limits,
    scratch: &Scratch,
) -> Program {
    Program {
        executable: artifact.executable.clone(),
        args: case.args.iter().map(OsString::from).collect(),
        env: environment(scratch.path(), case),
        directory: scratch.path().to_owned(),
        stdin: case.stdin.clone().into_bytes(),
        limits,
        pass_fds: Vec::new(),
        traced: true,
        level,
        view: View {
            scratch_bytes: limits.file_size.saturating_mul(SCRATCH_PER_FILE),
            scratch_files: SCRATCH_FILES,
            ..View::default()
        },
        scratch: scratch.path().to_owned(),
        take_out: None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn no_recording(source: std::io::Error) -> Error {
    Error::machine(
        format!("the recording of a run cannot be made: {source}"),
        "is memory short? use fewer workers: --jobs 1",
    )
}

impl Runner for Local {
    fn build(&self, request: &Request) -> Result<Built, Error> {
        let compiler = self.compiler()?;
        build::build(
            request,
            &compiler.toolchain,
            &compiler.cache,
            &compiler.limits,
        )
    }

    fn run(&self, artifact: &Artifact, case: &Case) -> Result<Observation, Error> {
        self.may_run(case, sandbox::level())?;
        let mut run = self.measure(artifact, case)?;
        let unknown = self.unknown_in_std()?;
        if let (Some(compiler), false) = (&self.compiler, unknown.is_empty()) {
            observe::std_is_unknown(&mut run, compiler.toolchain.name(), &unknown);
        }
        Ok(run)
    }

    fn identity(&self) -> String {
        let compiler = self.compiler.as_ref();
        format!(
            "memgrade {} with {} {CODE_SIDECAR} {} {:?} by {}",
            env!("CARGO_PKG_VERSION"),
            blake3::hash(probe::PAYLOAD).to_hex(),
            sandbox::level().name(),
            self.overrides,
            compiler.map_or("no compiler", |compiler| compiler.toolchain.identity()),
        )
    }

    fn memory_of(&self, case: &Case) -> u64 {
        limits::resolve(&case.limits, &self.overrides).memory
    }

    fn interrupted(&self) -> bool {
        sandbox::interrupted()
    }
}

/// The fixed environment, then what the case adds. Nothing of ours gets in.
fn environment(directory: &Path, case: &Case) -> Vec<(OsString, OsString)> {
    let fixed = [
        ("HOME", directory.as_os_str().to_owned()),
        ("LANG", "C.UTF-8".into()),
        ("PATH", path()),
        ("RUST_BACKTRACE", "0".into()),
        (TEMPORARY, directory.as_os_str().to_owned()),
    ];
    let fixed = fixed
        .into_iter()
        .filter(|(name, _)| !case.env.contains_key(*name));
    let added = case
        .env
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    fixed
        .map(|(name, value)| (name.into(), value))
        .chain(added)
        .collect()
}

/// The name of the variable that says where temporary files go.
const TEMPORARY: &str = if cfg!(windows) { "TEMP" } else { "TMPDIR" };

/// The usual folders of programs.
fn path() -> OsString {
    if cfg!(windows) {
        let root = std::env::var_os("SystemRoot").unwrap_or_default();
        Path::new(&root).join("System32").into_os_string()
    } else {
        "/usr/local/bin:/usr/bin:/bin".into()
    }
}

fn build_facts(artifact: &Artifact) -> Option<BuildFacts> {
    (!artifact.key.is_empty()).then(|| BuildFacts {
        ok: true,
        wall_ms: artifact.wall.map(milliseconds),
        cached: artifact.wall.is_none(),
        diagnostics: artifact.diagnostics.clone(),
    })
}

fn milliseconds(time: Duration) -> f64 {
    // Microseconds are as fine as anybody reads.
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// A program that exits 0 without its last required line has not done its work.
fn vanished(run: &mut Observation, case: &Case) {
    let Some(Ok(last)) = case.finishes_with.as_deref().map(Regex::new) else {
        return;
    };
    let outcome = &mut run.outcome;
    let finished = outcome.kind == OutcomeKind::Exited && outcome.exit_code == Some(0);
    // Of a stream that was cut the last line is not known, and the output limit is another outcome anyway.
    if finished && !run.stdout.truncated && !run.stdout.text.lines().any(|line| last.is_match(line))
    {
        outcome.kind = OutcomeKind::Vanished;
        outcome.message = Some("exited with status 0 before its last required line".to_owned());
    }
}

impl Payload {
    /// Puts it into the cache if nobody else can write there, else into a folder of its own.
    fn install(cache: Option<&Cache>) -> Result<Self, Error> {
        let kept = cache.and_then(Cache::libraries);
        if let Some(Ok(path)) = kept.map(|folder| Session::install(&folder)) {
            return Ok(Self {
                path,
                _folder: None,
            });
        }
        let parent = std::env::temp_dir();
        let folder = Folder::new_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        let path = Session::install(folder.path())
            .map_err(|source| Error::file("write to", folder.path(), source))?;
        Ok(Self {
            path,
            _folder: Some(folder),
        })
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod long_life;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::observation;

    fn case(text: &str) -> Case {
        toml::from_str(&format!("name = \"c\"\n{text}")).unwrap()
    }

    #[test]
    fn a_program_that_leaves_early_has_vanished() {
        let case = case("finishes_with = \"^done\"");
        let kind = |text: &str, code| {
            let mut run = observation(text);
            run.outcome.exit_code = Some(code);
            vanished(&mut run, &case);
            run.outcome.kind
        };
        assert_eq!(kind("one\ndone 3\n", 0), OutcomeKind::Exited);
        assert_eq!(kind("one\nnot done\n", 0), OutcomeKind::Vanished);
        assert_eq!(kind("one\n", 3), OutcomeKind::Exited);
    }

    #[test]
    fn the_environment_is_fixed_and_a_case_may_replace_parts_of_it() {
        let names = |case: &Case| {
            let variables = environment(Path::new("/x"), case).into_iter();
            variables
                .map(|(name, value)| format!("{}={}", name.display(), value.display()))
                .collect::<Vec<_>>()
        };
        let plain = names(&case(""));
        assert!(plain.contains(&"RUST_BACKTRACE=0".to_owned()));
        let other = names(&case("env = { RUST_BACKTRACE = \"1\", X = \"y\" }"));
        assert_eq!(other.len(), plain.len() + 1);
        assert!(other.contains(&"RUST_BACKTRACE=1".to_owned()));
    }
}
