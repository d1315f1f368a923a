"""What the probe and the analysis cost: the bare programs against the same ones under `memgrade run`."""

from measuring import (
    MIB,
    PROGRAMS,
    Machine,
    Sample,
    against,
    compile,
    count,
    ended_well,
    median,
    memgrade_run,
    mib,
    ratio,
    say,
    shown,
    stop,
    table,
)

# The most that a program may take, as multiples of the bare one.
AIMS = {"churn": 1.4, "forget": 2.5, "growing_global": 2.5, "rc_cycle": 2.5, "threads": 1.8, "log_report": 1.1}
# Peak resident memory: at most so much of the bare one, and so many bytes more.
PEAK_TIMES, PEAK_MORE = 1.3, 12 * MIB
# Most milliseconds that starting may take.
START_MORE = 3
# Most milliseconds of analysis for a million live blocks.
ANALYSIS = 300


class Pair:
    """A program's repetitions, bare and measured in turns."""

    def __init__(self, name, args, seconds=600):
        say(f"{' '.join([name, *args])}, bare and measured")
        self.name, self.args = name, args
        source, target = PROGRAMS / f"{name}.rs", Machine.scratch / f"bare-{name}"
        compile(source, target)
        if Machine.repetitions > 1:
            memgrade_run(source, args, seconds)
        self.bare, self.whole, self.results = [], [], []
        for _ in range(Machine.repetitions):
            bare = Sample([target, *args]).passed(f"the bare {name}")
            sample, result = memgrade_run(source, args, seconds)
            ended_well(source, result)
            if result["stdout"]["text"] != bare.stdout.decode():
                stop(f"{name} prints something else under memgrade")
            self.bare.append(bare)
            # What building takes is measured by the checks.
            self.whole.append(sample.wall - (result["build"]["wall_ms"] or 0))
            self.results.append(result)

    @property
    def title(self):
        return " ".join([self.name, *self.args])

    def of(self, *path):
        """A figure of every run, by its place in the JSON; None where it was not measured."""
        values = []
        for value in self.results:
            for key in path:
                value = value.get(key) if value else None
            values.append(value)
        return values

    def median_of(self, *path):
        return median(self.of(*path))

    def ratio_of(self, bare, *path):
        return ratio(zip((getattr(sample, bare) for sample in self.bare), self.of(*path)))

    def bare_median(self, name):
        return median(getattr(sample, name) for sample in self.bare)


def overhead(runs):
    pairs = [Pair(name, args) for name, args in runs]
    parts = [times(pairs), memory(pairs)]
    hello = [pair for pair in pairs if pair.name == "hello"]
    if hello:
        parts.insert(0, start_up(hello[0]))
    return "\n\n".join(parts)


def start_up(pair):
    def more(values):
        return median(mine - bare.wall for bare, mine in zip(pair.bare, values) if mine is not None)

    program, whole = pair.of("time", "wall_ms"), pair.whole
    rows = [
        ["the program's own time", shown(median(program)), against(more(program), START_MORE), f"{START_MORE}"],
        ["the whole command", shown(median(whole)), f"{more(whole):.2f}", ""],
    ]
    bare = pair.bare_median("wall")
    return table([f"start-up: hello, bare {bare:.1f} ms", "measured ms", "more, ms", "aim"], rows)


def times(pairs):
    header = ["run", "blocks", "bare wall ms", "program wall ms", "ratio", "bare CPU ms", "program CPU ms", "ratio"]
    header += ["whole command wall ms", "ratio", "aim"]
    rows = []
    for pair in pairs:
        aim = AIMS.get(pair.name)
        whole = ratio((bare.wall, whole) for bare, whole in zip(pair.bare, pair.whole))
        rows.append([
            pair.title,
            count(pair.of("heap", "total", "blocks")[0]),
            shown(pair.bare_median("wall")),
            shown(pair.median_of("time", "wall_ms")),
            against(pair.ratio_of("wall", "time", "wall_ms"), aim),
            shown(pair.bare_median("cpu")),
            shown(pair.median_of("time", "cpu_ms")),
            against(pair.ratio_of("cpu", "time", "cpu_ms"), aim),
            shown(median(pair.whole)),
            against(whole, aim),
            f"{aim:.2f}" if aim else "",
        ])
    return table(header, rows)


def memory(pairs):
    header = ["run", "bare peak MiB", "measured peak MiB", "aim", "blocks at the end", "analysis ms", "aim"]
    header.append("memgrade's own peak MiB")
    rows = []
    for pair in pairs:
        bare = pair.bare_median("peak")
        aim = bare * PEAK_TIMES + PEAK_MORE
        peak = pair.median_of("pages", "peak_resident_seen_bytes")
        alive = pair.of("heap", "at_exit", "blocks")[0]
        analysis_aim = ANALYSIS if alive is not None and alive <= 1_000_000 else None
        rows.append([
            pair.title,
            mib(bare),
            "not measured" if peak is None else against(peak / MIB, aim / MIB, 1),
            mib(aim),
            count(alive),
            against(pair.median_of("analysis", "wall_ms"), analysis_aim, 1),
            f"{analysis_aim}" if analysis_aim else "",
            mib(pair.median_of("analysis", "peak_resident_bytes")),
        ])
    return table(header, rows)
