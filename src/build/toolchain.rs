//! Finding the compiler and the linker.
//!
//! The main type is [`Toolchain`]. Asking a compiler who it is costs two processes, and one more behind rustup's
//! proxy, so the answer is remembered in the cache for as long as the files behind it stay the same.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Cache;
use super::stamp::Stamp;
use crate::error::Error;
use crate::temporary_files::{self, Readers};

/// Where rustc is told to look for the linker and what the linker needs, after the folder in which it was found.
const USUAL_FOLDERS: &str = "/usr/local/bin:/usr/bin:/bin";

/// The compiler and the C compiler, by their files' names.
const RUSTC: &str = if cfg!(windows) { "rustc.exe" } else { "rustc" };
const CC: &str = if cfg!(windows) { "gcc.exe" } else { "cc" };

/// How long a compiler may take to say who it is.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What to do when there is no compiler.
const INSTALL_RUST: &str =
    "install Rust with rustup (https://rustup.rs), or set RUSTC to the path of a rustc";

/// What to do when there is no linker.
const INSTALL_CC: &str = "install a C compiler, which Rust links with: `apt install gcc` (Debian, Ubuntu), \
    `dnf install gcc` (Fedora), `xcode-select --install` (macOS)";

/// A compiler and a linker that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    facts: Facts,
    /// `None` where rustc finds its linker by itself, as it does on Windows.
    linker: Option<PathBuf>,
    identity: String,
}

/// What a compiler says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Facts {
    rustc: PathBuf,
    sysroot: PathBuf,
    /// `rustc -vV`.
    version: String,
}

/// What finding a compiler depends on: environment variables, read once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// `RUSTC`: a path, or a name that is looked up in `path`.
    pub rustc: Option<OsString>,
    /// `PATH`.
    pub path: OsString,
    /// `RUSTUP_TOOLCHAIN`.
    pub rustup_toolchain: Option<OsString>,
    /// `RUSTUP_HOME`.
    pub rustup_home: Option<OsString>,
    /// `HOME`.
    pub home: Option<OsString>,
}

impl Lookup {
    /// Reads the environment.
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            rustc: variable("RUSTC"),
            path: variable("PATH").unwrap_or_default(),
            rustup_toolchain: variable("RUSTUP_TOOLCHAIN"),
            rustup_home: variable("RUSTUP_HOME"),
            home: variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }),
        }
    }

    /// The executable file called `name` in `PATH`.
    fn in_path(&self, name: &OsStr) -> Option<PathBuf> {
        std::env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|file| is_executable(file))
    }

    /// The compiler as the user named it, and whether `RUSTC` did.
    fn named(&self) -> Result<(PathBuf, bool), Error> {
        let Some(rustc) = &self.rustc else {
            let found = self.in_path(OsStr::new(RUSTC));
            return found.map(|rustc| (rustc, false)).ok_or_else(|| {
                Error::machine("there is no Rust compiler on this computer", INSTALL_RUST)
            });
        };
        let path = Path::new(rustc);
        let found = if path.components().count() > 1 {
            std::path::absolute(path)
                .ok()
                .filter(|file| is_executable(file))
        } else {
            self.in_path(rustc)
        };
        found.map(|rustc| (rustc, true)).ok_or_else(|| {
            Error::machine(
                format!("RUSTC is set to `{}`, which is no program", path.display()),
                "set RUSTC to the path of a rustc, or unset it",
            )
        })
    }

    /// rustup's own settings: another default toolchain is another compiler.
    fn rustup_settings(&self) -> Option<PathBuf> {
        let home = self.rustup_home.as_ref().map(PathBuf::from);
        let usual = || {
            self.home
                .as_ref()
                .map(|home| Path::new(home).join(".rustup"))
        };
        home.or_else(usual).map(|home| home.join("settings.toml"))
    }
}

/// An answer that was remembered, with all that it rests on.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    /// Files, each as it was then.
    witnesses: Vec<(PathBuf, Option<Stamp>)>,
    facts: Facts,
}

impl Toolchain {
    /// Finds the compiler (`$RUSTC`, else `rustc` in `$PATH`) and the linker (`cc` in `$PATH`).
    ///
    /// Behind rustup's proxy it is the toolchain that `$RUSTUP_TOOLCHAIN` names, else the default one: a
    /// `rust-toolchain.toml` has no say, for one could lie in what a learner handed in.
    ///
    /// # Errors
    ///
    /// [`Error::Machine`] if either is missing or the compiler does not answer; the hint says what to install.
    pub fn find(cache: &Cache) -> Result<Self, Error> {
        Self::find_with(&Lookup::from_environment(), cache)
    }

