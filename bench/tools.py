"""The tools that memgrade is compared with: whether they are here, how a program is built for them and run under them."""

import os
import re
import shutil
import subprocess

import readers
from measuring import ROOT, Machine, Sample, compile, environment, memgrade_run, say, stop, text_of, write


class Tool:
    """A tool. `aim` is how many times faster memgrade shall be."""

    name = None
    aim = 3.5

    def missing(self):
        """Why it cannot be used here; None if it can."""
        return None if shutil.which(self.executable) else f"{self.executable} is not installed"

    def version(self):
        return text_of([self.executable, "--version"])

    def build(self, source, target):
        """Makes the program that `run` takes, with the flags of an exercise."""
        compile(source, target)
        return target

    def run(self, program, args, folder, seconds=None):
        """As its users run it, for the time that it takes."""
        raise NotImplementedError

    def tell(self, program, args, folder, source):
        """Runs it so that it says as much as it can, and reads what it said."""
        raise NotImplementedError


class Memgrade(Tool):
    name = "memgrade"

    def missing(self):
        return None

    def version(self):
        return text_of([Machine.memgrade, "--version"])

    def build(self, source, target):
        memgrade_run(source, [])
        return source

    def run(self, program, args, folder, seconds=None):
        return memgrade_run(program, args)[0]

    def tell(self, program, args, folder, source):
        return readers.memgrade(memgrade_run(source, args)[0].stdout, source.stem)


class Valgrind(Tool):
    executable = "valgrind"
    # Options for the time, and more of them to say all.
    usual = []
    more = []
    output = None

    def run(self, program, args, folder, seconds=None):
        return self.valgrind(self.usual, program, args, folder, seconds)

    def valgrind(self, options, program, args, folder, seconds=None):
        option, file = self.output
        command = ["valgrind", f"--tool={self.tool}", *options, f"--{option}={folder / file}", program, *args]
        return Sample(command, environment(folder), seconds, folder)

    def tell(self, program, args, folder, source):
        sample = self.valgrind(self.usual + self.more, program, args, folder)
        file = folder / self.output[1]
        if not file.is_file():
            stop(f"{self.name} wrote nothing for {source.name}: {sample.stderr.decode(errors='replace')[-1000:]}")
        return self.reader(file.read_text(errors="replace"), source.stem)


class Memcheck(Valgrind):
    name = "valgrind memcheck"
    aim = 15
    tool = "memcheck"
    usual = ["--leak-check=full"]
    more = ["--show-leak-kinds=all", "--num-callers=60", "--xml=yes"]
    output = ("xml-file", "memcheck.xml")
    reader = staticmethod(readers.memcheck)

    def run(self, program, args, folder, seconds=None):
        # Its usual report, as text.
        return Sample(["valgrind", *self.usual, program, *args], environment(folder), seconds, folder)


class Massif(Valgrind):
    name = "valgrind massif"
    tool = "massif"
    more = ["--detailed-freq=1", "--threshold=0.0", "--depth=60"]
    output = ("massif-out-file", "massif.out")
    reader = staticmethod(readers.massif)


class Dhat(Valgrind):
    name = "valgrind dhat"
    tool = "dhat"
    more = ["--num-callers=60"]
    output = ("dhat-out-file", "dhat.out")
    reader = staticmethod(readers.dhat)


class Heaptrack(Tool):
    name = executable = "heaptrack"

    def run(self, program, args, folder, seconds=None):
        """The recording alone: reading it out with heaptrack_print would come on top."""
        for old in folder.glob("heaptrack-data*"):
            old.unlink()
        command = ["heaptrack", "--output", folder / "heaptrack-data", program, *args]
        return Sample(command, environment(folder), seconds, folder)

    def tell(self, program, args, folder, source):
        # Its exit status is the program's.
        self.run(program, args, folder)
        data = next(folder.glob("heaptrack-data*"), None)
        if data is None:
            stop(f"heaptrack recorded nothing of {source.name}")
        parts = [f"--print-{part}" for part in ("allocators=0", "temporary=0", "peaks=1", "leaks=1")]
        curve = folder / "heaptrack.massif"
        command = ["heaptrack_print", *parts, "--merge-backtraces=0", "--peak-limit=10000"]
        command += [f"--print-massif={curve}", "--file", data]
        text = Sample(command, environment(folder)).passed("heaptrack_print").stdout.decode(errors="replace")
        told = readers.heaptrack(text, source.stem)
        told.points = len(re.findall(r"^snapshot=", curve.read_text(errors="replace"), re.MULTILINE))
        return told


