//! Tests that really compile: each program is a few lines, and each folder its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::diagnostic::Fault;
use crate::error::ExitStatus;

const HELLO: &str = "fn main() {\n    println!(\"hello\");\n}\n";

struct Bench {
    folder: tempfile::TempDir,
    cache: Cache,
    toolchain: Toolchain,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(&folder.path().join("cache")).expect("a cache");
        let toolchain = Toolchain::find(&cache).expect("a toolchain");
        Self {
            folder,
            cache,
            toolchain,
        }
    }

    fn build(&self, request: &Request) -> Built {
        self.limited(request, &BuildLimits::default())
    }

    fn limited(&self, request: &Request, limits: &BuildLimits) -> Built {
        build(request, &self.toolchain, &self.cache, limits).expect("no error of ours")
    }

    fn leftovers(&self) -> usize {
        fs::read_dir(self.cache.staging()).expect("staging").count()
    }
}

fn single(source: impl Into<Vec<u8>>) -> Request {
    Request {
        files: [("leak/main.rs".to_owned(), source.into())].into(),
        root: "leak/main.rs".to_owned(),
        edition: Edition::E2024,
        unsafe_code: UnsafePolicy::Forbid,
        allow_lints: Vec::new(),
    }
}

fn program(built: Built) -> Artifact {
    match built {
        Built::Program(artifact) => artifact,
        Built::Failed(failure) => panic!("{failure:?}"),
    }
}

fn failure(built: Built) -> Failure {
    match built {
        Built::Failed(failure) => failure,
        Built::Program(artifact) => panic!("{artifact:?}"),
    }
}

