//! What stands at the top of an attack's file.

use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::super::meter::directives;

/// An attack, as its file tells it.
#[derive(Debug)]
pub(super) struct Attack {
    pub(super) path: PathBuf,
    pub(super) source: String,
    pub(super) group: String,
    /// The promise of docs/sandbox.md that it is aimed at, by its key there.
    pub(super) promise: String,
    /// Levels that promise to withstand it.
    pub(super) levels: Vec<String>,
    /// Arguments for the program; `{…}` stands for a canary.
    pub(super) args: Vec<String>,
    pub(super) limits: Vec<String>,
    pub(super) build_limits: Vec<String>,
    pub(super) reached: Option<Reached>,
    pub(super) controls: Vec<Control>,
    pub(super) through: Through,
    /// What is planted in the submission beside the file.
    pub(super) plants: Vec<String>,
    /// What must never be in the output of a sink.
    pub(super) never: Vec<String>,
    /// What else the output must say.
    pub(super) says: Vec<String>,
    /// Figures of the JSON, as in `tests/meter`.
    pub(super) expects: Vec<String>,
}

/// How it is seen that an attack came to what it was after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// The secret stands in something that memgrade wrote.
    Secret,
    /// The program printed `REACHED`.
    Said,
    /// The folder of canaries is not what it was.
    Changed,
    /// Somebody called at a listener.
    Knocked,
    /// The bystander is dead, stopped, slowed down or limited.
    Harmed,
}

/// What the attack goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Through {
    /// `memgrade run --format json`.
    Run,
    /// `memgrade run`, as people read it.
    Xray,
    /// `memgrade check --format …`.
    Check(String),
    /// `memgrade grade` of a class: anna, who does all right, and mallory.
    Grade,
}

/// A run with one defense switched off, in which the attack must come through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Control {
    /// At a level, without a defense, by its name in `src/defense.rs`.
    Without { level: String, defense: String },
    /// At a level, with this limit instead of the attack's own.
    Limit { level: String, limit: String },
    /// The same for a limit of the compiler.
    BuildLimit { level: String, limit: String },
    /// That memgrade found the recording forged shows that the attack came to it.
    Finding,
    /// The figures that are expected can only be seen if the attack did what it wanted to: what it wanted does no harm.
    Figures,
    /// JSON holds the hostile text as it is: it came as far as the report.
    Json,
    /// No attack but an honest program, which must get through.
    Honest,
}

