//! The meter's corpus under other tools: valgrind's memcheck and DHAT, and `LeakSanitizer`. What they say is compared with what memgrade
//! says, per program and figure; docs/oracles.md lists every disagreement with who is right, and why. One that is not in its table fails
//! here, and so does one that is and does not happen any more.
//!
//! The tools see std's own requests too. They are left out by memgrade's rule (the innermost frame that decides), applied to stacks that
//! the tools walked themselves by the unwind tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::meter::{directives, measure, programs};
use super::support::{Place, root, rustc};

/// Blocks and bytes by what they are called.
type Figures = BTreeMap<&'static str, (u64, u64)>;

/// A disagreement: program, tool, figure.
type Row = (String, String, String);

const DEFINITELY: &str = "definitely lost";
const INDIRECTLY: &str = "indirectly lost";
const POSSIBLY: &str = "possibly lost";
const REACHABLE: &str = "still reachable";
const TOTAL: &str = "total";
const AT_EXIT: &str = "at exit";

/// What std requests for itself even when the learner's code is the reason, as docs/measuring.md lists it.
const STDS_OWN: [&str; 12] = [
    "StdoutRaw>>>>>::initialize",
    "StdinRaw>>>>::initialize",
    "stack_overflow::",
    "std::thread::current::init_current",
    "std::thread::main_thread::",
    "thread_local::destructors::",
    "std::backtrace",
    "get_backtrace_style",
    "std::alloc::rust_oom",
    "panic_with_hook",
    "rust_panic",
    "rust_begin_unwind",
];

/// The functions that the tools put in the place of libc's.
const ALLOCATORS: [&str; 6] = [
    "malloc",
    "calloc",
    "realloc",
    "memalign",
    "posix_memalign",
    "aligned_alloc",
];

/// Whether a request counts: its stack, innermost first, as names in the symbol table (or plain ones of inlined functions), each with the
/// file that it is from. The first frames are the allocator's.
fn counts<'a>(frames: impl Iterator<Item = (String, &'a str)>, file: &str) -> bool {
    let asking = frames.skip_while(|(name, _)| ALLOCATORS.contains(&name.as_str()));
    for (depth, (name, from)) in asking.enumerate() {
        let rust = rustc_demangle::try_demangle(&name).ok();
        // The loader and libc ask for themselves, such as for a thread's table of thread-local blocks.
        if depth == 0 && rust.is_none() && Path::new(from).extension() != Some("rs".as_ref()) {
            return false;
        }
        let name = rust.map_or_else(|| name.clone(), |name| format!("{name:#}"));
        if STDS_OWN.iter().any(|own| name.contains(own)) {
            return false;
        }
        // A program's own allocator is asked by somebody, who decides.
        let allocator =
            name.contains(" as core::alloc::global::GlobalAlloc>::") || name.contains("__rust_");
        if from == file && !allocator {
            return true;
        }
    }
    false
}

/// One program, built for a tool.
struct Subject<'a> {
    folder: &'a Path,
    source: &'a Path,
    stdin: String,
}

