"""What `memgrade check` costs a learner: with a fresh cache, for a new source, and for an unchanged one."""

import shutil

from measuring import Machine, Sample, against, compile, environment, median, shown, table, write

# Most milliseconds more than rustc and the program, and than the program alone.
FIRST_MORE, SECOND_MORE = 60, 30

# A course with one small exercise of one case, so that the program runs once on either side.
COURSE = {
    "course.toml": 'format_version = 1\ntitle = "Bench"\nexercises = ["recent"]\n',
    "exercises/recent/exercise.toml": """format_version = 1
title = "Keep the last hundred"

[[case]]
name = "bounded"

[[case.check]]
name = "prints the number kept"
output = { exact = "kept 100\\n" }

[[case.check]]
name = "frees everything"
leak = { none = true }
""",
    "exercises/recent/README.md": "# Keep the last hundred\n",
    "exercises/recent/main.rs": "fn main() {}\n",
}
SUBMISSION = """use std::collections::VecDeque;

fn main() {
    let mut recent = VecDeque::new();
    for number in 0..1000 {
        recent.push_back(format!("number {number}"));
        if recent.len() > 100 {
            recent.pop_front();
        }
    }
    println!("kept {}", recent.len());
}
"""


def checks(first=True, second=True):
    folder = Machine.scratch
    for name, text in COURSE.items():
        write(folder / "course" / name, text)
    source, target = folder / "submission" / "recent" / "main.rs", folder / "bare"
    write(source, SUBMISSION)
    rows = []
    if first:
        rows += [fresh_cache(source, target), new_source(source, target)]
    if second:
        rows.append(unchanged(source, target))
    header = ["check of a small exercise", "against", "bare ms", "memgrade ms", "more, ms", "aim"]
    return table(header, rows, left=2)


def check(cache):
    folder = Machine.scratch
    command = [Machine.memgrade, "check", "--course", folder / "course", "--submission", folder / "submission", "recent"]
    return Sample(command, environment(cache)).passed("memgrade check")


def bare_check(source, target):
    compiling = compile(source, target)
    return compiling.wall + Sample([target]).passed("the bare program").wall


def fresh_cache(source, target):
    """A fresh cache each time, so that finding the compiler is part of it."""
    bare, ours = [], []
    for number in range(Machine.repetitions):
        bare.append(bare_check(source, target))
        cache = Machine.scratch / f"cache-{number}"
        ours.append(check(cache).wall)
        shutil.rmtree(cache, ignore_errors=True)
    return row("first check, fresh cache", "rustc + program", bare, ours, FIRST_MORE)


def new_source(source, target):
    """A source that was never built, with a compiler that was found before: what a learner does all day."""
    cache = Machine.scratch / "cache-changed"
    check(cache)
    bare, ours = [], []
    for number in range(Machine.repetitions):
        write(source, f"{SUBMISSION}// {number}\n")
        bare.append(bare_check(source, target))
        ours.append(check(cache).wall)
    write(source, SUBMISSION)
    return row("first check of a new source", "rustc + program", bare, ours, FIRST_MORE)


def unchanged(source, target):
    cache = Machine.scratch / "cache-second"
    compile(source, target)
    check(cache)
    bare, ours = [], []
    for _ in range(Machine.repetitions):
        bare.append(Sample([target]).passed("the bare program").wall)
        ours.append(check(cache).wall)
    return row("second check, unchanged", "program", bare, ours, SECOND_MORE)


def row(what, than, bare, ours, aim):
    more = median(mine - theirs for theirs, mine in zip(bare, ours))
    return [what, than, shown(median(bare)), shown(median(ours)), against(more, aim, 1), f"{aim}"]