/// The values of one `//@ NAME:`.
fn values<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    directives(source, &format!("@ {name}:"))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Attack {
    pub(super) fn read(path: &Path) -> Self {
        let source = std::fs::read(path).unwrap();
        let source = String::from_utf8(source).unwrap();
        let file = path.display();
        let only = |name: &str| {
            let found = values(&source, name);
            assert!(found.len() <= 1, "{file}: two lines `//@ {name}:`");
            found.first().copied()
        };
        let must =
            |name: &str| only(name).unwrap_or_else(|| panic!("{file} says no `//@ {name}:`"));
        let levels = only("levels").unwrap_or("full landlock limits");
        let owned = |name: &str| {
            values(&source, name)
                .into_iter()
                .map(str::to_owned)
                .collect()
        };
        let attack = Self {
            group: must("group").to_owned(),
            promise: must("promise").to_owned(),
            levels: words(levels),
            args: only("args").map(words).unwrap_or_default(),
            limits: owned("limit"),
            build_limits: owned("build-limit"),
            reached: only("reached").map(|word| match word {
                "secret" => Reached::Secret,
                "said" => Reached::Said,
                "changed" => Reached::Changed,
                "knocked" => Reached::Knocked,
                "harmed" => Reached::Harmed,
                other => panic!("{file}: there is no `reached: {other}`"),
            }),
            controls: values(&source, "control")
                .into_iter()
                .map(|text| Control::read(text).unwrap_or_else(|| panic!("{file}: {text}")))
                .collect(),
            through: match only("through").map(words).as_deref() {
                None => Through::Run,
                Some([one]) if one == "xray" => Through::Xray,
                Some([one]) if one == "grade" => Through::Grade,
                Some([one, format]) if one == "check" => Through::Check(format.clone()),
                Some(other) => panic!("{file}: there is no `through: {other:?}`"),
            },
            plants: owned("plant"),
            never: values(&source, "never").into_iter().map(unescape).collect(),
            says: values(&source, "says").into_iter().map(unescape).collect(),
            expects: directives(&source, "=")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            path: path.to_owned(),
            source,
        };
        assert!(
            attack.source.starts_with("//! "),
            "{file} does not say what it does"
        );
        assert!(!attack.controls.is_empty(), "{file} says no `//@ control:`");
        for control in &attack.controls {
            let proves = match control {
                Control::Finding => attack
                    .expects
                    .iter()
                    .any(|line| line.contains("run/recording-contradicts")),
                Control::Figures => {
                    // A compiler that crashed, or had no memory left, has met what was meant for it.
                    let felled = |line: &String| {
                        line.ends_with("\"build/compiler-crashed\"")
                            || line.ends_with("\"build/memory-limit\"")
                    };
                    match attack.group.as_str() {
                        "cheating" | "hand-in" => !attack.expects.is_empty(),
                        "compiling" => attack.expects.iter().any(felled),
                        _ => false,
                    }
                }
                Control::Json => !attack.never.is_empty(),
                Control::Honest => attack.group == "honest" && !attack.expects.is_empty(),
                _ => attack.reached.is_some(),
            };
            assert!(proves, "{file}: {control:?} proves nothing here");
        }
        attack
    }

    /// Its name, for messages.
    pub(super) fn name(&self) -> String {
        self.path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned()
    }
}

impl Control {
    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(match words.as_slice() {
            [level, "without", defense] => Self::Without {
                level: (*level).to_owned(),
                defense: (*defense).to_owned(),
            },
            [level, "limit", limit] => Self::Limit {
                level: (*level).to_owned(),
                limit: (*limit).to_owned(),
            },
            [level, "build-limit", limit] => Self::BuildLimit {
                level: (*level).to_owned(),
                limit: (*limit).to_owned(),
            },
            ["the", "finding"] => Self::Finding,
            ["the", "figures"] => Self::Figures,
            ["the", "JSON"] => Self::Json,
            ["honest"] => Self::Honest,
            _ => return None,
        })
    }
}

/// Text with `\xNN`, `\u{…}`, `\n`, `\r`, `\t` and `\\`.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (c, length) = match rest.as_bytes()[0] {
            b'n' => ('\n', 1),
            b'r' => ('\r', 1),
            b't' => ('\t', 1),
            b'\\' => ('\\', 1),
            b'x' => (char::from(u8::from_str_radix(&rest[1..3], 16).unwrap()), 3),
            b'u' => {
                let end = rest.find('}').unwrap();
                let number = u32::from_str_radix(&rest[2..end], 16).unwrap();
                (char::from_u32(number).unwrap(), end + 1)
            }
            other => panic!("there is no \\{}", char::from(other)),
        };
        out.push(c);
        rest = &rest[length..];
    }
    out + rest
}

/// What a plant names, with `\xNN` for single bytes: names need not be UTF-8.
pub(super) fn path(text: &str) -> PathBuf {
    let mut bytes = Vec::new();
    for c in unescape(text).chars() {
        match u8::try_from(c) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(c.to_string().bytes()),
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

#[test]
fn escapes_are_read() {
    assert_eq!(
        path(r"a\xff\u{202e}").as_os_str().as_encoded_bytes(),
        b"a\xff\xe2\x80\xae"
    );
    assert_eq!(unescape(r"a\x1b[\u{202e}\\\n"), "a\u{1b}[\u{202e}\\\n");
}