class LeakSanitizer(Tool):
    name = "LeakSanitizer"
    # The sanitizer's runtime comes with the toolchain; the variable lets a stable compiler use it.
    unlocked = {**os.environ, "RUSTC_BOOTSTRAP": "1"}

    def missing(self):
        probe = Machine.scratch / "lsan.rs"
        write(probe, "fn main() {}\n")
        command = [Machine.rustc, "-Zsanitizer=leak", str(probe), "-o", str(Machine.scratch / "lsan")]
        built = Sample(command, self.unlocked)
        if built.code != 0:
            return "the toolchain cannot build with -Zsanitizer=leak"
        if Sample([Machine.scratch / "lsan"], seconds=20).code != 0:
            return "a program that leaks nothing fails or hangs with it (it needs ptrace)"
        return None

    def version(self):
        return f"LeakSanitizer of {text_of([Machine.rustc, '--version'])}"

    def build(self, source, target):
        compile(source, target, "-Zsanitizer=leak", env=self.unlocked)
        return target

    def run(self, program, args, folder, seconds=None):
        env = {**environment(folder), "LSAN_OPTIONS": "allow_addr2line=true"}
        return Sample([program, *args], env, seconds, folder)

    def tell(self, program, args, folder, source):
        sample = self.run(program, args, folder, 120)
        return readers.leak_sanitizer(sample.stderr.decode(errors="replace"), source.stem)


class DhatRs(Tool):
    """The crate, optimized, around a program of opt-level 0: a global allocator and a profiler in `main`."""

    name = "dhat-rs"
    folder = ROOT / "target" / "bench-dhat"
    manifest = """[package]
name = "peer"
version = "0.0.0"
edition = "2024"

[lib]
path = "lib.rs"

[dependencies]
dhat = "0.3"

[profile.dev]
debug = 1

[profile.dev.package."*"]
opt-level = 3

[workspace]
"""

    def missing(self):
        if not shutil.which("cargo"):
            return "there is no cargo"
        write(self.folder / "Cargo.toml", self.manifest)
        write(self.folder / "lib.rs", "")
        say("building the crate dhat")
        command = ["cargo", "build", "--quiet", "--target-dir", "target"]
        env = {**os.environ, "RUSTC": Machine.rustc}
        built = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True)
        if built.returncode != 0:
            return "the crate dhat could not be had: " + (built.stderr.strip().splitlines() or ["?"])[-1]
        return None

    def version(self):
        lock = (self.folder / "Cargo.lock").read_text()
        return "dhat-rs " + re.search(r'name = "dhat"\nversion = "([^"]+)"', lock).group(1)

    def build(self, source, target):
        text, changed = re.subn(
            r"^fn main\(\) \{",
            "#[global_allocator] static DHAT: dhat::Alloc = dhat::Alloc; fn main() { let _profiler = "
            'match std::env::var_os("DHAT_ALL") { '
            "Some(_) => dhat::Profiler::builder().trim_backtraces(None).build(), None => dhat::Profiler::new_heap() };",
            source.read_text(),
            flags=re.MULTILINE,
        )
        if changed != 1:
            stop(f"dhat-rs: {source.name} has no plain `fn main() {{`")
        instrumented = target.parent / "dhat-rs" / source.name
        write(instrumented, text)
        deps = self.folder / "target" / "debug" / "deps"
        crate = max(deps.glob("libdhat-*.rlib"), key=lambda path: path.stat().st_mtime)
        compile(instrumented, target, "-L", f"dependency={deps}", "--extern", f"dhat={crate}")
        return target

    def run(self, program, args, folder, seconds=None):
        return Sample([program, *args], environment(folder), seconds, folder)

    def tell(self, program, args, folder, source):
        file = folder / "dhat-heap.json"
        file.unlink(missing_ok=True)
        sample = Sample([program, *args], {**environment(folder), "DHAT_ALL": "1"}, 120, folder)
        if not file.is_file():
            # The profiler writes when it is dropped: never, if the program leaves by process::exit.
            say(f"dhat-rs wrote nothing for {source.name} (exit {sample.code})")
            return readers.Told()
        return readers.dhat(file.read_text(), source.stem)


PEERS = [Memcheck(), Heaptrack(), LeakSanitizer(), DhatRs(), Massif(), Dhat()]


def present(chosen):
    """The chosen tools that are here, and sentences about those that are not."""
    here, absent = [], []
    for tool in PEERS:
        if chosen and tool.name not in chosen:
            continue
        why = tool.missing()
        if why:
            absent.append(f"{tool.name} is missing: {why}.")
        else:
            here.append(tool)
    return here, absent
