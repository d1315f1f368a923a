"""What grading a class costs: beside the bare compiler and the bare programs, when nothing is new, and with thousands of students."""

import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from measuring import (
    FLAGS,
    MIB,
    ROOT,
    Machine,
    Sample,
    against,
    environment,
    median,
    mib,
    ratio,
    say,
    shown,
    stop,
    table,
    write,
)

try:
    import tomllib
except ImportError:
    tomllib = None

ALLOCATOR = ROOT / "src" / "probe" / "checked_allocator.rs"
# The aims: the class against the floor, seconds of a regrading, and the report of a large class: MiB and seconds.
TIMES, REGRADE_SECONDS, LARGE_MIB, LARGE_SECONDS = 1.15, 3, 300, 60
# Students of each part where --students does not say.
CLASS, REGRADE, LARGE = 200, 1000, 10_000
# So many programs are different where students share them.
DIFFERENT = 20
# The defaults of src/course/limits.rs.
LIMITS = {"cpu": "10 s", "wall": "10 s", "memory": "1 GiB", "stack": "8 MiB"}
UNITS = {"s": 1, "ms": 0.001, "min": 60, "KiB": 1 << 10, "MiB": MIB, "GiB": 1 << 30, "kB": 1e3, "MB": 1e6, "GB": 1e9, "B": 1}


def grading_class(students):
    """A class in which no two programs are the same, against the same compilations and runs with nothing around them."""
    students = students or CLASS
    course = the_course(Machine.scratch / "course")
    floor = Machine.scratch / "floor"
    source = ROOT / "bench" / "floor.rs"
    subprocess.run([Machine.rustc, "--edition=2024", "-O", str(source), "-o", str(floor)], check=True)
    workers = os.cpu_count()
    bare, ours, again = [], [], []
    for number in range(Machine.repetitions):
        say(f"a class of {students}, {number + 1} of {Machine.repetitions}")
        folder = the_class(Machine.scratch / "class", course, students, f"{number}-{time.time_ns()}")
        jobs = write_jobs(course, folder)
        env = {**os.environ, "FLOOR_RUSTC": Machine.rustc}
        turns = [
            lambda: bare.append(Sample([floor, workers, jobs], env).passed("the floor")),
            lambda: ours.append(grade(course, folder, workers)),
        ]
        # Who comes first finds the files in memory or not: in turns.
        for turn in turns if number % 2 == 0 else turns[::-1]:
            turn()
    times = []
    for name in ["wall", "cpu"]:
        pairs = [(getattr(one, name), getattr(other, name)) for one, other in zip(bare, ours)]
        floors, mine = median(first for first, _ in pairs), median(second for _, second in pairs)
        times.append([
            f"{name} time", shown(floors / 1000), shown(mine / 1000), against(ratio(pairs), TIMES, 3), str(TIMES)
        ])
    programs = len(list(folder.glob("*/*/*.rs")))
    text = f"{students} students, {programs} programs, {workers} workers; load of the machine at the end {os.getloadavg()[0]:.1f}."
    return text + "\n\n" + table(["a class without duplicates", "floor s", "`grade` s", "ratio", "aim"], times)


def regrading(students):
    """The same command again, with nothing new."""
    students = students or REGRADE
    course = the_course(Machine.scratch / "course")
    folder = the_class(Machine.scratch / "regrade", course, DIFFERENT, "same")
    copies(folder, students)
    results = Machine.scratch / "regrade-results"
    say(f"{students} students for the first time")
    grade(course, folder, os.cpu_count(), results)
    walls, cpus = [], []
    for _ in range(Machine.repetitions):
        done = grade(course, folder, os.cpu_count(), results)
        if b"nothing is new" not in done.stdout:
            stop(f"something was new:\n{done.stdout.decode(errors='replace')[-2000:]}")
        walls.append(done.wall)
        cpus.append(done.cpu)
    row = [
        f"{students:,} students x {exercises_of(course)} exercises, unchanged",
        against(median(walls) / 1000, REGRADE_SECONDS), shown(median(cpus) / 1000, 2), str(REGRADE_SECONDS),
    ]
    return table(["`grade` again", "wall s", "CPU s", "aim"], [row])