impl Subject<'_> {
    fn file(&self) -> &str {
        self.source.file_name().unwrap().to_str().unwrap()
    }

    fn build(&self, more: &[&str]) -> PathBuf {
        let program = self.folder.join("program");
        let mut command = Command::new(rustc());
        command
            .args(["--edition=2024", "-Copt-level=0", "-Cdebuginfo=1"])
            .args(["-Csymbol-mangling-version=v0", "-Awarnings"])
            .args(more)
            .arg("-o")
            .arg(&program)
            .arg(self.source)
            .env("RUSTC_BOOTSTRAP", "1");
        assert!(command.status().unwrap().success(), "{}", self.file());
        program
    }

    /// Runs a command to its end; what it wrote on stderr, and its exit code.
    fn run(&self, command: Command) -> (String, Option<i32>) {
        let mut command = assert_cmd::Command::from_std(command);
        let command = command
            .current_dir(self.folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("RUST_BACKTRACE", "0")
            .env("LSAN_OPTIONS", "max_leaks=0:use_unaligned=0")
            .write_stdin(self.stdin.clone())
            .timeout(Duration::from_mins(5));
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (stderr, output.status.code())
    }

    /// memcheck's leak records.
    fn memcheck(&self, program: &Path) -> Figures {
        let report = self.folder.join("memcheck.xml");
        let mut command = Command::new("valgrind");
        command
            .args([
                "--leak-check=full",
                "--show-leak-kinds=all",
                "--leak-resolution=high",
            ])
            .args([
                "--num-callers=200",
                "--demangle=no",
                "--child-silent-after-fork=yes",
                "--xml=yes",
            ])
            .arg(format!("--xml-file={}", report.display()))
            .arg(program);
        self.run(command);
        let report = fs::read_to_string(report).unwrap();
        assert!(
            report.contains("</valgrindoutput>"),
            "{}: memcheck did not finish",
            self.file()
        );
        let names = [DEFINITELY, INDIRECTLY, POSSIBLY, REACHABLE];
        let mut figures: Figures = names.into_iter().map(|name| (name, (0, 0))).collect();
        for record in report.split("<error>").skip(1) {
            let kind = match text(record, "kind") {
                Some("Leak_DefinitelyLost") => DEFINITELY,
                Some("Leak_IndirectlyLost") => INDIRECTLY,
                Some("Leak_PossiblyLost") => POSSIBLY,
                Some("Leak_StillReachable") => REACHABLE,
                _ => continue,
            };
            let frames = record.split("<frame>").skip(1).map(|frame| {
                let name = text(frame, "fn").unwrap_or_default();
                let name = name.replace("&lt;", "<").replace("&gt;", ">");
                (name, text(frame, "file").unwrap_or_default())
            });
            if counts(frames, self.file()) {
                let number = |name| text(record, name).unwrap().parse::<u64>().unwrap();
                let figure = figures.get_mut(kind).unwrap();
                figure.0 += number("leakedblocks");
                figure.1 += direct(record).unwrap_or_else(|| number("leakedbytes"));
            }
        }
        figures
    }

    /// DHAT's allocation points: all that was ever allocated, and what was alive at the end.
    fn dhat(&self, program: &Path) -> Figures {
        let report = self.folder.join("dhat.json");
        let mut command = Command::new("valgrind");
        command
            .args([
                "--tool=dhat",
                "--num-callers=200",
                "--demangle=no",
                "--child-silent-after-fork=yes",
            ])
            .arg(format!("--dhat-out-file={}", report.display()))
            .arg(program);
        self.run(command);
        let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
        let mut figures: Figures = [(TOTAL, (0, 0)), (AT_EXIT, (0, 0))].into();
        for point in report["pps"].as_array().unwrap() {
            let frames = point["fs"].as_array().unwrap().iter().map(|index| {
                let index = usize::try_from(index.as_u64().unwrap()).unwrap();
                // `0x1234: name (file.rs:12)` or `0x1234: name (in /path)`
                let frame = report["ftbl"][index].as_str().unwrap();
                let frame = frame.split_once(": ").map_or(frame, |(_, rest)| rest);
                let (name, place) = frame.rsplit_once(" (").unwrap_or((frame, ""));
                let file = place.rsplit_once(':').map_or("", |(file, _)| file);
                (name.to_owned(), file.rsplit('/').next().unwrap())
            });
            if counts(frames, self.file()) {
                let number = |name: &str| point[name].as_u64().unwrap_or_default();
                let total = figures.get_mut(TOTAL).unwrap();
                total.0 += number("tbk");
                total.1 += number("tb");
                let at_exit = figures.get_mut(AT_EXIT).unwrap();
                at_exit.0 += number("ebk");
                at_exit.1 += number("eb");
            }
        }
        figures
    }

    /// `LeakSanitizer`'s direct and indirect leaks; nothing where the program did not come to its end, for then it does not look.
    fn leak_sanitizer(&self) -> Figures {
        let program = self.build(&["-Cforce-frame-pointers=yes", "-Zsanitizer=leak"]);
        // Without randomisation a number never looks like a pointer on one run and not on the next.
        let mut command = Command::new("setarch");
        command.arg("-R").arg(program);
        let (stderr, code) = self.run(command);
        assert!(
            !stderr.contains("LeakSanitizer has encountered"),
            "{}: {stderr}",
            self.file()
        );
        let Some(_) = code else {
            return Figures::new();
        };
        let mut figures: Figures = [(DEFINITELY, (0, 0)), (INDIRECTLY, (0, 0))].into();
        for line in stderr.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let kind = match words[..] {
                ["Direct", "leak", ..] => DEFINITELY,
                ["Indirect", "leak", ..] => INDIRECTLY,
                _ => continue,
            };
            // `Direct leak of 24 byte(s) in 1 object(s) allocated from:`
            let figure = figures.get_mut(kind).unwrap();
            figure.0 += words[6].parse::<u64>().unwrap();
            figure.1 += words[3].parse::<u64>().unwrap();
        }
        figures
    }
}

/// The bytes that a record of memcheck's is about, where it adds those that follow from them: `64 (32 direct, 32 indirect) bytes in 1
/// blocks are definitely lost`.
fn direct(record: &str) -> Option<u64> {
    let (_, rest) = text(record, "text")?.split_once(" (")?;
    let (bytes, _) = rest.split_once(" direct, ")?;
    bytes.replace(',', "").parse().ok()
}

/// The text of a leaf of valgrind's XML, which holds each on a line.
fn text<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// memgrade's figures in the same words.
fn ours(json: &Value) -> Figures {
    let heap = &json["heap"];
    let amount = |name: &str| {
        let amount = &heap[name];
        let number = |name: &str| amount[name].as_u64();
        number("blocks").zip(number("bytes"))
    };
    [
        (DEFINITELY, amount("definitely_lost")),
        (INDIRECTLY, amount("indirectly_lost")),
        (POSSIBLY, Some((0, 0))),
        (REACHABLE, amount("still_reachable")),
        (TOTAL, amount("total")),
        (AT_EXIT, amount("at_exit")),
    ]
    .into_iter()
    .filter_map(|(name, amount)| Some((name, amount?)))
    .collect()
}

