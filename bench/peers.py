"""Side by side with other tools: how long each takes for the same programs."""

from measuring import PROGRAMS, Machine, median, ratio, say, shown, stop, table
from tools import Memgrade

# Longer than this is not waited for.
SECONDS = 900


def side_by_side(runs, here, absent):
    header = ["run", "memgrade wall ms", "CPU ms"]
    header += [f"{tool.name}, wall · CPU" for tool in here]
    ours = Memgrade()
    rows, all_ratios = [], {tool.name: [] for tool in here}
    for name, args in runs:
        title = " ".join([name, *args])
        say(f"{title}, side by side")
        base, samples = repeated(name, args, ours, here)
        row = [title, shown(median(sample.wall for sample in base)), shown(median(sample.cpu for sample in base))]
        for tool in here:
            pairs = list(zip(base, samples[tool.name]))
            if any(sample.code is None for _, sample in pairs):
                row.append(f"not ready in {SECONDS} s")
                continue
            wall = ratio((mine.wall, theirs.wall) for mine, theirs in pairs)
            cpu = ratio((mine.cpu, theirs.cpu) for mine, theirs in pairs)
            all_ratios[tool.name].append(wall)
            row.append(f"{faster(wall, tool.aim)} · {shown(cpu)}")
        rows.append(row)
    rows.append(["**median**", "", ""] + [shown(median(all_ratios[tool.name])) for tool in here])
    rows.append(["**aim**, at least", "", ""] + [f"{tool.aim}" for tool in here])
    versions = "; ".join(dict.fromkeys(tool.version().splitlines()[0] for tool in here))
    return "\n\n".join([table(header, rows), f"Tools: {versions}. {' '.join(absent)}".strip()])


def faster(value, aim):
    return f"{value:,.1f}" + (" **below**" if value < aim else "")


def repeated(name, args, ours, here):
    """The repetitions of all tools, in turns."""
    source = PROGRAMS / f"{name}.rs"
    built = {tool.name: tool.build(source, Machine.scratch / f"{slug(tool)}-{name}") for tool in [ours, *here]}
    base, samples = [], {tool.name: [] for tool in here}
    for _ in range(Machine.repetitions):
        base.append(ours.run(built[ours.name], args, Machine.scratch).passed("memgrade"))
        for tool in here:
            folder = Machine.scratch / slug(tool)
            folder.mkdir(exist_ok=True)
            sample = tool.run(built[tool.name], args, folder, SECONDS)
            if sample.code is not None and sample.code < 0:
                stop(f"{tool.name} died of signal {-sample.code} on {name}")
            samples[tool.name].append(sample)
    return base, samples


def slug(tool):
    return tool.name.replace(" ", "-")