fn stdout(executable: &Path) -> String {
    let output = Command::new(executable).output().expect("started");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_program_of_several_files_is_built_and_shows_the_learners_paths() {
    let bench = Bench::new();
    let mut request = single("mod other;\nfn main() {\n    let unused = 1;\n    other::go();\n}\n");
    let other = "pub fn go() {\n    println!(\"{} {}\", file!(), env!(\"TMPDIR\"));\n}\n";
    request
        .files
        .insert("leak/other.rs".to_owned(), other.into());
    let artifact = program(bench.build(&request));
    assert_eq!(stdout(&artifact.executable), "leak/other.rs ../tmp\n");
    assert!(artifact.wall.is_some());
    assert!(
        artifact.diagnostics.contains("--> leak/main.rs:3:9")
            && artifact
                .diagnostics
                .starts_with("warning: unused variable: `unused`"),
        "{}",
        artifact.diagnostics
    );
    assert!(!artifact.diagnostics.contains('\x1b') && artifact.diagnostics_ansi.contains("\x1b["));
    assert_eq!(bench.leftovers(), 0);

    let quiet = Request {
        allow_lints: vec!["unused_variables".to_owned()],
        ..request
    };
    assert_eq!(program(bench.build(&quiet)).diagnostics, "");
}

#[test]
fn debug_information_names_files_lines_columns_and_inlined_calls() {
    let bench = Bench::new();
    let source = "#[inline(always)]\nfn inner() -> u32 {\n    std::hint::black_box(7)\n}\n\
                  fn outer() -> u32 {\n    inner()\n}\nfn main() {\n    println!(\"{}\", outer());\n}\n";
    let artifact = program(bench.build(&single(source)));
    let loader = addr2line::Loader::new(&artifact.executable).expect("debug information");
    let bytes = fs::read(&artifact.executable).expect("the program");
    for path in [bench.folder.path(), bench.toolchain.sysroot()] {
        let path = path.as_os_str().as_encoded_bytes();
        assert!(
            !bytes.windows(path.len()).any(|window| window == path),
            "no path of this computer is in the program"
        );
    }
    let (mut inner, mut std_is_named) = (None, false);
    // Where the text lies is not known here, so every address at the beginning of the file is asked.
    for address in 0x1000..0x80_000 {
        let mut frames = loader.find_frames(address).expect("readable");
        let mut chain = Vec::new();
        while let Some(frame) = frames.next().expect("readable") {
            let name = frame
                .function
                .and_then(|f| f.demangle().ok().map(String::from));
            let location = frame
                .location
                .and_then(|at| Some((at.file?.to_owned(), at.line?, at.column?)));
            std_is_named |= location
                .as_ref()
                .is_some_and(|at| at.0.starts_with("/rustc/"));
            chain.push((name.unwrap_or_default(), location));
        }
        let at = chain
            .iter()
            .position(|(name, _)| name.starts_with("main") && name.ends_with("::inner"));
        if let Some(at) = at {
            inner = Some(chain.split_off(at));
        }
    }
    let at = |line, column| Some(("leak/main.rs".to_owned(), line, column));
    let inner = inner.expect("the inlined function");
    assert_eq!(inner[0].1, at(3, 5), "{inner:?}");
    assert!(inner[1].0.ends_with("::outer"), "{inner:?}");
    assert_eq!(inner[1].1, at(6, 5), "{inner:?}");
    assert!(std_is_named);
}

#[test]
fn two_staging_folders_give_the_same_bytes() {
    let source =
        "fn main() {\n    let v = vec![1, 2, 3];\n    println!(\"{} {v:?}\", file!());\n}\n";
    let request = single(source);
    let built = [Bench::new(), Bench::new()].map(|bench| {
        let artifact = program(bench.build(&request));
        (artifact.key, fs::read(artifact.executable).expect("bytes"))
    });
    assert_eq!(built[0].0, built[1].0);
    assert!(built[0].1 == built[1].1, "the bytes differ");
}

/// Writes a shell script. A child writes it: what this process has open for writing cannot be started meanwhile, and
/// another test's child may hold it open.
#[cfg(unix)]
fn script(path: &Path, text: &str) {
    let status = Command::new("sh")
        .args([
            "-c",
            "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\"",
            "sh",
            text,
        ])
        .arg(path)
        .status()
        .expect("a shell");
    assert!(status.success());
}

/// A wrapper around the compiler that notes every call in `calls`.
#[cfg(unix)]
fn counting(bench: &Bench) -> (Lookup, impl Fn() -> usize + use<>) {
    let wrapper = bench.folder.path().join("rustc-wrapper");
    let calls = bench.folder.path().join("calls");
    let text = format!(
        "#!/bin/sh
echo call >> {}\nexec {} \"$@\"\n",
        calls.display(),
        bench.toolchain.rustc().display()
    );
    script(&wrapper, &text);
    let lookup = Lookup {
        rustc: Some(wrapper.into()),
        ..Lookup::from_environment()
    };
    let count = move || fs::read_to_string(&calls).map_or(0, |text| text.lines().count());
    (lookup, count)
}

#[cfg(unix)]
#[test]
fn unchanged_source_spawns_no_compiler_and_changed_source_does() {
    let mut bench = Bench::new();
    let (lookup, calls) = counting(&bench);
    bench.toolchain = Toolchain::find_with(&lookup, &bench.cache).expect("a toolchain");
    assert_eq!(calls(), 2, "sysroot and version");
    let request = single(HELLO);
    let first = program(bench.build(&request));
    assert_eq!(calls(), 3);

    // As another process would find it: everything anew but the cache's folder.
    let cache = Cache::at(&bench.folder.path().join("cache")).expect("a cache");
    let toolchain = Toolchain::find_with(&lookup, &cache).expect("a toolchain");
    let limits = BuildLimits::default();
    let second = program(build(&request, &toolchain, &cache, &limits).expect("built"));
    assert_eq!(calls(), 3, "the second check spawns nothing");
    assert_eq!((second.wall, &second.executable), (None, &first.executable));

    let wrong = single("fn main() { nothing() }");
    let broken = failure(bench.build(&wrong));
    assert_eq!(calls(), 4);
    let again = failure(bench.build(&wrong));
    assert_eq!(calls(), 4, "a failure is remembered");
    assert_eq!((again.wall, &again.finding), (None, &broken.finding));

    let edition = Request {
        edition: Edition::E2021,
        ..single(HELLO)
    };
    program(bench.build(&edition));
    let lenient = Request {
        unsafe_code: UnsafePolicy::Allow,
        ..single(HELLO)
    };
    program(bench.build(&lenient));
    assert_eq!(calls(), 6, "edition and policy are part of the address");
}

#[cfg(unix)]
#[test]
fn threads_that_ask_for_the_same_program_compile_it_once() {
    let mut bench = Bench::new();
    let (lookup, calls) = counting(&bench);
    bench.toolchain = Toolchain::find_with(&lookup, &bench.cache).expect("a toolchain");
    let request = single(HELLO);
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| program(bench.build(&request)).key))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(calls(), 3, "two questions, one compilation");
}