    /// [`Toolchain::find`] for an environment that is given.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn find_with(lookup: &Lookup, cache: &Cache) -> Result<Self, Error> {
        let (named, explicit) = lookup.named()?;
        let linker = lookup.in_path(OsStr::new(CC));
        if linker.is_none() && !cfg!(windows) {
            return Err(Error::machine(
                "there is no C compiler `cc` on this computer",
                INSTALL_CC,
            ));
        }
        let note = cache.toolchains().join(note_name(lookup, &named, explicit));
        let facts = if let Some(facts) = recall(&note) {
            facts
        } else {
            let facts = ask(lookup, &named, explicit)?;
            remember(&note, cache, lookup, &named, &facts);
            facts
        };
        let identity = identity(&facts, linker.as_deref());
        Ok(Self {
            facts,
            linker,
            identity,
        })
    }

    /// The compiler itself, not a proxy.
    pub fn rustc(&self) -> &Path {
        &self.facts.rustc
    }

    /// Another program of the same toolchain; `None` where that was installed without it. A build with debug assertions takes the
    /// names of some from a variable, for which it then says that they are missing.
    pub fn tool(&self, name: &str) -> Option<PathBuf> {
        #[cfg(debug_assertions)]
        if std::env::var("MEMGRADE_WITHOUT").is_ok_and(|names| names.contains(name)) {
            return None;
        }
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let beside = self.rustc().parent().map(Path::to_owned);
        [Some(self.sysroot().join("bin")), beside]
            .into_iter()
            .flatten()
            .map(|folder| folder.join(&name))
            .find(|file| is_executable(file))
    }

    /// The folder that holds the compiler, its libraries and std.
    pub fn sysroot(&self) -> &Path {
        &self.facts.sysroot
    }

    /// The C compiler that links; `None` where rustc finds its linker by itself, as it does on Windows.
    pub fn linker(&self) -> Option<&Path> {
        self.linker.as_deref()
    }

    /// The release, such as `1.95.0`.
    pub fn release(&self) -> &str {
        self.version_field("release: ")
    }

    /// How it calls itself, such as `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub fn name(&self) -> &str {
        self.facts.version.lines().next().unwrap_or("unknown")
    }

    /// The target that it compiles for, such as `x86_64-unknown-linux-gnu`.
    pub fn host(&self) -> &str {
        self.version_field("host: ")
    }

    /// A hash of all that tells this compiler and linker from another.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The compiler's `PATH`: the linker's folder and the usual ones.
    pub(super) fn linker_path(&self) -> OsString {
        let mut folders: Vec<PathBuf> = Vec::new();
        folders.extend(self.linker().and_then(Path::parent).map(Path::to_owned));
        if cfg!(windows) {
            // Its own libraries, and the system's.
            folders.push(self.facts.sysroot.join("bin"));
            let system = std::env::var_os("SystemRoot").map(PathBuf::from);
            folders.extend(system.map(|system| system.join("System32")));
        } else {
            folders.extend(std::env::split_paths(USUAL_FOLDERS));
        }
        // A folder that was found in PATH has no separator in its name.
        std::env::join_paths(folders).unwrap_or_default()
    }

    fn version_field(&self, name: &str) -> &str {
        let mut lines = self.facts.version.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or("unknown")
    }
}

/// The compiler's version and place, and the linker as it is now.
fn identity(facts: &Facts, linker: Option<&Path>) -> String {
    let parts = serde_json::json!([facts.version, facts.sysroot, linker, linker.map(Stamp::of)]);
    blake3::hash(parts.to_string().as_bytes())
        .to_hex()
        .to_string()
}

/// A file name for the answer to one way of asking.
fn note_name(lookup: &Lookup, named: &Path, explicit: bool) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("memgrade 2026-11 toolchain note 1");
    let settings = lookup.rustup_settings().unwrap_or_default();
    let toolchain = lookup.rustup_toolchain.clone().unwrap_or_default();
    for part in [named.as_os_str(), settings.as_os_str(), &toolchain] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_encoded_bytes());
    }
    hasher.update(&[u8::from(explicit)]);
    format!("{}.json", hasher.finalize().to_hex())
}