def large(students):
    """A class of thousands who share some programs: what memgrade itself needs, and the time for the report."""
    students = students or LARGE
    course = the_course(Machine.scratch / "small-course", only=["memory_leak"])
    folder = the_class(Machine.scratch / "large", course, DIFFERENT, "large")
    copies(folder, students)
    results = Machine.scratch / "large-results"
    rows = []
    for what, command in [
        ("`grade`, for the first time", grading_command(course, folder, os.cpu_count(), results)),
        ("`report`, from the gradebook", [Machine.memgrade, "report", results, "--course", course]),
        ("`grade` again, unchanged", grading_command(course, folder, os.cpu_count(), results)),
    ]:
        say(f"{students} students: {what}")
        wall, peak = watched(command)
        seconds = LARGE_SECONDS if "report" in what else None
        rows.append([what, against(wall, seconds, 1), str(seconds or ""), against(peak / MIB, LARGE_MIB, 1), str(LARGE_MIB)])
    header = [f"{students:,} students, {DIFFERENT} different programs", "wall s", "aim", "memgrade's own peak MiB", "aim"]
    size = sum(path.stat().st_size for path in results.rglob("*") if path.is_file())
    return table(header, rows) + f"\n\nThe results are {mib(size)} MiB in {sum(1 for _ in results.rglob('*')):,} files."


# The course and the class.

def the_course(target, only=None):
    """A copy of the bundled course without what grades time, for that runs alone. `only` names its exercises."""
    if tomllib is None:
        stop("this part needs Python 3.11")
    shutil.rmtree(target, ignore_errors=True)
    names = only or tomllib.loads((ROOT / "course.toml").read_text())["exercises"]
    for name in names:
        shutil.copytree(ROOT / "exercises" / name, target / "exercises" / name)
        path = target / "exercises" / name / "exercise.toml"
        path.write_text(without_time(path.read_text()))
    if only:
        listed = ", ".join(f'"{name}"' for name in only)
        write(target / "course.toml", f'format_version = 1\ntitle = "Bench"\nexercises = [{listed}]\n')
    else:
        shutil.copy(ROOT / "course.toml", target)
        shutil.copy(ROOT / "exercises" / "checklist.toml", target / "exercises")
        shutil.copytree(ROOT / "exercises" / "predict", target / "exercises" / "predict")
    return target


def without_time(text):
    """Leaves out checks of CPU time, and cases without any other check."""
    head, *cases = re.split(r"(?m)^(?=\[\[case\]\]$)", text)
    kept = []
    for case in cases:
        start, *checks = re.split(r"(?m)^(?=\[\[case\.check\]\]$)", case)
        left = [check for check in checks if '"cpu_time"' not in check]
        if left or not checks:
            kept.append(start + "".join(left))
    return head + "".join(kept)


def exercises_of(course):
    return len(list(course.glob("exercises/*/exercise.toml")))


def variants(exercise):
    """The solution and the known mistakes."""
    solution = next((ROOT / "solutions" / exercise).glob("*.rs"))
    texts = [solution.read_text()]
    for path in sorted((ROOT / "tests" / "wrong" / exercise).glob("*.rs")):
        texts.append(path.read_text())
    return solution.name, texts