#[cfg(unix)]
#[test]
fn a_damaged_program_is_built_again_and_a_moved_one_is_not() {
    use std::os::unix::fs::PermissionsExt;

    let mut bench = Bench::new();
    let (lookup, calls) = counting(&bench);
    bench.toolchain = Toolchain::find_with(&lookup, &bench.cache).expect("a toolchain");
    let request = single(HELLO);
    let artifact = program(bench.build(&request));
    let mode = fs::metadata(&artifact.executable)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o555);

    let bytes = fs::read(&artifact.executable).expect("bytes");
    fs::remove_file(&artifact.executable).expect("removed");
    fs::write(&artifact.executable, &bytes).expect("written");
    program(bench.build(&request));
    assert_eq!(
        calls(),
        3,
        "another file with the same bytes, as in a restored cache"
    );

    let mut flipped = bytes;
    flipped[5000] ^= 1;
    fs::write(&artifact.executable, flipped).expect("written");
    let again = program(bench.build(&request));
    assert_eq!(calls(), 4);
    assert_eq!(stdout(&again.executable), "hello\n");
    assert_eq!(bench.leftovers(), 0);
}

#[test]
fn derived_data_is_computed_once_and_again_when_it_is_damaged() {
    let bench = Bench::new();
    let artifact = program(bench.build(&single(HELLO)));
    let compute = || Ok(b"lines".to_vec());
    let stored = |artifact: &Artifact| {
        artifact.sidecar("lines-v1", || Err(Error::Bug("not computed".to_owned())))
    };
    assert_eq!(
        artifact.sidecar("lines-v1", compute).expect("data"),
        b"lines"
    );
    assert_eq!(stored(&artifact).expect("data"), b"lines");
    let file = artifact.executable.with_file_name("side-lines-v1");
    fs::write(&file, b"short").expect("written");
    assert!(stored(&artifact).is_err(), "damaged data is not returned");
    assert_eq!(
        artifact.sidecar("lines-v1", compute).expect("data"),
        b"lines"
    );
    assert!(artifact.sidecar("../x", compute).is_err());
    let again = program(bench.build(&single(HELLO)));
    assert_eq!(
        (again.wall, stored(&again).expect("data")),
        (None, b"lines".to_vec())
    );
}

/// What a failing source is told.
struct Told {
    code: &'static str,
    message: &'static str,
    /// Line, column, end column.
    place: Option<(u32, u32, u32)>,
}

