"""What the sandbox costs: starting a program at each level, whole commands, and compiling."""

import json
import os
import shutil
import subprocess

from measuring import (
    PROGRAMS,
    ROOT,
    Machine,
    Sample,
    against,
    compile,
    environment,
    median,
    ratio,
    say,
    shown,
    stop,
    table,
    text_of,
    write,
)

LEVELS = ["full", "landlock", "limits"]
# Most milliseconds that `full` may add to the start of a program, and most of a compilation's time.
START_MORE = 4
COMPILE_TIMES = 1.08
# Compilations take longer than starts, and vary less.
COMPILE_PART = 5
NAME = "sandbox::tests::cost::starting_a_program"


def containing():
    load = os.getloadavg()[0]
    parts = [f"Load of the machine at the start: {load:.1f}.", starts(), commands(), compilations()]
    return "\n\n".join(parts)


def starts():
    """One process that starts the same program bare, at each level, and with bubblewrap, in turns."""
    say("a contained run inside one process: building the test that measures it")
    program = Machine.scratch / "static"
    compile(PROGRAMS / "hello.rs", program, "-Ctarget-feature=+crt-static")
    env = {
        **environment(Machine.scratch / "cache"),
        "MEMGRADE_COST_PROGRAM": str(program),
        "MEMGRADE_COST_RUNS": str(Machine.repetitions),
    }
    bubblewrap = shutil.which("bwrap")
    if bubblewrap:
        env["MEMGRADE_COST_OTHER"] = "\t".join(bubblewrapped(bubblewrap, program))
    command = ["cargo", "test", "--locked", "--release", "--lib", "--quiet", "--", "--ignored", "--exact", NAME, "--nocapture"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        stop(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    # The harness writes its own words before the first of them.
    lines = [line.split("cost ", 1)[1] for line in done.stdout.splitlines() if "cost {" in line]
    samples = [json.loads(line) for line in lines]
    if len(samples) != Machine.repetitions:
        stop(f"{NAME} printed {len(samples)} lines")
    rows = [start_row("the program alone", "bare", samples)]
    rows += [start_row(f"level `{level}`", level, samples) for level in LEVELS]
    name = f"`{text_of([bubblewrap, '--version'])} --unshare-all`" if bubblewrap else "bubblewrap: not installed"
    rows.append(start_row(name, "other", samples))
    return table(["one run of a static program, inside one process", "ms", "more, ms", "aim"], rows)


def start_row(title, name, samples):
    more = median(sample[name] - sample["bare"] for sample in samples if name in sample)
    aim = START_MORE if name == "full" else None
    added = "" if name == "bare" else against(more, aim)
    return [title, shown(median(sample.get(name) for sample in samples), 2), added, str(aim or "")]


def bubblewrapped(bubblewrap, program):
    """What it takes to see the system's programs, a /proc, a /dev and a folder to write to, as at level `full`."""
    words = [bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr"]
    for name in ["/bin", "/sbin", "/lib", "/lib64"]:
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.exists(name):
            words += ["--ro-bind", name, name]
    words += ["--ro-bind", str(program), "/program", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/scratch"]
    return [*words, "--chdir", "/scratch", "/program"]


def commands():
    """The whole `memgrade run` of a program that is built already."""
    say("whole commands")
    source, target = PROGRAMS / "hello.rs", Machine.scratch / "bare-hello"
    compile(source, target)
    bare, ours = [], {level: [] for level in LEVELS}
    for number in range(Machine.repetitions + 1):
        bare.append(Sample([target]).passed("the bare program").wall)
        for level in LEVELS:
            sample, _ = run_at(level, source)
            ours[level].append(sample)
        if number == 0:
            # It was built, and the level was found.
            bare, ours = [], {level: [] for level in LEVELS}
    rows = [["the program alone", shown(median(bare)), "", ""]]
    for level in LEVELS:
        taken = [sample.wall if sample else None for sample in ours[level]]
        cpu = median(sample.cpu if sample else None for sample in ours[level])
        more = median(mine - theirs for theirs, mine in zip(bare, taken) if mine is not None)
        rows.append([f"level `{level}`", shown(median(taken)), shown(more), shown(cpu)])
    return table(["`memgrade run` of a program that is built", "ms", "more, ms", "CPU ms"], rows)


def run_at(level, source):
    """The command at a level, and its result; nothing where the machine does not give the level."""
    env = {**environment(Machine.scratch / "cache-sandbox"), "MEMGRADE_SANDBOX": level}
    sample = Sample([Machine.memgrade, "run", source, "--format", "json"], env).passed(f"memgrade run at {level}")
    result = json.loads(sample.stdout)
    return (sample, result) if result["sandbox"]["level"] == level else (None, None)


def compilations():
    small = (PROGRAMS / "hello.rs").read_text()
    rows = []
    for title, text in [("small", small), ("medium", medium())]:
        say(f"compiling a {title} file")
        rows += compiled(title, text)
    return table(["compiling", "bare rustc ms", "memgrade's build ms", "more, ms", "ratio", "aim"], rows)


def compiled(title, text):
    """memgrade's build is everything between the request and the program in the cache."""
    source, target = Machine.scratch / "compiled" / "main.rs", Machine.scratch / "compiled-program"
    bare, ours = [], {level: [] for level in LEVELS}
    for number in range(max(Machine.repetitions // COMPILE_PART, 1) + 1):
        # Never built before.
        write(source, f"{text}// {title} {number} bare\n")
        bare.append(compile(source, target).wall)
        for level in LEVELS:
            write(source, f"{text}// {title} {number} {level}\n")
            _, result = run_at(level, source)
            ours[level].append(result["build"]["wall_ms"] if result else None)
        if number == 0:
            bare, ours = [], {level: [] for level in LEVELS}
    rows = []
    for level in LEVELS:
        pairs = [(theirs, mine) for theirs, mine in zip(bare, ours[level]) if mine is not None]
        aim = COMPILE_TIMES if level == "full" else None
        rows.append(
            [
                f"a {title} file ({text.count(chr(10))} lines), level `{level}`",
                shown(median(bare)),
                shown(median(ours[level])),
                shown(median(mine - theirs for theirs, mine in pairs)),
                against(ratio(pairs), aim, 3),
                str(aim or ""),
            ]
        )
    return rows


def medium(types=20):
    """Some three hundred lines of what learners write."""
    parts = ["use std::collections::BTreeMap;\n"]
    for number in range(types):
        parts.append(
            f"""
#[derive(Debug, Clone, PartialEq)]
struct Item{number} {{
    name: String,
    sizes: Vec<u64>,
}}

fn count_{number}(items: &[Item{number}]) -> BTreeMap<String, u64> {{
    let mut counts = BTreeMap::new();
    for item in items {{
        *counts.entry(item.name.clone()).or_default() += item.sizes.iter().sum::<u64>();
    }}
    counts
}}
"""
        )
    calls = "".join(
        f"    let items = vec![Item{number} {{ name: \"{number}\".to_owned(), sizes: vec![{number}, 2] }}; 2];\n"
        f"    println!(\"{{:?}} {{:?}}\", count_{number}(&items), items[0]);\n"
        for number in range(types)
    )
    return "".join(parts) + f"\nfn main() {{\n{calls}}}\n"