def the_class(target, course, students, salt):
    """Solutions and mistakes in turns, each with a comment that nobody else has."""
    shutil.rmtree(target, ignore_errors=True)
    names = sorted(path.parent.name for path in course.glob("exercises/*/exercise.toml"))
    has_answers = (course / "exercises" / "checklist.toml").exists()
    for student in range(students):
        folder = target / f"student{student:05}"
        for place, exercise in enumerate(names):
            file, texts = variants(exercise)
            # Half of all programs are right.
            turn = student + place
            text = texts[0] if turn % 2 == 0 else texts[turn // 2 % len(texts)]
            write(folder / exercise / file, f"{text}// {exercise} of student {student} in {salt}\n")
        if has_answers:
            shutil.copy(ROOT / "solutions" / "answers.toml", folder)
    return target


def copies(folder, students):
    """Further students with the programs of those that are there."""
    first = sorted(folder.iterdir())
    for student in range(len(first), students):
        shutil.copytree(first[student % len(first)], folder / f"student{student:05}")


# memgrade.

def grading_command(course, folder, workers, results):
    return [Machine.memgrade, "grade", folder, "-o", results, "--course", course, "--jobs", workers]


def grade(course, folder, workers, results=None):
    keep = results is not None
    results = results or Machine.scratch / "results"
    sample = Sample(grading_command(course, folder, workers, results), environment(Machine.scratch / "grading-cache"))
    sample.passed("memgrade grade")
    if not keep:
        shutil.rmtree(results)
        shutil.rmtree(Machine.scratch / "grading-cache")
    return sample


def watched(command):
    """Seconds, and the peak of resident bytes of the process alone, as the kernel counted it when it was last looked at."""
    env = environment(Machine.scratch / "grading-cache")
    command = [str(part) for part in command]
    started = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    peak, done = [0], threading.Event()

    def look():
        while not done.wait(0.02):
            try:
                text = Path(f"/proc/{child.pid}/status").read_text()
            except OSError:
                return
            found = re.search(r"VmHWM:\s+(\d+) kB", text)
            if found:
                peak[0] = int(found[1]) * 1024

    watcher = threading.Thread(target=look)
    watcher.start()
    code = child.wait()
    wall = time.monotonic() - started
    done.set()
    watcher.join()
    if code != 0:
        stop(f"{' '.join(command)} ended with {code}")
    return wall, peak[0]


# The floor.

def quantity(text):
    number, unit = re.fullmatch(r"([0-9.]+) ?(\w+)", text).groups()
    return float(number) * UNITS[unit]


def write_jobs(course, folder):
    """The list for bench/floor.rs: what src/build and src/run do for each program of the class."""
    specs = {path.parent.name: tomllib.loads(path.read_text()) for path in course.glob("exercises/*/exercise.toml")}
    lines = []
    for source in sorted(folder.glob("*/*/*.rs")):
        exercise = source.parent.name
        work = Machine.scratch / "floor-work" / source.parent.parent.name / exercise
        work.mkdir(parents=True, exist_ok=True)
        lines.append(["job", work])
        lines += compilations(specs[exercise], course / "exercises" / exercise, source, work)
        for case in specs[exercise].get("case", []):
            # Two more runs look for wrong uses of memory.
            lines += [a_run(case)] * (3 if specs[exercise].get("memory_errors") else 1)
    path = Machine.scratch / "jobs"
    path.write_text("".join("\t".join(map(escaped, line)) + "\n" for line in lines))
    return path


def a_run(case):
    limits = {**LIMITS, **case.get("limits", {})}
    stack = quantity(limits["stack"])
    memory = quantity(limits["heap"]) if "heap" in limits else quantity(limits["memory"])
    cpu, wall = max(1, quantity(limits["cpu"])), max(1, quantity(limits["wall"]))
    numbers = [int(one) for one in (cpu, wall, stack, memory + stack + 256 * MIB)]
    return ["run", *numbers, case.get("stdin", ""), *case.get("args", [])]


def compilations(spec, exercise, source, work):
    """As src/build/profile.rs, harness.rs and checking.rs have them."""
    flags = [flag for flag in FLAGS if "crate-type" not in flag]
    flags += ["--error-format=json", "--json=diagnostic-rendered-ansi", "--diagnostic-width=100"]
    flags.append(f"--edition={spec.get('source', {}).get('edition', '2024')}")
    allowed = [f"-A{lint}" for lint in spec.get("source", {}).get("allow_lints", [])]
    forbidden = [] if spec.get("source", {}).get("unsafe_code") == "allow" else ["-Funsafe_code"]
    own = ["--cap-lints=allow"]
    checker, root, checked = [], source, []
    if spec.get("memory_errors"):
        checker = [["rustc", "--crate-type=rlib", "--edition=2024", "--crate-name=memgrade_allocator", "-Cforce-frame-pointers=yes",
                    "-Cpanic=unwind", "-Copt-level=1", "-o", "libmemgrade_allocator.rlib", ALLOCATOR]]
        checked = ["--extern", "memgrade_allocator=libmemgrade_allocator.rlib"]
    harness = spec.get("harness")
    if not harness:
        return checker + [["rustc", "--crate-type=bin", *flags, "--crate-name=main", *checked, *allowed, *forbidden, "-o", "program", root]]
    lines, libraries = checker, ["--extern", "submission=libsubmission.rlib"]
    given = []
    if "given" in harness:
        lines.append(["rustc", "--crate-type=rlib", *flags, "--crate-name=given", *own, "-o", "libgiven.rlib", exercise / harness["given"]])
        given = ["--extern", "given=libgiven.rlib"]
        libraries += [*given, "-Ldependency=."]
    lines.append(["rustc", "--crate-type=rlib", *flags, "--crate-name=submission", *given, *allowed, *forbidden, "-o", "libsubmission.rlib", root])
    # It names what has to be there, where memgrade's own asks for the types as well.
    names = re.findall(r"(?m)^pub (?:struct|enum|trait|fn|const|static) (\w+)", harness["interface"])
    write(work / "interface.rs", "".join(f"pub use submission::{name};\n" for name in names))
    lines.append(["rustc", "--crate-type=lib", *flags, "--crate-name=interface", *own, "--emit=metadata", *libraries, "-o", "libinterface.rmeta", work / "interface.rs"])
    program = exercise / harness["file"]
    if checked:
        write(work / "harness.rs", program.read_text() + "\nextern crate memgrade_allocator as _;\n")
        program = work / "harness.rs"
    lines.append(["rustc", "--crate-type=bin", *flags, "--crate-name=memgrade_harness", *own, *libraries, *checked, "-o", "program", program])
    return lines


def escaped(field):
    return str(field).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
