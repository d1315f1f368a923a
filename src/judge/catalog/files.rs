//! What is wrong with a TOML file: with a learner's answers, or with a course's specs.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "answers/syntax",
        "A line of answers.toml cannot be read",
        "The file is TOML: `id = \"answer\"` on a line of its own, text in quotes, lists in brackets. This line is something else, so it and what \
         belongs to it are left out; the other answers count. A quote or a bracket that was not closed is the usual reason.",
    ),
    entry(
        "answers/duplicate-key",
        "A question is answered twice",
        "Two lines of answers.toml have the same key, and nobody can know which of them you mean. Take one of them out.",
    ),
    entry(
        "answers/too-large",
        "An answer is too long",
        "Answers are bounded: the file to a megabyte, a free text to 10,000 characters. What is longer is not read. A few sentences in your own words \
         are what is asked for.",
    ),
    entry(
        "answers/unknown-question",
        "An answer belongs to no question",
        "The key in front of `=` is not the id of a question of this checklist. It may be misspelled, or from another course. `memgrade quiz` shows \
         the questions with their ids.",
    ),
    entry(
        "answers/unknown-key",
        "An answer names something that the question does not have",
        "Choices, orders, pairs and drawings are answered with the short keys that stand before each option. This one is not among them. \
         `memgrade quiz` shows them, and saves you the typing.",
    ),
    entry(
        "answers/wrong-type",
        "An answer has the wrong form",
        "Each kind of question has its form: a key in quotes, a list of keys in brackets, a number with or without a unit, a table of pairs, text. \
         The message shows an example. An answer in another form does not count as one.",
    ),
    entry(
        "answers/duplicate",
        "Something is chosen, placed or drawn twice",
        "In a choice each option stands once, in an order each thing has one place, in a drawing each region and each thing is there once. Take the \
         second one out. The others keep their places.",
    ),
    entry(
        "answers/incomplete",
        "An answer leaves something out",
        "An order, a set of pairs or a drawing counts when everything has its place. The message names what has none yet. This is a reminder: \
         nothing else is affected.",
    ),
    entry(
        "answers/too-many",
        "Several options are chosen where one is right",
        "This question has one answer, and you chose more. Decide on the one that you believe in. You can change it as often as you like until you hand in.",
    ),
    entry(
        "spec/syntax",
        "A line of a spec is no TOML",
        "Text stands in quotes, lists in brackets, a table begins with its name in brackets. The compiler of TOML stumbles at this place; what is \
         really wrong can stand a line above it. What stands below is read as well as it can be, so that you see the other problems too.",
    ),
    entry(
        "spec/duplicate-key",
        "A key stands twice in a table",
        "TOML allows a key once in each table. A second `[[case.check]]` begins a new check; a second `output = …` in the same one does not. Take one of the two out.",
    ),
    entry(
        "spec/unknown-key",
        "A key is not known",
        "The spec has a key that memgrade does not know here: misspelled, in the wrong table, or of a newer version. Nothing is ignored silently, \
         since a check that is not read is a check that never fails. The reference lists every key; editors complete them with the schemas in `schemas/`.",
    ),
    entry(
        "spec/unknown-word",
        "A word is not known",
        "This key takes one of a few words, and this is none of them. The message lists them. One that is nearly right is suggested.",
    ),
    entry(
        "spec/unknown-name",
        "A name leads nowhere",
        "Specs refer to each other by name: a check needs another one, evidence names `exercise/case/check`, an answer names an option. Nothing has this \
         name. Names count letter by letter.",
    ),
    entry(
        "spec/wrong-type",
        "A value has the wrong form",
        "This key takes another kind of value: text in quotes, a number, `true` or `false`, a list, a table. The message says which. Sizes and times are text with a unit. Keys and words stand in quotes.",
    ),
    entry(
        "spec/missing-key",
        "Something that must be said is missing",
        "A table lacks a key without which it means nothing. The message names it. Editors that use the schemas in `schemas/` show such keys while you type. A check without an expectation, say, can never fail.",
    ),
    entry(
        "spec/one-key",
        "Exactly one of several keys belongs here",
        "A check has one expectation, a rule names one item, a question has one kind. Here there is none, or more than one. Make two checks of it \
         where both are meant.",
    ),
    entry(
        "spec/duplicate",
        "A name is given twice",
        "Exercises, cases, checks and questions are known by their names, so within their surroundings these must differ. Rename one of them. Both places are shown. A name may stand again in another exercise.",
    ),
    entry(
        "spec/id",
        "An id has letters that it cannot have",
        "Ids become names of folders, keys and arguments. They hold `a` to `z`, `0` to `9`, `_` and `-`, do not begin with `-`, and are no longer than \
         60 characters. Such a name means the same to every shell, file system and web page.",
    ),
    entry(
        "spec/name",
        "A name cannot be used",
        "Names of cases and checks are shown to learners and put together as `case/check`. They are one line of text, not empty and not too long. Two checks of a case cannot share one.",
    ),
    entry(
        "spec/text",
        "A text cannot be used",
        "Texts for learners are plain: no control characters, and bounded in length. Learners read them in a terminal, in a browser and in the pages of a learning platform. Write what happens and why it matters in a sentence or two.",
    ),
    entry(
        "spec/bounds",
        "Bounds contradict each other",
        "A lower bound lies above an upper one, `exactly` stands beside another bound, a tolerance is negative, or a figure that varies from run to run has \
         no tolerance. No program could pass, or luck would decide. The message says which of these it is.",
    ),
    entry(
        "spec/out-of-range",
        "A number is too large or too small",
        "The number is outside of what memgrade can work with. The message says between what it must lie. Such numbers are mostly slips of a finger or of a unit. Look at its zeros.",
    ),
    entry(
        "spec/points",
        "Points are out of bounds",
        "A check or question gives a whole number of points, and not absurdly many, so that sums stay sums. One point is the default. Use more where a check is worth more of the exercise.",
    ),
    entry(
        "spec/limit",
        "A limit cannot be used",
        "Limits of a run lie within what the sandbox can hold. `memgrade explain limits` lists them with their defaults. Beyond that a limit would never be reached, or no program could start.",
    ),
    entry(
        "spec/unit",
        "A unit is not known",
        "Sizes are written as `64 KiB`, `8 MiB`, `1 GiB` (binary) or `kB`, `MB`, `GB` (decimal), times as `250 ms`, `2 s`, `1 min`. A bare number of bytes is written as `4096 B`. Without a unit nobody knows what is meant.",
    ),
    entry(
        "spec/date",
        "A date, a time zone or a span of time cannot be read",
        "A moment is written with its offset, as in `2026-11-20T23:59+01:00`, or without one beside the key `timezone`. Time zones have names such as \
         `Europe/Stockholm`. Spans of time are written as `15 min`, `12 h` or `7 days`. A date without a time of day would mean its first minute, so the time has to be said.",
    ),
    entry(
        "spec/regex",
        "A regular expression cannot be used",
        "The expression does not parse, is too large, or lacks a group that is asked for. The syntax is that of Rust's `regex` crate: no look-around, no \
         back-references. In TOML write it in single quotes, so that `\\` stays what it is.",
    ),
    entry(
        "spec/claim-group",
        "A claim does not say which part is the number",
        "A claim's expression marks the number that the program prints by a group named `claim`, as `peak (?<claim>\\d+) bytes`. Without it nobody knows which of the numbers on the line is meant. A second group, `region`, holds the word for a region.",
    ),
    entry(
        "spec/path",
        "A path leads out of its folder",
        "Files of an exercise lie in its folder and are named with `/`, relative to it, without `..`. A course is copied from machine to machine. What leads out of it would be another file there, or none.",
    ),
    entry(
        "spec/empty",
        "A list that needs something is empty",
        "Without an exercise, a case, an option or a file there is nothing to do here. The message says which list it is. An empty list is mostly one that was not finished. Fill it in, or take the key out.",
    ),
    entry(
        "spec/no-case",
        "A name of a case is missing",
        "A check outside of a case compares cases, and must name them. Give `case = \"…\"`, or move the check into its case. Both sides of a comparison are needed. The names are those of `[[case]]`.",
    ),
    entry(
        "spec/cycle",
        "Checks need each other in a circle",
        "`needs` says which checks must pass first. Here the way leads back to where it began, so none of them could ever be judged. Take one of the needs out. The message names the checks on the way.",
    ),
    entry(
        "spec/contradiction",
        "Two settings contradict each other",
        "What one key asks for, another one rules out. The message names both. Decide which of them is meant. Take the other one out.",
    ),
    entry(
        "spec/env",
        "An environment variable cannot be set",
        "The environment of a run is fixed so that figures are the same everywhere. Variables that memgrade or the loader use cannot be changed by a case. Others can be set under `[case.env]`. `LD_PRELOAD` is one of them, `RUST_BACKTRACE` another.",
    ),
    entry(
        "spec/lint",
        "The name of a lint cannot be used",
        "`allow_lints` takes names of rustc's lints, as `dead_code` or `clippy::needless_range_loop`. This is none. Look it up with `rustc -W help`.",
    ),
    entry(
        "spec/item-name",
        "A rule names no item",
        "Rules about the source name a function, type, trait, path, method or macro as it stands in Rust, without arguments or generics. `Payment::new` and `std::mem::forget` are such names. The message shows what could not be read.",
    ),
    entry(
        "spec/interface",
        "The interface is no list of Rust items",
        "The interface of a harness is Rust without bodies: `pub fn f(x: u64) -> u64;`, `pub struct S;`, `impl S { pub fn new() -> Self; }`. This part \
         cannot be read as that. Close every bracket, end every signature with a semicolon, and leave bodies out.",
    ),
    entry(
        "spec/format-version",
        "The file is of another version",
        "`format_version` says which rules the file was written by. This memgrade knows version 1. A file of a later version may mean something else by the same words, so it is not guessed at. Install a newer memgrade, or write `1`.",
    ),
    entry(
        "spec/sealed",
        "Something sealed cannot be opened",
        "`memgrade pack` seals right answers and harnesses, so that nobody comes across them. Each seal belongs to its question or its exercise, and \
         cannot be edited or moved. Get the bundle again from your teacher.",
    ),
    entry(
        "spec/prediction",
        "The program of a question did not do what the question needs",
        "A prediction is marked against a run of its program. That did not compile, did not end by itself, or never printed the line that is asked about. This \
         is the course's to mend, and costs no points.",
    ),
];
