//! What is handed in: source, builds, answers, and checks that were not judged.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "check/skipped",
        "The check was not judged",
        "This check rests on something else that did not pass: another check, or a run that ended as it should. Judging it all the same would \
         only say the same thing twice. It earns nothing yet. Look at the finding that it names, and check again.",
    ),
    entry(
        "check/undecided",
        "The check is undecided",
        "This check rests on something that could not be decided here, and that is not the program's fault. Its points are neither earned nor \
         lost. Look at the finding that it names.",
    ),
    entry(
        "build/wrong-interface",
        "The code does not have what the exercise asks for",
        "In this exercise you write functions or types, and a program that comes with the exercise calls them. So their names and types are fixed. \
         One of them is missing, is not public, or takes or gives something else. The finding shows it as it is asked for. Nothing was run.",
    ),
    entry(
        "source/missing",
        "There is nothing handed in for this exercise",
        "An exercise is handed in as `<exercise>/main.rs`, as `<exercise>.rs`, or as a Cargo package `<exercise>/`. None of them was found. \
         Compare the names of the files with the name of the exercise, letter by letter. Is the folder that was handed in the right one?",
    ),
    entry(
        "source/empty",
        "The file is empty",
        "The file is there, but nothing is in it. Perhaps it was not saved, or the wrong one was handed in. Open it and look. `memgrade reset` \
         brings the starter back.",
    ),
    entry(
        "source/not-utf8",
        "The file is not text in UTF-8",
        "Rust source is text in UTF-8, and this file has bytes that are none. Most often an editor saved it in another encoding. Save it as UTF-8. \
         If it is not a text file at all, the wrong file was handed in.",
    ),
    entry(
        "source/unreadable",
        "The file cannot be read",
        "The file is there, but the system does not let it be read. Look at its permissions, and at whether the disk or network folder that it is on \
         can be reached. Nothing was judged. Check again when the file can be opened.",
    ),
    entry(
        "source/not-a-file",
        "This is not a regular file",
        "A link, a folder or a device stands where source is expected. Links are not followed, since they may lead out of what was handed in. Hand in \
         the file itself. Copy its contents if it stands elsewhere.",
    ),
    entry(
        "source/too-large",
        "The file is too large",
        "Source that people write is small, and what is handed in is bounded. This file is beyond that. Perhaps it holds data, or is the built program. \
         Hand in only the source.",
    ),
    entry(
        "source/too-many",
        "There are too many files",
        "What is handed in is bounded in the number and size of its files, and this is beyond. Build folders such as `target` are the common reason. Hand in \
         only source that you wrote.",
    ),
    entry(
        "source/too-deep",
        "The source nests too deep",
        "The rules of an exercise are looked up in the structure of the source, and this one is nested deeper than is looked into. Nobody writes such \
         source by hand. Rules that cannot be looked up do not count as kept. Use fewer parentheses, blocks or modules inside one another.",
    ),
    entry(
        "source/two-forms",
        "The exercise was handed in twice",
        "There is a folder and a single file for the same exercise. The folder is taken, and the file is not looked at. Hand in one of them. \
         If the file is the newer one, it belongs into the folder.",
    ),
    entry(
        "source/manifest",
        "The package's description is not valid",
        "A Cargo package is described by its Cargo.toml, and this one cannot be read as such. The marked line says where. A package needs a name, \
         and its source in `src/main.rs`. For a single file no Cargo.toml is needed.",
    ),
    entry(
        "source/not-supported",
        "This part of a package is not supported",
        "The package uses something that memgrade does not build, such as dependencies or a build script. The exercises need the standard library \
         only. Leave it out, or hand in single files.",
    ),
    entry(
        "source/not-checked",
        "The rules about the source could not be looked up",
        "This exercise has rules about what the source may use, and looking them up failed on this machine. That is not the program's fault, \
         so its points are neither earned nor lost. Check again. If it stays like this, please report it.",
    ),
    entry(
        "source/unsafe",
        "Unsafe code is not allowed here",
        "In unsafe code a program can do to memory what it likes, to what measures it as well. This exercise can be solved without, so `unsafe` and \
         attributes that change how a program is linked are refused before anything runs. An exercise whose rules are broken earns no points. \
         The marked lines are where it is used.",
    ),
    entry(
        "source/missing-item",
        "Something that is asked for is not in the source",
        "The exercise asks for a certain function, type or call, and the source has none that is used. Names are compared exactly, in the \
         structure of the source: one in a comment does not count. An exercise whose rules are broken earns no points. \
         The lesson says what is asked for, and why.",
    ),
    entry(
        "source/forbidden-item",
        "Something is used that is not allowed",
        "The exercise is about doing without a certain function, type or call, and the source uses it. Renaming it in a `use` does not change that. \
         An exercise whose rules are broken earns no points. The marked lines are where it is used; the lesson says why it is not allowed.",
    ),
    entry(
        "build/does-not-compile",
        "The program does not compile",
        "The compiler found something that it cannot accept, and says what and where. Begin with its first message, since others often follow \
         from it. `rustc --explain` and the code in brackets tell more about each. Nothing was run, so nothing else was judged.",
    ),
    entry(
        "build/unsafe-forbidden",
        "Unsafe code is not allowed here",
        "The compiler was told to refuse unsafe code in this exercise, and found some. It can be solved without. The marked line is where it is used, \
         perhaps by way of a macro. Nothing was run.",
    ),
    entry(
        "build/time-limit",
        "Compiling took too long",
        "Building is bounded in time, and the compiler was stopped. A macro or a constant that is computed without an end does that, and so do \
         enormous types. The programs of the lessons compile in a second. If this one should too, check again when the machine is less busy.",
    ),
    entry(
        "build/memory-limit",
        "Compiling took too much memory",
        "Building is bounded in memory, and the compiler was stopped. A large array as a constant, or a macro that makes more and more code, does that. \
         Make such values when the program runs, not when it is compiled.",
    ),
    entry(
        "build/output-limit",
        "The compiler said too much",
        "The compiler's messages are bounded in length, and it went beyond. Thousands of errors mostly have one cause, such as a brace that is \
         missing. Look at the first of them, and build again.",
    ),
    entry(
        "build/artifact-too-large",
        "The program is too large",
        "The program that was built is larger than is allowed. Large arrays with values in them stand in the program file byte by byte. \
         Make such data when the program runs.",
    ),
    entry(
        "build/compiler-crashed",
        "The compiler crashed",
        "The compiler ended in a way that it should not, whatever the source. That costs no points. Check again. If it stays like this, a change in \
         the source may help, and the toolchain on this machine should be looked at with `memgrade doctor`.",
    ),
];
