//! What authors of exercises get to read.

use super::{Entry, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "spec/invalid",
        "The course is not valid",
        "A spec or checklist of the course cannot be used as it is. Learners lose no points by that. Each problem is listed with its place. \
         `memgrade verify` shows them all at once.",
    ),
    entry(
        "spec/missing-file",
        "A file of the course is missing",
        "An exercise needs its spec, its lesson and its starter, in the places that the course's layout gives them. One of them is not there. \
         The message names its path. `memgrade new` lays out an exercise with all of them.",
    ),
    entry(
        "harness/does-not-compile",
        "The exercise's own program does not compile",
        "This exercise comes with a program that calls the learner's code. The learner's code has all that the exercise asks for, and the program \
         still does not compile: that is its author's to mend, and costs no points. `memgrade verify` shows the compiler's words and the line. Often \
         the program uses something that its interface does not ask for.",
    ),
    entry(
        "spec/harness",
        "The harness and the learner's code get into each other's way",
        "A harness names what it uses of the learner's crate, one by one, so that no other item of the learner's can stand in for one of its own. Its \
         files are not among those that are handed in. The message says which of the two it is.",
    ),
    entry(
        "spec/not-utf8",
        "A file of the course is not text in UTF-8",
        "Specs, lessons and sources of a course are text in UTF-8. This file has bytes that are none. Save it as UTF-8 in your editor.",
    ),
    entry(
        "spec/unreadable",
        "A file of the course cannot be read",
        "The file is there, but it is no regular file, or the system does not let it be read. Links are not followed. Look at its kind and at its \
         permissions.",
    ),
    entry(
        "spec/too-large",
        "A file of the course is too large",
        "Files of a course are bounded in size, and this one is beyond. Perhaps it is not the file that it should be. Large data is better made by \
         the program itself.",
    ),
    entry(
        "spec/invalid-regex",
        "A regular expression of the spec is not valid",
        "A pattern in the spec cannot be read as a regular expression. The note says where in it. In TOML, put patterns between single quotes: between \
         double quotes every backslash must be doubled. Nobody loses points by that.",
    ),
    entry(
        "spec/empty-expectation",
        "A check expects nothing",
        "The check has no expectation, or one without a bound, so any program would pass. Give it exactly one expectation, with at least one bound. \
         Nobody loses points by that.",
    ),
    entry(
        "spec/empty-mark",
        "A mark names no line",
        "A mark is a line, by a pattern or by its number. This one has neither, or the number 0. Lines are numbered from 1, and from -1 backwards.",
    ),
    entry(
        "spec/open-phase",
        "A phase of memory needs a line that ends it",
        "Resident and virtual memory are measured at lines, so their growth needs a line at the end of the phase. This phase is open. Name the line with \
         `to`. For the whole run leave the phase out: then the peak is judged.",
    ),
    entry(
        "spec/check-without-case",
        "A check outside of all cases needs to name them",
        "A check that stands outside of the cases has no run of its own. Only a ratio can stand there, since each of its sides names its case. \
         Move the check into a case.",
    ),
    entry(
        "spec/side-without-case",
        "A side of a ratio names no case",
        "A ratio outside of the cases compares two of them, and each side must say which one it means. Inside a case, a side without a name means that \
         case. Add `case` to the side.",
    ),
    entry(
        "spec/unknown-check",
        "A check needs one that does not exist",
        "Names under `needs` are names of checks in the same case, or `case/check`. There is none with this name. \
         Compare it letter by letter. Nobody loses points by that.",
    ),
    entry(
        "spec/needs-cycle",
        "Checks need each other in a circle",
        "A check that needs another is judged after it. These need each other, so none of them can be first. Take one of the needs away. \
         Nobody loses points by that.",
    ),
    entry(
        "spec/no-claim-group",
        "The pattern of a claim has no group for it",
        "The line of a claim is a pattern with a group named `claim`, which holds the printed number, such as `(?<claim>[0-9.]+ MB)`. For a region it \
         also has a group named `region`. This one has not. Nobody loses points by that.",
    ),
    entry(
        "verify/header",
        "A known-wrong program does not say what is wrong with it",
        "Each known-wrong program begins with comments that say what is misunderstood in it, and which findings it must get. One of them is missing or \
         cannot be read. Without them nothing can be proved. The help of the finding shows the form.",
    ),
    entry(
        "verify/starter",
        "The starter does not fail as the spec says",
        "Learners begin with the starter, so its findings are the first thing that they read. The spec names them, and others were found. Run \
         `memgrade check` on the starter and decide which of the two is right. A starter that passes teaches nothing.",
    ),
    entry(
        "verify/no-starter",
        "The starter was not tried",
        "An exercise is proved with its starter, its solution and known-wrong programs. Here the starter is missing, or nothing came of running it. \
         Put it beside the spec.",
    ),
    entry(
        "verify/no-solution",
        "There is no solution to prove the exercise with",
        "A solution that passes shows that the exercise can be solved within its bounds. It stands under `solutions/`, in a folder with the \
         exercise's name. Here there is none, or nothing came of running it.",
    ),
    entry(
        "verify/solution-fails",
        "The solution does not pass",
        "The course's own solution does not pass a check of the exercise. Either the solution is wrong, or the check asks for what cannot be had. \
         Look at the finding that the solution gets. Learners would get it too.",
    ),
    entry(
        "verify/right-fails",
        "A program that is known to be right does not pass",
        "A course may have further right programs under `tests/right/`, written in another way than the solution. One of them does not pass a check. \
         Learners would lose points for what is no mistake. Give the bound more room, or let the check ask for less.",
    ),
    entry(
        "verify/no-margin",
        "The solution passes by a hair",
        "A bound that the solution only just keeps will fail other right solutions, on other machines or with another compiler. Give the bound room on \
         both sides. A figure that is exact on every run may have an exact bound.",
    ),
    entry(
        "verify/not-repeatable",
        "The solution does not get the same verdict every time",
        "The solution was run more than once, and its verdicts differ. A check that depends on luck must not decide about points. Widen its tolerance, \
         or use a figure that is exact. Heap figures of programs with one thread are.",
    ),
    entry(
        "verify/no-answers",
        "The checklist has no model answers",
        "`memgrade verify` answers the checklist with solutions/answers.toml, beside the course's own solutions, to see that every point can be earned. \
         There is no such file. `memgrade quiz --by-hand --submission solutions` makes one to fill in.",
    ),
    entry(
        "verify/answer-fails",
        "A model answer earns no point",
        "The answer in solutions/answers.toml is not right by the checklist, or a check that is asked for as evidence does not pass for the solution. One of \
         the two is wrong: the answer, or the question. Learners would look for the mistake in vain.",
    ),
    entry(
        "verify/too-few-wrong",
        "There are too few known-wrong programs",
        "Known-wrong programs prove that the checks catch what they are meant to catch. There are too few of them, or too few that print the right output \
         and are caught by their behavior. Write down the misunderstandings that learners really have.",
    ),
    entry(
        "verify/wrong-not-caught",
        "A known-wrong program gets away",
        "The program names a finding that it must get, and did not get it. Either the checks are too loose, or the header names another finding than it should. \
         The notes list what was found instead. A learner with this misunderstanding would pass.",
    ),
    entry(
        "verify/unexpected-finding",
        "A known-wrong program gets a finding that it does not name",
        "Every finding of a known-wrong program must be named in its header, so that a change in the checks is noticed. Add it if it is right. \
         If it confuses more than it helps, let its check need the one that explains the mistake.",
    ),
    entry(
        "verify/wrong-line",
        "A finding points at another line than it should",
        "Lines of a known-wrong program are marked with the finding that must point at them. This finding points elsewhere, or a line without a \
         mark is pointed at. Learners read that line first, so it should be the right one. Move the mark if it is wrong.",
    ),
    entry(
        "verify/output-not-right",
        "A known-wrong program's output is not right",
        "The program says that it prints the right output and is caught by its behavior alone. One of the checks of the output does not pass for it. \
         Correct the program's output, or take the header away.",
    ),
    entry(
        "verify/check-catches-nothing",
        "A check catches nothing",
        "Without this check, every known-wrong program would still be caught. Either no known-wrong program has the misunderstanding that the check is about, \
         or the check is not needed. Write such a program, or take the check away.",
    ),
    entry(
        "verify/no-lesson",
        "The exercise has no lesson",
        "Learners read the lesson before they begin, and it says what the lines of the program should look like. There is none beside the spec, or it is empty. \
         Write it in plain words.",
    ),
    entry(
        "verify/no-hint",
        "A check has no hint",
        "A learner who fails a check can ask for a hint, and the first one is shown with the finding. This check has none. Ask a question that leads to the \
         mistake. Do not give the solution.",
    ),
    entry(
        "verify/figure",
        "A figure of the lesson is not measured",
        "A lesson names figures that are measured on the reader's computer, and the program beside it prints them. The two do not agree: a name is missing \
         in one of them, or a comment in the lesson has not the form `<!-- here: NAME -->text<!-- / -->`. Readers would see the text that its author wrote, \
         and think that nothing can be measured. Compare the names letter by letter.",
    ),
    entry(
        "verify/figures",
        "The program that measures the figures of a lesson does not work",
        "The program beside the lesson does not compile, does not come to its end, or prints lines that are no figures. It is built optimized, and without \
         optimization if the lesson asks for that; it runs in the sandbox, without arguments, for 10 seconds at most. Each line that it prints is \
         `name = value unit`, or `name = ? reason` where something cannot be measured.",
    ),
    entry(
        "verify/minutes",
        "The minutes do not agree",
        "Learners and teachers plan with the minutes. A lesson closes with the sentence `It takes about N minutes.`, with the number that the spec has under \
         `minutes`. The minutes of `course.toml` are at least those of its exercises together. The message says which of these does not hold.",
    ),
];
