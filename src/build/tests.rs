//! Tests that really compile: each program is a few lines, and each folder its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::error::ExitStatus;

mod failing;

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
        memory_errors: false,
        harness: None,
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
        memory_errors: false,
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

/// What [`counting`] counts after two questions to the compiler and so many compilations. In a sandbox the wrapper can tell nobody
/// that it was called; there `wall` alone says that the compiler ran.
#[cfg(unix)]
fn seen(compilations: usize) -> usize {
    let contained = crate::sandbox::level() <= crate::observe::Level::Landlock;
    2 + if contained { 0 } else { compilations }
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
    assert_eq!(calls(), seen(0), "sysroot and version");
    let request = single(HELLO);
    let first = program(bench.build(&request));
    assert!(first.wall.is_some());
    assert_eq!(calls(), seen(1));

    // As another process would find it: everything anew but the cache's folder.
    let cache = Cache::at(&bench.folder.path().join("cache")).expect("a cache");
    let toolchain = Toolchain::find_with(&lookup, &cache).expect("a toolchain");
    let limits = BuildLimits::default();
    let second = program(build(&request, &toolchain, &cache, &limits).expect("built"));
    assert_eq!(calls(), seen(1), "the second check spawns nothing");
    assert_eq!((second.wall, &second.executable), (None, &first.executable));

    let wrong = single("fn main() { nothing() }");
    let broken = failure(bench.build(&wrong));
    assert!(broken.wall.is_some());
    assert_eq!(calls(), seen(2));
    let again = failure(bench.build(&wrong));
    assert_eq!(calls(), seen(2), "a failure is remembered");
    assert_eq!((again.wall, &again.finding), (None, &broken.finding));

    let edition = Request {
        edition: Edition::E2021,
        ..single(HELLO)
    };
    assert!(program(bench.build(&edition)).wall.is_some());
    let lenient = Request {
        unsafe_code: UnsafePolicy::Allow,
        ..single(HELLO)
    };
    assert!(program(bench.build(&lenient)).wall.is_some());
    assert_eq!(
        calls(),
        seen(4),
        "edition and policy are part of the address"
    );
}