fn recall(note: &Path) -> Option<Facts> {
    let remembered: Remembered = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
    let unchanged = remembered
        .witnesses
        .iter()
        .all(|(path, stamp)| Stamp::of(path) == *stamp);
    unchanged.then_some(remembered.facts)
}

/// Remembers an answer. A cache that cannot be written costs time, never the result.
fn remember(note: &Path, cache: &Cache, lookup: &Lookup, named: &Path, facts: &Facts) {
    let mut witnesses = vec![
        named.to_owned(),
        facts.rustc.clone(),
        // An update in place changes the names of the libraries in it.
        facts.sysroot.join("lib"),
    ];
    witnesses.extend(lookup.rustup_settings());
    let remembered = Remembered {
        witnesses: witnesses
            .into_iter()
            .map(|path| (path.clone(), Stamp::of(&path)))
            .collect(),
        facts: facts.clone(),
    };
    if let Ok(json) = serde_json::to_vec(&remembered) {
        temporary_files::write_whole(note, &cache.staging(), &json, Readers::Owner).ok();
    }
}

/// Asks the compiler where it lives and who it is, both at the same time.
fn ask(lookup: &Lookup, named: &Path, explicit: bool) -> Result<Facts, Error> {
    let sysroot = Question::ask(lookup, named, &["--print", "sysroot"])?;
    let version = Question::ask(lookup, named, &["-vV"])?;
    let sysroot = PathBuf::from(sysroot.answer()?.trim_end());
    let version = version.answer()?;
    let direct = sysroot.join("bin").join(RUSTC);
    // A wrapper that the user set on purpose is kept; rustup's proxy costs 10 to 30 ms a call and is not.
    let is_proxy =
        fs::canonicalize(named).is_ok_and(|real| real.file_stem() == Some(OsStr::new("rustup")));
    let rustc = if (is_proxy || !explicit) && is_executable(&direct) {
        direct
    } else {
        named.to_owned()
    };
    Ok(Facts {
        rustc,
        sysroot,
        version,
    })
}

/// A compiler that was asked something and has not answered yet. It is the user's own program, so it runs with the
/// user's rights, from the root folder.
struct Question {
    asked: String,
    child: Child,
}

impl Question {
    fn ask(lookup: &Lookup, rustc: &Path, args: &[&str]) -> Result<Self, Error> {
        let asked = format!("{} {}", rustc.display(), args.join(" "));
        let mut command = Command::new(rustc);
        command
            .args(args)
            .current_dir("/")
            .env_clear()
            .env("PATH", &lookup.path)
            // A toolchain that is missing is told, not downloaded in the middle of a check.
            .env("RUSTUP_AUTO_INSTALL", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(root) = std::env::var_os("SystemRoot").filter(|_| cfg!(windows)) {
            // Windows' own libraries are found by it.
            command.env("SystemRoot", root);
        }
        let inherited = [
            (
                if cfg!(windows) { "USERPROFILE" } else { "HOME" },
                &lookup.home,
            ),
            ("RUSTUP_HOME", &lookup.rustup_home),
            ("RUSTUP_TOOLCHAIN", &lookup.rustup_toolchain),
        ];
        for (name, value) in inherited {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        match command.spawn() {
            Ok(child) => Ok(Self { asked, child }),
            Err(error) => Err(no_answer(&asked, &error.to_string())),
        }
    }

    /// What it prints. An answer is shorter than what a pipe holds, so it is read when the compiler is done.
    fn answer(mut self) -> Result<String, Error> {
        let deadline = Instant::now() + ANSWER_WITHIN;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                _ => return Err(no_answer(&self.asked, "it was stopped after 30 s")),
            }
        };
        let said = self.child.stdout.take().map(read).unwrap_or_default();
        if status.success() && !said.trim().is_empty() {
            return Ok(said);
        }
        let complaint = self.child.stderr.take().map(read).unwrap_or_default();
        Err(no_answer(&self.asked, &complaint))
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        // Both fail for a compiler that has ended, as they should.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn no_answer(asked: &str, said: &str) -> Error {
    let first = said.lines().next().unwrap_or("nothing");
    Error::machine(
        format!("the Rust compiler does not answer `{asked}`: {first}"),
        INSTALL_RUST,
    )
}

fn read(stream: impl Read) -> String {
    let mut text = Vec::new();
    stream.take(1 << 16).read_to_end(&mut text).ok();
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
