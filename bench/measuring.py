"""Running commands and measuring them; compiling; medians and Markdown tables. What all parts of bench/compare share."""

import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "bench" / "programs"
MIB = 1 << 20

# The flags of src/build/profile.rs (a unit test there compares them), without those that only change messages.
FLAGS = """
    --crate-type=bin -Copt-level=0 -Cdebuginfo=1 -Csplit-debuginfo=off -Cforce-frame-pointers=yes -Cpanic=unwind
    -Coverflow-checks=on -Cdebug-assertions=on -Csymbol-mangling-version=v0 -Ccodegen-units=16
""".split()

# Programs and their arguments, in the order of the tables.
RUNS = [
    ("churn", []),
    ("forget", []),
    ("rc_cycle", []),
    ("growing_global", []),
    ("bounded", []),
    ("threads", []),
    ("zeroed", []),
    ("zeroed", ["touch"]),
    ("log_report", []),
    ("hello", []),
]


class Sample:
    """What one command took, its children included: wall and CPU milliseconds, peak resident bytes of the largest
    process; how it ended, and what it printed. `code` is None if it was ended because it took too long."""

    def __init__(self, command, env=None, seconds=None, folder=None):
        report = Machine.scratch / "spawned.json"
        report.unlink(missing_ok=True)
        command = [str(Machine.spawn), str(report), *(str(part) for part in command)]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=folder, start_new_session=True
            )
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            out.seek(0)
            err.seek(0)
            self.stdout, self.stderr = out.read(), err.read()
        self.wall = self.cpu = self.peak = self.code = None
        if report.exists():
            told = json.loads(report.read_text())
            self.wall, self.cpu, self.peak = told["wall"], told["cpu"], told["peak"]
            self.code = os.waitstatus_to_exitcode(told["status"])
        elif child.returncode != -signal.SIGKILL:
            stop(f"{command[2]} could not be started: {self.stderr.decode(errors='replace')}")

    def passed(self, what):
        if self.code != 0:
            text = (self.stderr or self.stdout).decode(errors="replace")[-2000:]
            stop(f"{what} ended with {self.code}:\n{text}")
        return self


class Machine:
    """What every part needs to know: set up once by bench/compare."""

    memgrade = None
    rustc = None
    repetitions = 0
    scratch = None
    spawn = None

    @classmethod
    def prepare(cls, options, scratch):
        cls.memgrade, cls.rustc = options.memgrade, options.rustc
        cls.scratch, cls.spawn = scratch, scratch / "spawn"
        source = ROOT / "bench" / "spawn.rs"
        subprocess.run([cls.rustc, "--edition=2024", "-O", str(source), "-o", str(cls.spawn)], check=True)

    @classmethod
    def line(cls):
        model = platform.processor() or platform.machine()
        try:
            for line in Path("/proc/cpuinfo").read_text().splitlines():
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
        except OSError:
            pass
        number = cls.repetitions
        repetitions = f"{number} interleaved repetitions, medians" if number > 1 else "1 repetition"
        return (
            f"{text_of([cls.rustc, '--version'])}; {text_of([cls.memgrade, '--version'])}; {platform.system()} "
            f"{platform.release()}; {model}, {os.cpu_count()} CPUs; {repetitions}; opt-level 0."
        )


def stop(message):
    sys.exit(f"bench/compare: {message}")


def say(message):
    """Progress, for whoever waits."""
    print(f"bench/compare: {message}", file=sys.stderr, flush=True)


def compile(source, target, *more, env=None):
    """As memgrade does, from wherever we are."""
    command = [Machine.rustc, "--edition=2024", *FLAGS, *more, str(source), "-o", str(target)]
    return Sample(command, env=env).passed(f"rustc {source}")


def memgrade_run(source, args, seconds=600):
    """One `memgrade run`, and the JSON that it printed. The cache has the program after the first."""
    limits = [f"--limit={name}={seconds}s" for name in ("wall", "cpu")] + ["--limit=memory=8GiB"]
    command = [Machine.memgrade, "run", str(source), "--format", "json", *limits]
    sample = Sample(command + (["--", *args] if args else []), environment(Machine.scratch / "cache"))
    sample.passed(f"memgrade run {source.name}")
    return sample, json.loads(sample.stdout)


def ended_well(source, result):
    if result["outcome"]["kind"] != "exited" or result["outcome"]["exit_code"] != 0:
        stop(f"{source.name} did not end well under memgrade: {result['outcome']}")
    return result


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def environment(cache):
    return {**os.environ, "MEMGRADE_CACHE": str(cache), "NO_COLOR": "1"}


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def ratio(pairs):
    """The median of the ratios of neighbors."""
    return median(mine / theirs for theirs, mine in pairs if theirs and mine is not None)


def shown(value, digits=1):
    return "not measured" if value is None else f"{value:,.{digits}f}"


def mib(value):
    return shown(None if value is None else value / MIB)


def against(value, aim, digits=2):
    """A figure beside its aim, the most that it may be: `over` where it does not hold."""
    if value is None:
        return "not measured"
    mark = " **over**" if aim is not None and value > aim else ""
    return f"{value:,.{digits}f}{mark}"


def count(number):
    return "not measured" if number is None else f"{number:,}"


def table(header, rows, left=1):
    lines = [header, ["---" if i < left else "---:" for i in range(len(header))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def text_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def find_rustc():
    """The compiler itself: rustup's proxy would cost the bare side 10 to 30 ms a call."""
    named = os.environ.get("RUSTC") or shutil.which("rustc")
    if not named:
        stop("there is no rustc; install Rust from https://rustup.rs")
    direct = Path(text_of([named, "--print", "sysroot"])) / "bin" / "rustc"
    return str(direct if direct.exists() else named)
