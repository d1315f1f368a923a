//! The folder that one compilation works in: `src` (a copy of the learner's files), `out`, `tmp`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::checking::{ALLOCATOR, LIBRARY};
use super::compile::compiler_limits;
use super::profile::{AuthorsCrate, LIBRARIES, OUTPUT, SOURCES};
use super::{BuildLimits, Cache, Request, Toolchain};
use crate::error::Error;
use crate::observe::Level;
use crate::sandbox::{Input, Program, Scratch, TakeOut, View};
use crate::temporary_files::Folder;

/// Object files and the program lie side by side while it is linked.
const SCRATCH_PER_ARTIFACT: u64 = 4;
/// More files than any small program makes on its way.
const SCRATCH_FILES: u64 = 4096;

/// A program of the toolchain, and what it is called with.
#[derive(Debug)]
pub(super) struct Tool {
    /// The program.
    pub(super) executable: PathBuf,
    /// Its arguments.
    pub(super) args: Vec<OsString>,
    /// Its whole environment.
    pub(super) env: Vec<(OsString, OsString)>,
    /// What it reads.
    pub(super) stdin: Vec<u8>,
    /// A file that it leaves, seen from the staging folder.
    pub(super) output: Option<String>,
}

/// A staging folder; it is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: Folder,
    /// The folder's real path, without symbolic links: what the compiler sees as its working directory.
    real: PathBuf,
}

impl Staging {
    /// Copies the request's files. The folder lies in the cache, so that the finished program is moved and never
    /// copied: a program that this process has open for writing cannot be started ("text file busy"), not even by
    /// another thread.
    pub(super) fn new(cache: &Cache, request: &Request) -> Result<Self, Error> {
        let parent = cache.staging();
        let folder = Folder::new_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        // The real names of Windows (`\\?\C:\…`) are none that a program can start in.
        let real = if cfg!(windows) {
            std::path::absolute(folder.path())
        } else {
            fs::canonicalize(folder.path())
        };
        let real = real.map_err(|source| Error::file("resolve", folder.path(), source))?;
        let staging = Self { folder, real };
        for name in [SOURCES, "out", "tmp"] {
            create_folders(&staging.folder.path().join(name))?;
        }
        for (path, bytes) in &request.files {
            let target = staging.sources().join(path);
            if let Some(parent) = target.parent() {
                create_folders(parent)?;
            }
            fs::write(&target, bytes).map_err(|source| Error::file("write", &target, source))?;
        }
        make_readable(&staging.sources())
            .map_err(|source| Error::file("prepare", staging.sources(), source))?;
        Ok(staging)
    }

    /// The compiler's working directory: paths below it are the learner's own.
    pub(super) fn sources(&self) -> PathBuf {
        self.real.join(SOURCES)
    }

    /// Where the compiler finds this folder at a level: with a root of its own it sees a scratch of its own, which shows the
    /// sources and takes what it writes.
    pub(super) fn seen_at(&self, level: Level) -> PathBuf {
        if level == Level::Full {
            Scratch::own().to_owned()
        } else {
            self.real.clone()
        }
    }

    /// One of the toolchain's programs, contained at a level.
    pub(super) fn program_of(
        &self,
        level: Level,
        toolchain: &Toolchain,
        tool: Tool,
        limits: &BuildLimits,
    ) -> Program {
        let seen = self.seen_at(level);
        let input = |name: &str| Input {
            source: self.real.join(name),
            name: name.into(),
        };
        let mut readable = vec![toolchain.sysroot().to_owned(), toolchain.rustc().to_owned()];
        let linkers = toolchain.linker().and_then(Path::parent);
        readable.extend(linkers.map(Path::to_owned));
        Program {
            executable: tool.executable,
            args: tool.args,
            env: tool.env,
            directory: seen.join(SOURCES),
            stdin: tool.stdin,
            limits: compiler_limits(limits),
            pass_fds: Vec::new(),
            traced: false,
            level,
            view: View {
                readable,
                // What is not there yet cannot be seen: a harness is written only after the learner's crate was compiled.
                inputs: [
                    SOURCES,
                    ALLOCATOR,
                    LIBRARY,
                    LIBRARIES,
                    AuthorsCrate::Given.folder(),
                    AuthorsCrate::Interface.folder(),
                    AuthorsCrate::Program.folder(),
                ]
                .into_iter()
                .filter(|name| self.real.join(name).exists())
                .map(input)
                .collect(),
                folders: ["out", "tmp"].map(PathBuf::from).into(),
                scratch_bytes: limits.artifact.saturating_mul(SCRATCH_PER_ARTIFACT),
                scratch_files: SCRATCH_FILES,
            },
            scratch: seen,
            take_out: tool.output.map(|output| TakeOut {
                to: self.real.join(&output),
                name: output.into(),
                most: limits.artifact,
            }),
        }
    }

    /// Changes the learner's root before it is compiled.
    pub(super) fn replace_root(
        &self,
        request: &Request,
        change: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<(), Error> {
        let path = self.sources().join(&request.root);
        let root = request
            .files
            .get(&request.root)
            .map_or(&[][..], Vec::as_slice);
        fs::write(&path, change(root)).map_err(|source| Error::file("write", &path, source))
    }

    /// Adds a file of the exercise's own.
    pub(super) fn add(&self, own: AuthorsCrate, text: &[u8]) -> Result<(), Error> {
        let folder = self.real.join(own.folder());
        create_folders(&folder)?;
        let file = folder.join(own.file());
        fs::write(&file, text).map_err(|source| Error::file("write", &file, source))?;
        make_readable(&folder).map_err(|source| Error::file("prepare", &folder, source))
    }

    /// Lets the crates that are compiled next see a library that was compiled to `output`.
    pub(super) fn keep(&self, output: &str) -> Result<(), Error> {
        let folder = self.real.join(LIBRARIES);
        create_folders(&folder)?;
        let from = self.real.join(output);
        let name = from.file_name().unwrap_or_default();
        let to = folder.join(name);
        fs::rename(&from, &to).map_err(|source| Error::file("move", &from, source))?;
        make_readable(&folder).map_err(|source| Error::file("prepare", &folder, source))
    }

    /// Where the compiler leaves the program.
    pub(super) fn program(&self) -> PathBuf {
        self.sources().join(OUTPUT)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.real
    }
}

/// Lets everybody read a folder of sources, whatever the umask: the compiler may run as a user of no importance. The folder
/// that it lies in is entered by its owner only.
fn make_readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = path.is_dir();
        let mode = if folder { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        if folder {
            for entry in fs::read_dir(path)? {
                make_readable(&entry?.path())?;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn create_folders(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::file("create", path, source))
}

/// Refuses names that would leave the staging folder or that rustc would take for something else: `-x` is an option,
/// `@x` a file of arguments. Reading a submission has refused most of them before.
pub(super) fn validate(request: &Request) -> Result<(), Error> {
    if !request.files.contains_key(&request.root) {
        return Err(Error::Bug(format!(
            "the root `{}` is not among the files to build",
            request.root
        )));
    }
    let plain = |path: &str| {
        !path.starts_with(['-', '@'])
            && !path.contains(['\0', '\\'])
            && path
                .split('/')
                .all(|part| !matches!(part, "" | "." | "..") && part.len() < 256)
    };
    match request.files.keys().find(|path| !plain(path)) {
        Some(path) => Err(Error::usage(
            format!("a file named `{}` cannot be compiled", path.escape_debug()),
            "rename it: letters, digits, `_` and `-`, not beginning with `-` or `@`",
        )),
        None => Ok(()),
    }
}
