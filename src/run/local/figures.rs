//! Measuring the figures of a lesson: its program is built, run several times in the sandbox, and the medians are remembered.
//!
//! It runs without the probe and without a tracer, so that its times are those of a program by itself. What else differs from
//! a program that a user starts is told in docs/lessons.md.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use sysinfo::{CpuRefreshKind, RefreshKind, System};

use super::{Local, program};
use crate::build::{self, Artifact, Built, Optimization, Request};
use crate::course::spec::{self, Case, Edition, UnsafePolicy};
use crate::course::units::human_size;
use crate::course::{SourceFile, limits};
use crate::error::Error;
use crate::lesson::figures::{Attempt, Measured, Reading, medians};
use crate::sandbox::{self, End, LimitHit, Limits, NoWatcher, RawRun, Scratch};

/// Runs at each level of optimization, in turns: what disturbs the machine for a while disturbs both.
const RUNS: u32 = 5;

/// After this time no further round of runs is begun.
const PATIENCE: Duration = Duration::from_secs(20);

/// Most bytes that a program of figures may print.
const OUTPUT: u64 = 64 << 10;

/// The version of what is remembered.
const REMEMBERED: &str = "figures-v1";

/// Longest line of a program's own words that is told.
const MOST_SAID: usize = 200;

impl Local {
    /// Builds a program of figures and runs it once.
    ///
    /// # Errors
    /// What keeps this machine from it.
    pub fn try_figures(
        &self,
        source: &SourceFile,
        optimization: Optimization,
    ) -> Result<Attempt, Error> {
        match self.build_figures(source, optimization)? {
            Built::Failed(failure) => Ok(Attempt::NotBuilt(Box::new(failure))),
            Built::Program(artifact) => Ok(match read(&self.run_figures(&artifact)?) {
                Ok(reading) => Attempt::Read(reading),
                Err(reason) => Attempt::Died(reason),
            }),
        }
    }

    /// What a lesson's figures are on this machine, measured or remembered; why not, if the program is to blame. `anew` forgets
    /// what was measured before, and `working` is told when something begins that takes time.
    ///
    /// # Errors
    /// What keeps this machine from it.
    pub fn figures(
        &self,
        source: &SourceFile,
        levels: &[Optimization],
        anew: bool,
        working: &mut dyn FnMut(&'static str),
    ) -> Result<Result<Measured, String>, Error> {
        let mut artifacts = Vec::new();
        for level in levels {
            working("compiling what measures the figures");
            match self.build_figures(source, *level)? {
                Built::Program(artifact) => artifacts.push((*level, artifact)),
                Built::Failed(failure) => {
                    let why = format!(
                        "the program that measures does not compile: {}",
                        failure.finding.message
                    );
                    return Ok(Err(why));
                }
            }
        }
        let Some((_, keeper)) = artifacts.first() else {
            return Err(Error::Bug("figures at no level".to_owned()));
        };
        let machine = machine();
        let name = self.name_of(&machine, &artifacts);
        if !anew
            && let Some(bytes) = keeper.recall(&name)?
            && let Ok(measured) = serde_json::from_slice(&bytes)
        {
            return Ok(Ok(measured));
        }
        let measured = match self.measure_figures(&artifacts, working)? {
            Ok((optimized, unoptimized, runs)) => Measured {
                optimized,
                unoptimized,
                runs,
                when: seconds_since_1970(),
                machine,
                compiler: self.compiler_name(),
            },
            Err(reason) => return Ok(Err(reason)),
        };
        let bytes = serde_json::to_vec(&measured)
            .map_err(|error| Error::Bug(format!("figures: {error}")))?;
        keeper.remember(&name, &bytes)?;
        Ok(Ok(measured))
    }

    /// Under which name figures are remembered beside the first program: another machine, another level of the sandbox or
    /// another program beside it is another name.
    fn name_of(&self, machine: &str, artifacts: &[(Optimization, Artifact)]) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("memgrade 2026-11 figures 1");
        let level = self.asked.unwrap_or_else(sandbox::level).name();
        let stack = stack_limit().to_string();
        let keys = artifacts.iter().map(|(_, artifact)| artifact.key.as_str());
        for part in [machine, level, &stack].into_iter().chain(keys) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        format!("{REMEMBERED}-{}", &hasher.finalize().to_hex()[..16])
    }

    fn compiler_name(&self) -> String {
        let compiler = self.compiler.as_ref();
        compiler.map_or(String::new(), |compiler| {
            format!("rustc {}", compiler.toolchain.release())
        })
    }

