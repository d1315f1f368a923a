//! One builder for every test of the binary: its own home and temporary folder, no color, one shared build cache.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

/// The package's folder, which is also the bundled course's.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The compiler of the learners' programs, and not a proxy: rustup's would look for its toolchains in the home that the tests take
/// away. `MEMGRADE_TEST_RUSTC` names another one than memgrade itself is built with.
pub(crate) fn rustc() -> &'static Path {
    static RUSTC: OnceLock<PathBuf> = OnceLock::new();
    RUSTC.get_or_init(|| {
        let named = std::env::var_os("MEMGRADE_TEST_RUSTC").unwrap_or("rustc".into());
        let output = Command::new(named)
            .args(["--print", "sysroot"])
            .output()
            .unwrap();
        let sysroot = String::from_utf8(output.stdout).unwrap();
        Path::new(sysroot.trim()).join("bin/rustc")
    })
}

/// Every file under a folder, by its path there.
pub(crate) fn read_all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut work = vec![folder.to_owned()];
    while let Some(next) = work.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                work.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.insert(name.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A place of its own for one test: a working directory, a home and a folder for temporary files.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", "home", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    /// The working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The home of whoever runs memgrade.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file below the working directory, with its folders.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A course with one exercise, `hello`: it must print `hello` and allocate one block of 100 bytes.
    pub(crate) fn hello_course(&self) -> &Self {
        self.write("course.toml", COURSE)
            .write("exercises/hello/exercise.toml", HELLO)
            .write("exercises/hello/main.rs", "fn main() {}\n")
            .write("exercises/hello/README.md", "# Hello\n\nSay hello.\n")
            .write("solutions/hello/main.rs", SOLUTION)
    }

    /// The command, ready for more arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("memgrade"));
        command
            .current_dir(self.work())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path().join("home"))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env(
                "MEMGRADE_CACHE",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
            )
            .env("RUSTC", rustc())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .stdin(Stdio::null());
        command
    }

    /// Runs memgrade with these arguments, and sees that nothing of it is left.
    pub(crate) fn memgrade<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Done {
        self.memgrade_with(&[], args)
    }

    /// The same with further variables in the environment.
    pub(crate) fn memgrade_with<I: AsRef<OsStr>>(
        &self,
        environment: &[(&str, &str)],
        args: impl IntoIterator<Item = I>,
    ) -> Done {
        let mut command = self.command();
        command.envs(environment.iter().copied()).args(args);
        let done = Done::of(command);
        self.assert_nothing_left();
        done
    }

    /// No temporary folder outlives the command.
    pub(crate) fn assert_nothing_left(&self) {
        let left = self.left();
        assert!(left.is_empty(), "left behind: {left:?}");
    }

    /// What stands in the folder for temporary files.
    pub(crate) fn left(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder.path().join("tmp"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

const COURSE: &str = "format_version = 1\ntitle = \"A small course\"\nexercises = [\"hello\"]\n";

/// The smallest spec that uses output and heap.
pub(crate) const HELLO: &str = r#"format_version = 1
title = "Say hello"

[starter]
findings = ["output/missing-line"]

[[case]]
name = "plain"

[[case.check]]
name = "says hello"
output = { lines = ["hello"] }
hints = ["println!"]

[[case.check]]
name = "one block"
points = 2
needs = ["says hello"]
heap = { total_blocks = { exactly = 1 } }
hints = ["Vec::with_capacity"]
"#;

/// What passes it.
pub(crate) const SOLUTION: &str =
    "fn main() {\n    let block = vec![7u8; 100];\n    println!(\"hello\");\n    drop(block);\n}\n";

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// No command of the tests takes longer; one that hangs is a failure and not the end of the test run.
const PATIENCE: Duration = Duration::from_hours(1);

impl Done {
    /// Runs the command to its end.
    #[track_caller]
    pub(crate) fn of(command: Command) -> Self {
        let mut command = assert_cmd::Command::from_std(command);
        Self::from_output(command.timeout(PATIENCE).output().unwrap())
    }

    /// What came of a command that was started in another way.
    #[track_caller]
    pub(crate) fn from_output(output: Output) -> Self {
        Self {
            status: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// The exit status is this one, and memgrade itself did not panic.
    #[track_caller]
    pub(crate) fn ends_with(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(
            !self.stderr.contains("this is a bug in memgrade"),
            "{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "{text:?} is not in stdout:\n{}",
            self.stdout
        );
        self
    }

    #[track_caller]
    pub(crate) fn does_not_say(self, text: &str) -> Self {
        assert!(
            !self.stdout.contains(text),
            "{text:?} is in stdout:\n{}",
            self.stdout
        );
        self
    }

    #[track_caller]
    pub(crate) fn complains(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "{text:?} is not in stderr:\n{}",
            self.stderr
        );
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }
}
