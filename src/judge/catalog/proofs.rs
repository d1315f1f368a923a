//! What authors get to read about the files of their exercises.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "verify/to-do",
        "A place still waits for its author",
        "`memgrade new` marks every place that an author has to write with `TODO(author)`, and this one is still marked. Write what it asks for, and \
         remove the mark. A `TODO` without `(author)` is for learners, and stays.",
    ),
    entry(
        "verify/dead-link",
        "A link of a lesson leads nowhere",
        "Learners who follow this link find nothing: there is no such file or heading, students do not get it, or it is no address at all. Links are \
         relative to the page that they stand in. Nothing is asked of the web, so a well-written address of it is taken as it stands.",
    ),
    entry(
        "verify/unknown-command",
        "A text names a command that cannot be typed",
        "A command line of memgrade's in a lesson, a hint or a question is read as if it had been typed. This one names a command, an option, an \
         exercise or a code that does not exist. Perhaps the exercise was renamed. Correct the line.",
    ),
    entry(
        "verify/doubled-word",
        "A word stands twice in a row",
        "The same word stands twice with nothing in between, often over the end of a line. It is a slip of the pen in nearly all cases. Code is not \
         looked at. Remove one of the two.",
    ),
    entry(
        "verify/hint-tells",
        "A hint holds a line of the solution",
        "Hints lead to the mistake, and never give the solution: who reads this one has no more to find out. The note shows the line. Lines that \
         learners get in the starter do not count. Ask the question whose answer this line is.",
    ),
    entry(
        "verify/format",
        "A file is not written as rustfmt writes it",
        "Learners read starters, and solutions later on, as examples of how Rust is written. rustfmt would write this one in another way from the marked line on. \
         A `rustfmt.toml` in the course's folder counts. Let rustfmt write the file.",
    ),
    entry(
        "verify/clippy",
        "Clippy or the compiler warns about an author's file",
        "Starters, solutions and what an exercise gives are examples, so the compiler and clippy should have nothing to say about them. The lint's name \
         is in the note. Where a starter needs a warning, name the lint in the spec's `allow_lints`; learners are then not shown it either.",
    ),
    entry(
        "verify/stray-file",
        "Something in the course's folders belongs to nothing",
        "Nothing names this file or folder: neither the spec, nor course.toml, nor a link in the lesson. Editors and build tools leave such files behind. \
         Or it was meant to be listed, and is not. The help says which it probably is.",
    ),
];
