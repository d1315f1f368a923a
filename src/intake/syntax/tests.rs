use proptest::prelude::*;

use super::*;

fn rule(text: &str) -> ItemRule {
    toml::from_str(text).unwrap()
}

fn row(finding: &Finding) -> String {
    let places = finding.primary.iter().chain(&finding.secondary);
    let places = places.map(|label| {
        let place = &label.place;
        let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
        let (from, to) = (number(place.column), number(place.end_column));
        format!("{}:{}:{from}..{to}", place.file, place.line)
    });
    let places: Vec<String> = places.collect();
    format!(
        "{} {} [{}]",
        finding.code,
        finding.message,
        places.join(" ")
    )
}

fn findings(files: &[(&str, &str)], rules: Rules<'_>) -> Vec<String> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    held(&files, "main.rs", rules).iter().map(row).collect()
}

/// Places, as `line:from..to`, where a rule is broken in a single file.
fn forbidden(rule_text: &str, source: &str) -> Vec<String> {
    let rules = Rules {
        require: &[],
        forbid: &[rule(rule_text)],
        unsafe_code: UnsafePolicy::Allow,
        quiet: false,
    };
    let files = BTreeMap::from([("main.rs".to_owned(), source.to_owned())]);
    let found = held(&files, "main.rs", rules);
    assert!(found.len() <= 1);
    let labels = found
        .iter()
        .flat_map(|f| f.primary.iter().chain(&f.secondary));
    labels
        .map(|label| {
            let place = &label.place;
            let (from, to) = (place.column.unwrap(), place.end_column.unwrap());
            format!("{}:{from}..{to}", place.line)
        })
        .collect()
}

fn required(rule_text: &str, source: &str) -> Vec<String> {
    let rules = Rules {
        require: &[rule(rule_text)],
        forbid: &[],
        unsafe_code: UnsafePolicy::Allow,
        quiet: false,
    };
    findings(&[("main.rs", source)], rules)
}

fn not_safe(source: &str) -> Vec<String> {
    let rules = Rules {
        require: &[],
        forbid: &[],
        unsafe_code: UnsafePolicy::Forbid,
        quiet: false,
    };
    findings(&[("main.rs", source)], rules)
}

const FORGET: &str = "path = 'std::mem::forget'";

#[test]
fn a_path_is_found_however_it_is_written() {
    for (source, places) in [
        ("fn main() { std::mem::forget(1) }", &["1:13..29"][..]),
        ("fn main() { ::core::mem::forget(1) }", &["1:15..32"]),
        ("use std::mem;\nfn main() { mem::forget(1) }", &["2:13..24"]),
        (
            "use std::mem::{self, swap};\nfn main() { mem::forget(1) }",
            &["2:13..24"],
        ),
        (
            "use std::{mem as m};\nfn main() { m::forget(1) }",
            &["2:13..22"],
        ),
        (
            "use std::mem::forget as f;\nfn main() { f(1) }",
            &["1:5..21", "2:13..14"],
        ),
        ("use std::mem::*;\nfn main() { forget(1) }", &["2:13..19"]),
        (
            "fn main() { use std::mem; { mem::forget(1) } }",
            &["1:29..40"],
        ),
        (
            "mod a { pub use std::mem; }\nfn main() { a::mem::forget(1) }",
            &["2:13..27"],
        ),
        (
            "use std::mem;\nmod a { use super::*; fn f() { mem::forget(1) } }\nfn main() {}",
            &["2:32..43"],
        ),
        (
            "use std::mem;\nmod a { fn f() { super::mem::forget(1) } }\nfn main() {}",
            &["2:18..36"],
        ),
        (
            "extern crate std as s;\nfn main() { s::mem::forget(1) }",
            &["2:13..27"],
        ),
        (
            "fn main() { let f = std::mem::forget::<u8>; f(1) }",
            &["1:21..37"],
        ),
        (
            "fn main() { println!(\"{:?}\", std::mem::forget(1)) }",
            &["1:30..46"],
        ),
        (
            "fn main() { let v = vec![std::mem::forget(1); 2]; }",
            &["1:26..42"],
        ),
        (
            "macro_rules! f { () => { ::std::mem::forget(1) } }\nfn main() { f!() }",
            &["1:28..44"],
        ),
        (
            "fn main() { std::thread::spawn(|| std::mem::forget(1)); }",
            &["1:35..51"],
        ),
        ("fn main() { r#std::mem::forget(1) }", &["1:13..31"]),
    ] {
        assert_eq!(forbidden(FORGET, source), places, "{source}");
    }
}