#[test]
fn sources_that_do_not_compile_are_told_in_a_finding() {
    let told = |code, message, place| Told {
        code,
        message,
        place,
    };
    let deep = |open: &str, close: &str| {
        format!(
            "fn main() {{ let _x = {}1{}; }}",
            open.repeat(20_000),
            close.repeat(20_000)
        )
    };
    let table: Vec<(Vec<u8>, Told)> = vec![
        (
            b"fn main() {\n    let x = ;\n}\n".to_vec(),
            told("build/does-not-compile", "expected expression, found `;`", Some((2, 13, 14))),
        ),
        (
            b"fn main() {\n    let x: u32 = \"a\";\n    let y: u32 = \"b\";\n}\n".to_vec(),
            told("build/does-not-compile", "mismatched types", Some((2, 18, 21))),
        ),
        (
            b"".to_vec(),
            told("build/does-not-compile", "`main` function not found in crate `main`", None),
        ),
        (
            b"fn main() { let s = \"\xff\xfe\"; }".to_vec(),
            told("build/does-not-compile", "couldn't read `leak/main.rs`: stream did not contain valid UTF-8",
                Some((1, 22, 22))),
        ),
        (
            b"mod missing;\nfn main() {}\n".to_vec(),
            told("build/does-not-compile", "file not found for module `missing`", Some((1, 1, 13))),
        ),
        (
            b"#![feature(box_patterns)]\nfn main() {}\n".to_vec(),
            told("build/does-not-compile", "`#![feature]` may not be used on the stable release channel",
                Some((1, 1, 26))),
        ),
        (
            b"fn main() {\n    unsafe { std::hint::unreachable_unchecked() }\n}\n".to_vec(),
            told("build/unsafe-forbidden", "this exercise does not allow `unsafe` code", Some((2, 5, 50))),
        ),
        (
            b"#![allow(unsafe_code)]\nfn main() {\n    unsafe {}\n}\n".to_vec(),
            told("build/unsafe-forbidden", "this exercise does not allow `unsafe` code", Some((1, 10, 21))),
        ),
        (
            b"#[unsafe(no_mangle)]\npub extern \"C\" fn malloc() {}\nfn main() {}\n".to_vec(),
            told("build/unsafe-forbidden", "this exercise does not allow `unsafe` code", Some((1, 1, 21))),
        ),
        (
            b"// \xc3\xa4\n/* \xc3\xa4 */ #[global_allocator]\nstatic A: std::alloc::System = std::alloc::System;\nfn main() {}\n"
                .to_vec(),
            told("build/unsafe-forbidden", "this exercise does not allow `#[global_allocator]`", Some((2, 11, 27))),
        ),
        (
            deep("(", ")").into_bytes(),
            told("build/compiler-crashed", "the compiler could not handle this program", None),
        ),
        (
            deep("!", "").into_bytes(),
            told("build/compiler-crashed", "the compiler could not handle this program", None),
        ),
        (
            b"macro_rules! m { ($($t:tt)*) => { m!($($t)* a) } }\nfn main() { m!(a) }\n".to_vec(),
            told("build/does-not-compile", "recursion limit reached while expanding `m!`", Some((1, 35, 47))),
        ),
    ];
    let bench = Bench::new();
    for (source, told) in table {
        let shown = String::from_utf8_lossy(&source[..source.len().min(60)]).into_owned();
        let failure = failure(bench.build(&single(source)));
        let finding = &failure.finding;
        assert_eq!(finding.code, told.code, "{shown}\n{failure:?}");
        assert!(
            finding.message.starts_with(told.message),
            "{shown}\n{finding:?}"
        );
        assert_eq!(finding.fault, Fault::Learner, "{shown}");
        if let Some((line, column, end_column)) = told.place {
            let place = &finding.primary.as_ref().expect("a place").place;
            assert_eq!(place.file, "leak/main.rs");
            assert_eq!(
                (place.line, place.column, place.end_column),
                (line, Some(column), Some(end_column)),
                "{shown}"
            );
        }
        let folder = bench.folder.path().display().to_string();
        assert!(!format!("{failure:?}").contains(&folder), "{failure:?}");
        assert_eq!(bench.leftovers(), 0);
    }
}

#[test]
fn the_first_error_comes_with_its_help_and_the_number_of_the_others() {
    let bench = Bench::new();
    let source =
        "fn main() {\n    let v = vec![1];\n    let w = v;\n    println!(\"{v:?} {w:?}\");\n}\n";
    let finding = failure(bench.build(&single(source))).finding;
    assert_eq!(finding.message, "borrow of moved value: `v`");
    assert_eq!(
        finding.primary.expect("a place").text,
        "value borrowed here after move"
    );
    let secondary: Vec<_> = finding
        .secondary
        .iter()
        .map(|label| label.place.line)
        .collect();
    assert!(
        secondary.contains(&2) && secondary.contains(&3),
        "{secondary:?}"
    );
    assert_eq!(
        finding.help.as_deref(),
        Some("consider cloning the value if the performance cost is acceptable")
    );
    assert_eq!(
        finding.notes,
        ["`rustc --explain E0382` says more about this error"]
    );

    let source = "fn main() {\n    a();\n    b();\n    c();\n}\n";
    let finding = failure(bench.build(&single(source))).finding;
    assert_eq!(
        finding.notes.last().map(String::as_str),
        Some("and 2 more errors")
    );
}

const ENDLESS: &str = "#![allow(long_running_const_eval)]\nconst X: u64 = {\n    let mut i = 0u64;\n    while i < u64::MAX {\n        i = i.wrapping_add(1) % 7;\n    }\n    i\n};\nfn main() {\n    println!(\"{X}\");\n}\n";