/// The rows of the page's tables: programs that are not compared, and disagreements.
fn declared() -> (BTreeSet<String>, BTreeSet<Row>) {
    let page = fs::read_to_string(root().join("docs/oracles.md")).unwrap();
    let (mut left_out, mut rows) = (BTreeSet::new(), BTreeSet::new());
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let program = cells[0].trim_matches('`').to_owned();
        match cells[..] {
            [_, why] => {
                assert!(why.len() > 20, "{line}: why?");
                left_out.insert(program);
            }
            [_, tool, figures, right, why] => {
                assert!(
                    ["memgrade", "tool", "both", "neither"].contains(&right),
                    "{line}: who?"
                );
                assert!(why.len() > 20, "{line}: why?");
                for figure in figures.split(", ") {
                    rows.insert((program.clone(), tool.to_owned(), figure.to_owned()));
                }
            }
            _ => panic!("cannot read {line}"),
        }
    }
    (left_out, rows)
}

/// What a tool says of a program, by the tool's name.
type Said = Vec<(&'static str, Figures)>;

/// Compares one program with what the tools say of it; every figure that differs.
fn differences(source: &Path, tools: fn(&Subject<'_>) -> Said) -> Vec<(Row, String)> {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(source).unwrap();
    let ours = ours(&measure(&place, source, &text));
    let stdin = directives(&text, "@ stdin:");
    let subject = Subject {
        folder: folder.path(),
        source,
        stdin: stdin
            .first()
            .map_or_else(String::new, |text| text.replace("\\n", "\n")),
    };
    let mut found = Vec::new();
    for (tool, theirs) in tools(&subject) {
        for (figure, theirs) in theirs {
            let ours = ours.get(figure).copied();
            if ours != Some(theirs) {
                let row = (stem(source), tool.to_owned(), figure.to_owned());
                let said = format!("memgrade {ours:?}, {tool} {theirs:?} (blocks, bytes)");
                found.push((row, said));
            }
        }
    }
    found
}

fn stem(source: &Path) -> String {
    source.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Compares the corpus, as many programs at once as there are processors; `names` are the tools whose rows are looked at.
fn compare(names: &[&str], tools: fn(&Subject<'_>) -> Said) {
    let (left_out, declared) = declared();
    let sources: Vec<PathBuf> = programs("meter")
        .into_iter()
        .filter(|source| !left_out.contains(&stem(source)))
        .collect();
    assert!(sources.len() >= 60, "only {} programs", sources.len());
    let next = AtomicUsize::new(0);
    let found = Mutex::new(BTreeMap::new());
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut differences = differences(source, tools);
                    // A word that is there by chance can look like a pointer into a large block: memcheck once called the 16 MiB of
                    // `zeroed_by_hand` possibly lost. What is so is so the second time.
                    if differences.iter().any(|(row, _)| !declared.contains(row)) {
                        let again = self::differences(source, tools);
                        differences.retain(|(row, _)| again.iter().any(|(other, _)| other == row));
                    }
                    found.lock().unwrap().extend(differences);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let mut wrong = String::new();
    for (row, said) in &found {
        if !declared.contains(row) {
            writeln!(wrong, "not in docs/oracles.md: {row:?}: {said}").unwrap();
        }
    }
    for row in declared
        .iter()
        .filter(|row| names.contains(&row.1.as_str()))
    {
        if !found.contains_key(row) {
            writeln!(wrong, "in docs/oracles.md, and does not happen: {row:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
#[ignore = "needs valgrind: .ci/run runs it"]
fn valgrind_says_the_same_or_the_page_says_why() {
    let there = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    assert!(
        there.is_ok_and(|status| status.success()),
        "valgrind is not installed"
    );
    compare(&["memcheck", "dhat"], |subject| {
        let program = subject.build(&["-Cforce-frame-pointers=yes"]);
        vec![
            ("memcheck", subject.memcheck(&program)),
            ("dhat", subject.dhat(&program)),
        ]
    });
}

#[test]
#[ignore = "needs the sanitizer's runtime and ptrace: .ci/run runs it"]
fn leak_sanitizer_says_the_same_or_the_page_says_why() {
    compare(&["lsan"], |subject| {
        vec![("lsan", subject.leak_sanitizer())]
    });
}

/// Runs where the tools do not exist: the page says nothing of programs that are not there.
#[test]
fn the_page_knows_the_corpus() {
    let names: BTreeSet<String> = programs("meter")
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let (left_out, rows) = declared();
    let named = left_out.iter().chain(rows.iter().map(|row| &row.0));
    let missing: Vec<&String> = named.filter(|name| !names.contains(*name)).collect();
    assert!(missing.is_empty(), "no such programs: {missing:?}");
    let tools: BTreeSet<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    assert!(
        tools.is_subset(&["dhat", "lsan", "memcheck"].into()),
        "{tools:?}"
    );
}
