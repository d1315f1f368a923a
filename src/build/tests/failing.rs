//! Programs that are not built, and what the learner is told.

use super::*;
use crate::diagnostic::Fault;

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
fn a_compiler_that_takes_too_much_memory_is_stopped() {
    let bench = Bench::new();
    let little = BuildLimits {
        memory: 300 << 20,
        ..BuildLimits::default()
    };
    let source = "static A: [u8; 1_500_000_000] = [1; 1_500_000_000];\nfn main() {\n    println!(\"{}\", A[1]);\n}\n";
    let stopped = failure(bench.limited(&single(source), &little)).finding;
    assert_eq!(stopped.code, "build/memory-limit", "{stopped:?}");
    assert_eq!(
        stopped.message,
        "compiling took more than 300 MiB of memory and was stopped"
    );
    assert_eq!(stopped.fault, Fault::Learner);
}

#[test]
fn a_program_that_grows_beyond_all_limits_on_files_is_too_large() {
    let bench = Bench::new();
    let small = BuildLimits {
        artifact: 8 << 20,
        ..BuildLimits::default()
    };
    let source = "static A: [u8; 100_000_000] = [1; 100_000_000];\nfn main() {\n    println!(\"{}\", A[std::env::args().count()]);\n}\n";
    let large = failure(bench.limited(&single(source), &small));
    assert_eq!(large.finding.code, "build/artifact-too-large", "{large:?}");
}