    /// Runs the programs in turns.
    fn measure_figures(
        &self,
        artifacts: &[(Optimization, Artifact)],
        working: &mut dyn FnMut(&'static str),
    ) -> Result<Result<Medians, String>, Error> {
        let mut readings: BTreeMap<Optimization, Vec<Reading>> = BTreeMap::new();
        let started = Instant::now();
        let mut rounds = 0;
        while rounds < RUNS && (rounds == 0 || started.elapsed() < PATIENCE) {
            working("measuring on this computer");
            for (level, artifact) in artifacts {
                match read(&self.run_figures(artifact)?) {
                    Ok(reading) => readings.entry(*level).or_default().push(reading),
                    Err(reason) => return Ok(Err(reason)),
                }
            }
            rounds += 1;
        }
        let of = |level| medians(readings.get(&level).map_or(&[][..], Vec::as_slice));
        Ok(Ok((
            of(Optimization::Release),
            of(Optimization::None),
            rounds,
        )))
    }

    fn build_figures(
        &self,
        source: &SourceFile,
        optimization: Optimization,
    ) -> Result<Built, Error> {
        let compiler = self
            .compiler
            .as_ref()
            .ok_or_else(|| Error::Bug("a build without a compiler".to_owned()))?;
        let request = Request {
            files: BTreeMap::from([(source.path.clone(), source.text.clone().into_bytes())]),
            root: source.path.clone(),
            edition: Edition::E2024,
            // Its author's own code, which asks the kernel.
            unsafe_code: UnsafePolicy::Allow,
            allow_lints: vec!["warnings".to_owned()],
            memory_errors: false,
            harness: None,
        };
        build::build_at(
            &request,
            optimization,
            &compiler.toolchain,
            &compiler.cache,
            &compiler.limits,
        )
    }

    fn run_figures(&self, artifact: &Artifact) -> Result<RawRun, Error> {
        let limits = Limits {
            output: OUTPUT,
            // The stack is what it is here, and may be one of the figures.
            stack: stack_limit(),
            ..limits::DEFAULTS
        };
        let case = Case {
            name: String::new(),
            args: Vec::new(),
            stdin: String::new(),
            env: BTreeMap::new(),
            limits: spec::Limits::default(),
            hidden: false,
            finishes_with: None,
            checks: Vec::new(),
        };
        let once = |level| {
            let scratch = Scratch::new(level)?;
            let mut program = program(level, artifact, &case, limits, &scratch);
            program.traced = false;
            sandbox::run(&program, &mut NoWatcher)
        };
        let run = match self.asked {
            Some(level) => once(level),
            None => sandbox::contained(once),
        }?;
        if run.limit == Some(LimitHit::Interrupted) {
            return Err(Error::Interrupted);
        }
        Ok(run)
    }
}

/// Optimized figures, unoptimized ones, and how often each was measured.
type Medians = (
    BTreeMap<String, crate::lesson::figures::Figure>,
    BTreeMap<String, crate::lesson::figures::Figure>,
    u32,
);

/// What a run printed, if it came to its end.
fn read(run: &RawRun) -> Result<Reading, String> {
    let what = "the program that measures";
    let limit = run.limit.map(|limit| match limit {
        LimitHit::Wall | LimitHit::Cpu => {
            format!(
                "{what} took longer than {} s",
                limits::DEFAULTS.wall.as_secs()
            )
        }
        LimitHit::Memory(_) => format!(
            "{what} took more than {} of memory",
            human_size(limits::DEFAULTS.memory)
        ),
        LimitHit::Output { .. } => format!("{what} printed more than {}", human_size(OUTPUT)),
        LimitHit::Processes => format!("{what} started too many threads"),
        LimitHit::Interrupted => format!("{what} was interrupted"),
    });
    if let Some(reason) = limit {
        return Err(reason);
    }
    let said = String::from_utf8_lossy(&run.stderr.kept);
    let last = said.lines().rfind(|line| {
        // The advice that std gives after a panic says nothing about it.
        !line.trim().is_empty() && !line.starts_with("note: ")
    });
    let said = last.map_or(String::new(), |line| {
        let line: String = line.trim().chars().take(MOST_SAID).collect();
        format!(", and said: {line}")
    });
    match run.end {
        End::Exited(0) => Ok(Reading::of(&run.stdout.kept)),
        End::Exited(code) => Err(format!("{what} ended with status {code}{said}")),
        End::Signaled(signal) => {
            let name = sandbox::signal_name(signal);
            Err(format!("{what} was ended by {name}{said}"))
        }
    }
}

/// The soft limit of this process's own stack, which its programs inherit.
fn stack_limit() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        // What is not limited has no number.
        getrlimit(Resource::Stack).current.unwrap_or(u64::MAX)
    }
    #[cfg(not(unix))]
    limits::DEFAULTS.stack
}

/// Processor and system, for people.
fn machine() -> String {
    let cpu = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
    let brand = System::new_with_specifics(cpu)
        .ok()
        .and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
    let brand = brand.unwrap_or_default();
    let brand = ["(R)", "(TM)", "(tm)"]
        .iter()
        .fold(brand, |brand, sign| brand.replace(sign, ""));
    let kernel = System::kernel_version().unwrap_or_default();
    let system = format!(
        "{} {kernel} ({})",
        system_name(std::env::consts::OS),
        std::env::consts::ARCH
    );
    let parts = [brand, system];
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

fn system_name(os: &str) -> &str {
    match os {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |age| age.as_secs())
}