#[test]
fn other_things_of_the_same_name_are_not_meant() {
    for source in [
        "fn forget(_: u8) {}\nfn main() { forget(1) }",
        "mod mem { pub fn forget(_: u8) {} }\nfn main() { mem::forget(1) }",
        "// std::mem::forget\nfn main() { println!(\"std::mem::forget\") }",
        "use std::mem;\nfn main() { mem::swap(&mut 1, &mut 2) }",
        "use std::mem::*;\nfn forget(_: u8) {}\nfn main() { forget(1) }",
        "#[cfg(test)]\nmod tests { fn t() { std::mem::forget(1) } }\nfn main() {}",
    ] {
        assert_eq!(forbidden(FORGET, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn members_of_types_are_found_through_the_prelude_aliases_and_qualified_paths() {
    let rule = "path = 'Box::leak'";
    for (source, place) in [
        ("fn main() { Box::leak(Box::new(1)); }", "1:13..22"),
        (
            "fn main() { std::boxed::Box::leak(Box::new(1)); }",
            "1:13..34",
        ),
        (
            "type B = Box<u8>;\nfn main() { B::leak(Box::new(1)); }",
            "2:13..20",
        ),
        ("fn main() { <Box<u8>>::leak(Box::new(1)); }", "1:24..28"),
        (
            "use std::boxed::Box as B;\nfn main() { B::leak(B::new(1)); }",
            "2:13..20",
        ),
    ] {
        assert_eq!(forbidden(rule, source), [place], "{source}");
    }
    let own = "struct Box;\nimpl Box { fn leak() {} }\nfn main() { Box::leak() }";
    assert_eq!(forbidden(rule, own), Vec::<String>::new());
}

#[test]
fn methods_macros_types_and_functions_are_found() {
    assert_eq!(
        forbidden(
            "method = 'leak'",
            "fn main() { vec![1].leak(); Vec::leak(vec![1]); println!(\"{}\", x.leak()) }"
        ),
        ["1:21..25", "1:34..38", "1:66..70"]
    );
    assert_eq!(
        forbidden(
            "macro = 'vec'",
            "use std::vec as v;\nfn main() { vec![1]; v![2]; assert!(std::vec![3].len() == 1) }"
        ),
        ["2:13..16", "2:22..23", "2:37..45"]
    );
    assert_eq!(
        forbidden(
            "type = 'Rc'",
            "use std::rc::Rc;\nfn f(x: Rc<u8>) {}\nfn main() { Rc::new(1); }"
        ),
        ["1:5..16", "2:9..11", "3:13..20"]
    );
    assert_eq!(
        forbidden("type = 'Node'", "struct Node;\nfn main() { let n = Node; }"),
        ["1:8..12", "2:21..25"]
    );
    assert_eq!(
        forbidden(
            "static = 'CACHE'",
            "static CACHE: u8 = 1;\nfn main() { CACHE; }"
        ),
        ["1:8..13", "2:13..18"]
    );
    assert_eq!(
        forbidden(
            "function = 'helper'",
            "fn helper() {}\nfn main() { helper() }"
        ),
        ["1:4..10", "2:13..19"]
    );
}

#[test]
fn recursion_is_found_in_functions_and_methods() {
    let rule = "recursive = 'sum'";
    for source in [
        "fn sum(n: u64) -> u64 { if n == 0 { 0 } else { n + sum(n - 1) } }",
        "fn sum(n: u64) -> u64 { [0].iter().map(|_| sum(n)).sum() }",
        "fn sum(n: u64) -> u64 { assert!(sum(n) > 0); 1 }",
        "struct T; impl T { fn sum(&self) -> u64 { self.sum() } }",
        "struct T; impl T { fn sum(n: u64) -> u64 { Self::sum(n) } }",
        "struct T; impl T { fn sum(n: u64) -> u64 { T::sum(n) } }",
        "mod a { pub struct T; }\nimpl a::T { fn sum(n: u64) -> u64 { Self::sum(n) } }",
        "mod a { pub fn sum(n: u64) -> u64 { self::sum(n) } }",
        "mod a { pub fn sum(n: u64) -> u64 { crate::a::sum(n) } }",
    ] {
        assert_eq!(required(rule, source), Vec::<String>::new(), "{source}");
        assert_eq!(forbidden(rule, source).len(), 1, "{source}");
    }
    for source in [
        "fn sum(n: u64) -> u64 { (1..=n).sum() }",
        "fn sum(n: u64) -> u64 { helper(n) }\nfn helper(n: u64) -> u64 { sum(n) }",
        "fn sum(n: u64) -> u64 { fn sum(n: u64) -> u64 { n } 1 }",
        "fn sum(n: u64) -> u64 { let text = \"sum(n)\"; other::sum(n) }",
    ] {
        assert_eq!(
            required(rule, source),
            ["source/missing-item `sum` does not call itself [main.rs:1:4..7]"],
            "{source}"
        );
        assert_eq!(forbidden(rule, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn what_is_required_must_be_defined_in_the_program() {
    for (rule, source) in [
        ("function = 'factorial'", "fn factorial() {}"),
        (
            "function = 'Payment::new'",
            "struct Payment; impl Payment { fn new() {} }",
        ),
        (
            "function = 'Drop::drop'",
            "trait Drop { fn drop(&self) {} }",
        ),
        ("type = 'Node'", "enum Node {}"),
        ("static = 'LIMIT'", "mod a { const LIMIT: u8 = 1; }"),
        ("trait = 'Shape'", "trait Shape {}"),
        (
            "path = 'Rc::downgrade'",
            "use std::rc::Rc;\nfn main() { Rc::downgrade(&x); }",
        ),
        ("method = 'push'", "fn main() { v.push(1) }"),
        ("macro = 'println'", "fn main() { println!() }"),
    ] {
        assert_eq!(required(rule, source), Vec::<String>::new(), "{source}");
        let other = "fn main() { let text = \"factorial Payment::new drop Node LIMIT Shape\"; }";
        assert_eq!(required(rule, other).len(), 1, "{rule}");
    }
    assert_eq!(
        required("function = 'factorial'", "fn main() {}\nfn factorail() {}"),
        [
            "source/missing-item this exercise asks for a function named `factorial` [main.rs:2:4..13]"
        ]
    );
    assert_eq!(
        required(
            "path = 'std::mem::take'",
            "use std::mem::take;\nfn main() {}"
        ),
        ["source/missing-item this exercise asks for a use of `std::mem::take` []"]
    );
    // What does not compile is the compiler's to tell.
    assert_eq!(
        required("function = 'f'", "fn main( {"),
        Vec::<String>::new()
    );
    let off = "#[cfg(any())]\nfn f() {}\nfn main() {}";
    assert_eq!(required("function = 'f'", off).len(), 1);
}

#[test]
fn modules_are_followed_and_stray_files_do_not_count() {
    fn rules<'a>(require: &'a [ItemRule], forbid: &'a [ItemRule]) -> Rules<'a> {
        Rules {
            require,
            forbid,
            unsafe_code: UnsafePolicy::Allow,
            quiet: false,
        }
    }
    let files = [
        (
            "main.rs",
            "mod a;\nmod b { pub mod c; }\n#[path = \"odd/name.rs\"]\nmod d;\nfn main() {}",
        ),
        ("a.rs", "mod deep;\npub fn in_a() {}"),
        ("a/deep.rs", "fn in_deep() { std::mem::forget(1) }"),
        ("b/c/mod.rs", "fn in_c() {}"),
        ("odd/name.rs", "fn in_d() {}"),
        ("stray.rs", "fn stray() { std::mem::forget(1) }"),
    ];
    for name in ["in_a", "deep::in_deep", "b::c::in_c", "d::in_d"] {
        let rule = [rule(&format!("function = '{name}'"))];
        assert_eq!(
            findings(&files, rules(&rule, &[])),
            Vec::<String>::new(),
            "{name}"
        );
    }
    let stray = [rule("function = 'stray'")];
    assert_eq!(findings(&files, rules(&stray, &[])).len(), 1);
    assert_eq!(
        findings(&files, rules(&[], &[rule(FORGET)])),
        [
            "source/forbidden-item `std::mem::forget` is not allowed in this exercise [a/deep.rs:1:16..32]"
        ]
    );
    // A file that a macro brings is not hidden from what is forbidden.
    let files = [
        (
            "main.rs",
            "macro_rules! bring { ($n:ident) => { mod $n; } }\nbring!(stray);\nfn main() {}",
        ),
        ("stray.rs", "fn stray() { std::mem::forget(1) }"),
    ];
    assert_eq!(findings(&files, rules(&[], &[rule(FORGET)])).len(), 1);
}

#[test]
fn unsafe_is_found_wherever_it_hides() {
    for (source, name, place) in [
        (
            "fn main() {\n    let x = unsafe { 1 };\n}",
            "unsafe",
            "2:13..19",
        ),
        ("unsafe fn f() {}", "unsafe", "1:1..7"),
        ("unsafe impl Send for T {}", "unsafe", "1:1..7"),
        (
            "fn main() { println!(\"{}\", unsafe { f() }) }",
            "unsafe",
            "1:28..34",
        ),
        (
            "macro_rules! m { () => { unsafe { f() } } }",
            "unsafe",
            "1:26..32",
        ),
        (
            "#[no_mangle]\npub fn malloc() {}",
            "#[no_mangle]",
            "1:3..12",
        ),
        (
            "#[cfg_attr(all(), no_mangle)]\nfn f() {}",
            "#[no_mangle]",
            "1:19..28",
        ),
        (
            "#[cfg_attr(unix, cfg_attr(unix, export_name = \"x\"))]\nfn f() {}",
            "#[export_name]",
            "1:33..44",
        ),
        (
            "#[link_section = \".init_array\"]\nstatic X: u8 = 1;",
            "#[link_section]",
            "1:3..15",
        ),
        (
            "#[global_allocator]\nstatic A: u8 = 1;",
            "#[global_allocator]",
            "1:3..19",
        ),
        (
            "#![feature(rustc_private)]\nfn main() {}",
            "#[feature]",
            "1:4..11",
        ),
        ("extern \"C\" {\n    fn f();\n}", "extern", "1:1..7"),
        ("extern {}", "extern", "1:1..7"),
        (
            "use std::arch::global_asm as g;\ng!(\"\");",
            "global_asm!",
            "1:16..26",
        ),
        ("std::arch::asm!(\"\");", "asm!", "1:12..15"),
        ("include!(\"../secret.rs\");", "include!", "1:1..8"),
        ("use std::include as i;\ni!(\"x\");", "include!", "1:10..17"),
    ] {
        assert_eq!(
            not_safe(source),
            [format!(
                "source/unsafe `{name}` is not allowed in this exercise [main.rs:{place}]"
            )],
            "{source}"
        );
    }
    assert_eq!(
        not_safe("#[unsafe(no_mangle)]\nfn f() {}"),
        [
            "source/unsafe `unsafe` is not allowed in this exercise [main.rs:1:3..9]",
            "source/unsafe `#[no_mangle]` is not allowed in this exercise [main.rs:1:10..19]"
        ]
    );
}

#[test]
fn safe_code_is_not_suspected() {
    for source in [
        "// unsafe { }\n/* #[no_mangle] */\nfn main() { println!(\"unsafe extern {{}} asm!\") }",
        "extern crate std as s;\nextern \"C\" fn callback() {}\nfn main() {}",
        "#[derive(Debug)]\n#[cfg(feature = \"link\")]\nstruct S;",
        "fn include() {}\nfn main() { include(); let asm = 1; let link = asm; }",
        "#![allow(unsafe_code)]\nfn main() {}",
    ] {
        assert_eq!(not_safe(source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn why_and_the_number_of_places_are_told() {
    let forbid = [rule(
        "method = 'clone'\nwhy = 'The list must not be copied.'",
    )];
    let rules = Rules {
        require: &[],
        forbid: &forbid,
        unsafe_code: UnsafePolicy::Allow,
        quiet: false,
    };
    let source = format!("fn main() {{ {} }}", "x.clone();\n".repeat(9));
    let files = BTreeMap::from([("main.rs".to_owned(), source)]);
    let found = held(&files, "main.rs", rules);
    assert_eq!(found[0].secondary.len(), 4);
    assert_eq!(
        found[0].notes,
        [
            "there are 9 such places in all",
            "The list must not be copied."
        ]
    );
}

#[test]
fn places_count_characters_and_keep_their_lines_below_a_script_line() {
    let source = "#!/usr/bin/env rust\n/* é */ fn main() { unsafe {} }";
    assert_eq!(
        not_safe(source),
        ["source/unsafe `unsafe` is not allowed in this exercise [main.rs:2:21..27]"]
    );
}

/// Every shape that makes a parser recurse, as deep as the bound lets it be and far deeper.
#[test]
fn deep_source_neither_overflows_the_stack_nor_escapes_the_rules() {
    let forbid = [rule(FORGET)];
    let shapes: [(&str, &str, &str, usize); 14] = [
        ("(", "1", ")", 1),
        ("[", "1", "]", 1),
        ("{", "1", "}", 1),
        ("!", "x", "", 1),
        ("-", "x", "", 1),
        ("&", "x", "", 1),
        ("*", "x", "", 1),
        ("1+", "1", "", 2),
        ("", "x", ".y()", 4),
        ("", "x", "?", 1),
        ("", "x", " as u8", 2),
        ("||", "x", "", 2),
        ("return ", "x", "", 1),
        ("if x {} else ", "{}", "", 4),
    ];
    for (open, core, close, tokens) in shapes {
        let bound = if tokens == 1 && !close.is_empty() && close != "?" {
            150
        } else {
            5900 / tokens
        };
        for (levels, fits) in [(bound, true), (200_000 / tokens, false)] {
            let value = format!("{}{core}{}", open.repeat(levels), close.repeat(levels));
            let source = format!("fn main() {{ std::mem::forget(1); let v = {value}; }}");
            let rules = Rules {
                require: &[],
                forbid: &forbid,
                unsafe_code: UnsafePolicy::Allow,
                quiet: false,
            };
            let found = findings(&[("main.rs", &source)], rules);
            let code = if fits {
                "source/forbidden-item"
            } else {
                "source/too-deep"
            };
            assert_eq!(found.len(), 1, "{open}{core}{close} {levels}: {found:?}");
            assert!(
                found[0].starts_with(code),
                "{open}{core}{close} {levels}: {found:?}"
            );
        }
    }
    let types = [
        ("A<", "u8", ">", 2900),
        ("&", "u8", "", 5800),
        ("fn(", "u8", ")", 150),
        ("*const ", "u8", "", 2900),
    ];
    for (open, core, close, levels) in types {
        let ty = format!("{}{core}{}", open.repeat(levels), close.repeat(levels));
        let source = format!("fn main() {{ std::mem::forget(1) }} type T = {ty};");
        assert_eq!(forbidden(FORGET, &source).len(), 1, "{open}{core}{close}");
    }
}

#[test]
fn long_but_flat_source_is_not_deep() {
    let source = format!(
        "fn main() {{ {} }}\n{}",
        "f(1, 2);".repeat(5000),
        "fn g() { h() }\n".repeat(5000)
    );
    assert_eq!(not_safe(&source), Vec::<String>::new());
    let list = format!("fn main() {{ let v = [{}]; }}", "1, ".repeat(20_000));
    assert_eq!(not_safe(&list), Vec::<String>::new());
}

/// Globs that lead to one another: following all of them to the end would take years.
#[test]
fn names_that_lead_everywhere_are_given_up() {
    let globs: Vec<String> = (0..60).map(|n| format!("use super::m{n}::*;")).collect();
    let globs = globs.concat();
    let module = |n| format!("mod m{n} {{ {globs} fn f() {{ x::y() }} }}");
    let modules: Vec<String> = (0..60).map(module).collect();
    let modules = modules.concat();
    assert_eq!(forbidden(FORGET, &modules), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_source_makes_it_panic(
        text in "\\PC*",
        words in proptest::collection::vec("(use|std|::|mem|\\{|\\}|\\(|\\)|fn|mod|;|,|\\*|self|super|crate|as|x|!|#|\\[|\\]|impl|=|macro_rules|unsafe|'a|\"|<|>|\\.|\\$)", 0..60),
    ) {
        let forbid = [rule(FORGET), rule("recursive = 'x'"), rule("type = 'x'")];
        let rules = Rules { require: &forbid, forbid: &forbid, unsafe_code: UnsafePolicy::Forbid, quiet: false };
        for source in [text, words.join(" "), format!("use {};", words.join("")), format!("fn x() {{ m!({}) }}", words.join(" "))] {
            findings(&[("main.rs", &source), ("x.rs", "mod x;")], rules);
        }
    }
}