#[cfg(unix)]
#[test]
fn threads_that_ask_for_the_same_program_compile_it_once() {
    let mut bench = Bench::new();
    let (lookup, calls) = counting(&bench);
    bench.toolchain = Toolchain::find_with(&lookup, &bench.cache).expect("a toolchain");
    let request = single(HELLO);
    let built: Vec<Artifact> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| program(bench.build(&request))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert!(built.iter().all(|artifact| artifact.key == built[0].key));
    let compiled = built.iter().filter(|artifact| artifact.wall.is_some());
    assert_eq!(compiled.count(), 1);
    assert_eq!(calls(), seen(1), "two questions, one compilation");
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
    assert!(program(bench.build(&request)).wall.is_none());
    assert_eq!(
        calls(),
        seen(1),
        "another file with the same bytes, as in a restored cache"
    );

    let mut flipped = bytes;
    flipped[5000] ^= 1;
    fs::write(&artifact.executable, flipped).expect("written");
    let again = program(bench.build(&request));
    assert!(again.wall.is_some());
    assert_eq!(calls(), seen(2));
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

#[test]
fn a_release_build_is_another_program_and_derived_data_can_be_replaced() {
    let bench = Bench::new();
    let source = "fn main() {\n    println!(\"{}\", cfg!(debug_assertions));\n}\n";
    let at = |optimization| {
        let limits = BuildLimits::default();
        let built = build_at(
            &single(source),
            optimization,
            &bench.toolchain,
            &bench.cache,
            &limits,
        );
        program(built.expect("no error of ours"))
    };
    let (none, release) = (at(Optimization::None), at(Optimization::Release));
    assert_eq!(none.key, program(bench.build(&single(source))).key);
    assert_ne!(none.key, release.key);
    assert_eq!(stdout(&none.executable), "true\n");
    assert_eq!(stdout(&release.executable), "false\n");
    assert_eq!(release.recall("x-v1").expect("a name"), None);
    for data in [b"one", b"two"] {
        release.remember("x-v1", data).expect("a name");
        assert_eq!(release.recall("x-v1").expect("a name"), Some(data.to_vec()));
    }
    assert!(release.remember("X", b"").is_err());
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

/// What is said of a program, as `file:line lint`.
fn lints(bench: &Bench, request: &Request) -> Vec<String> {
    let limits = BuildLimits::default();
    match linted(request, true, &bench.toolchain, &bench.cache, &limits).expect("no error of ours")
    {
        Linted::Said(findings) => findings
            .iter()
            .map(|finding| {
                let place = &finding.primary.as_ref().expect("a place").place;
                format!("{}:{} {}", place.file, place.line, finding.notes.join(" "))
            })
            .collect(),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn clippy_speaks_of_the_learners_crate_and_of_the_exercises_own() {
    let bench = Bench::new();
    assert_eq!(lints(&bench, &single(HELLO)), [""; 0]);
    let useless = "fn main() {\n    let unused = 5;\n    let five: i32 = 5;\n    println!(\"{}\", five as i32);\n}\n";
    assert_eq!(
        lints(&bench, &single(useless)),
        [
            "leak/main.rs:2 the lint is `unused_variables`",
            "leak/main.rs:4 the lint is `clippy::unnecessary_cast`"
        ]
    );
    let allowed = Request {
        allow_lints: vec![
            "unused_variables".to_owned(),
            "clippy::unnecessary_cast".to_owned(),
        ],
        ..single(useless)
    };
    assert_eq!(lints(&bench, &allowed), [""; 0]);
    // One that is an error from the beginning.
    let wrong = single("fn main() {\n    for _ in 5..1 {}\n}\n");
    assert_eq!(
        lints(&bench, &wrong),
        ["leak/main.rs:2 the lint is `clippy::reversed_empty_ranges`"]
    );
    assert_eq!(lints(&bench, &single("fn main( {}")), ["DoesNotCompile"]);
    assert_eq!(
        lints(&bench, &single("fn main() { absent(); }")),
        ["DoesNotCompile"]
    );

    let file = |name: &str, text: &str| SourceFile {
        path: format!("exercises/leak/{name}"),
        text: text.to_owned(),
    };
    let with_harness = |program: &str, given: &str, library: &str| Request {
        files: [("leak/lib.rs".to_owned(), library.into())].into(),
        root: "leak/lib.rs".to_owned(),
        harness: Some(Harness {
            program: file("drive.rs", program),
            given: Some(file("given.rs", given)),
            interface: String::new(),
        }),
        ..single("")
    };
    let given = "pub trait Shape {\n    fn area(&self) -> u64;\n}\n";
    let library = "pub struct Square(pub u64);\n\nimpl given::Shape for Square {\n    fn area(&self) -> u64 {\n        self.0 * self.0\n    }\n}\n";
    let program = "use given::Shape;\nuse submission::Square;\n\nfn main() {\n    println!(\"{}\", Square(3).area());\n}\n";
    assert_eq!(
        lints(&bench, &with_harness(program, given, library)),
        [""; 0]
    );
    let untidy = with_harness(
        &program.replace("Square(3)", "Square(3 + 0)"),
        &given.replace(
            "u64;",
            "u64;\n    fn twice(&self) -> u64 {\n        return 2 * self.area();\n    }",
        ),
        &library.replace("self.0 * self.0", "return self.0 * self.0;"),
    );
    assert_eq!(
        lints(&bench, &untidy),
        [
            "exercises/leak/given.rs:4 the lint is `clippy::needless_return`",
            "leak/lib.rs:5 the lint is `clippy::needless_return`",
            "exercises/leak/drive.rs:5 the lint is `clippy::identity_op`"
        ]
    );
    let limits = BuildLimits::default();
    let learners = linted(&untidy, false, &bench.toolchain, &bench.cache, &limits);
    assert!(matches!(learners, Ok(Linted::Said(said)) if said.len() == 1));
    assert_eq!(bench.leftovers(), 0);
}

#[test]
fn rustfmt_is_asked_with_the_settings_of_the_course_and_no_others() {
    let bench = Bench::new();
    let ask = |text: &str, settings: Option<&str>| {
        let (toolchain, cache) = (&bench.toolchain, &bench.cache);
        formatted(
            text,
            Edition::E2024,
            settings,
            toolchain,
            cache,
            &BuildLimits::default(),
        )
        .expect("no error of ours")
    };
    assert_eq!(ask(HELLO, None), Formatted::Same);
    let other = |line, wanted: &str| Formatted::Other {
        line,
        wanted: Some(wanted.to_owned()),
    };
    let wide = "fn main() {\n  println!(\"hello\");\n}\n";
    assert_eq!(ask(wide, None), other(2, "    println!(\"hello\");"));
    assert_eq!(ask(wide, Some("tab_spaces = 2\n")), Formatted::Same);
    // Modules of other files are none of its business here.
    assert_eq!(ask("mod other;\n\nfn main() {}\n", None), Formatted::Same);
    assert!(matches!(ask("fn main( {", None), Formatted::Refused(_)));
    assert!(matches!(
        ask(HELLO, Some("max_width = \"no\"")),
        Formatted::Refused(_)
    ));
    assert_eq!(bench.leftovers(), 0);
}