#[test]
fn limits_that_are_hit_are_told_and_not_remembered() {
    let bench = Bench::new();
    let short = BuildLimits {
        wall: Duration::from_millis(1500),
        ..BuildLimits::default()
    };
    let stopped = failure(bench.limited(&single(ENDLESS), &short)).finding;
    assert_eq!(stopped.code, "build/time-limit");
    assert_eq!(
        stopped.message,
        "compiling took longer than 1500 ms and was stopped"
    );

    let flood = (0..200).fold("fn main() {\n".to_owned(), |text, i| {
        format!("{text}    undefined_{i}();\n")
    }) + "}\n";
    let terse = BuildLimits {
        output: 2000,
        ..BuildLimits::default()
    };
    let flooded = failure(bench.limited(&single(flood.clone()), &terse));
    assert_eq!(flooded.finding.code, "build/output-limit");
    assert_eq!(flooded.finding.primary.expect("a place").place.line, 2);
    assert!(
        (100..=2000).contains(&flooded.diagnostics.len()),
        "{}",
        flooded.diagnostics.len()
    );
    let whole = failure(bench.build(&single(flood))).finding;
    assert_eq!(
        whole.code, "build/does-not-compile",
        "another limit, another answer"
    );
    assert_eq!(
        whole.notes.last().map(String::as_str),
        Some("and 199 more errors")
    );

    let small = BuildLimits {
        artifact: 1 << 20,
        ..BuildLimits::default()
    };
    let large = failure(bench.limited(&single(HELLO), &small)).finding;
    assert_eq!(large.code, "build/artifact-too-large");
    program(bench.build(&single(HELLO)));
    let large = failure(bench.limited(&single(HELLO), &small)).finding;
    assert_eq!(
        large.code, "build/artifact-too-large",
        "also when the cache has it"
    );
    assert_eq!(bench.leftovers(), 0);
}

#[test]
fn what_cannot_be_linked_is_the_learners_and_says_what_is_undefined() {
    let bench = Bench::new();
    let request = Request {
        unsafe_code: UnsafePolicy::Allow,
        ..single("unsafe extern \"C\" { fn nowhere(); }\nfn main() { unsafe { nowhere() } }\n")
    };
    let failure = failure(bench.build(&request));
    assert_eq!(failure.finding.code, "build/does-not-compile");
    assert!(
        failure.finding.message.contains("cannot be linked")
            && failure.finding.message.contains("nowhere"),
        "{failure:?}"
    );
    assert!(
        !failure.diagnostics.contains("-Wl,"),
        "{}",
        failure.diagnostics
    );
}

#[test]
fn a_missing_compiler_or_linker_is_the_machines_and_says_what_to_install() {
    let bench = Bench::new();
    let nothing = Lookup {
        path: bench.folder.path().into(),
        ..Lookup::default()
    };
    let no_linker = Lookup {
        rustc: Some(bench.toolchain.rustc().into()),
        ..nothing.clone()
    };
    let no_program = Lookup {
        rustc: Some("/nowhere/rustc".into()),
        ..nothing.clone()
    };
    for (lookup, install) in [
        (nothing, "rustup.rs"),
        (no_linker, "apt install gcc"),
        (no_program, "set RUSTC"),
    ] {
        let error = Toolchain::find_with(&lookup, &bench.cache).expect_err("nothing is there");
        assert_eq!(error.exit_status(), ExitStatus::Machine);
        let Error::Machine { hints, .. } = error else {
            panic!("{error}");
        };
        assert!(hints[0].contains(install), "{hints:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_compiler_that_does_not_work_is_the_machines() {
    let mut bench = Bench::new();
    let broken = bench.folder.path().join("rustc-broken");
    let text = format!(
        "#!/bin/sh\ncase \"$1\" in --print|-vV) exec {} \"$@\";; esac\necho 'libLLVM.so: not found' >&2\nexit 127\n",
        bench.toolchain.rustc().display()
    );
    script(&broken, &text);
    let lookup = Lookup {
        rustc: Some(broken.into()),
        ..Lookup::from_environment()
    };
    bench.toolchain = Toolchain::find_with(&lookup, &bench.cache).expect("it answers");
    let error = build(
        &single(HELLO),
        &bench.toolchain,
        &bench.cache,
        &BuildLimits::default(),
    )
    .expect_err("it does not compile");
    assert_eq!(error.exit_status(), ExitStatus::Machine);
    assert!(
        error.to_string().contains("libLLVM.so: not found"),
        "{error}"
    );
}

#[test]
fn names_that_would_leave_the_folder_or_become_options_are_refused() {
    let bench = Bench::new();
    for name in [
        "../main.rs",
        "/main.rs",
        "a//main.rs",
        "-C.rs",
        "@args.rs",
        "a\0.rs",
    ] {
        let request = Request {
            files: [(name.to_owned(), HELLO.into())].into(),
            root: name.to_owned(),
            ..single(HELLO)
        };
        let refused = build(
            &request,
            &bench.toolchain,
            &bench.cache,
            &BuildLimits::default(),
        );
        assert!(
            matches!(refused, Err(Error::Usage { .. })),
            "{name}: {refused:?}"
        );
    }
}
