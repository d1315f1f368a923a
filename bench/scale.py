"""Scale: ten million blocks alive at the end, and a thousand million made by one program. Takes minutes."""

from measuring import against, count, median, mib, shown, table
from overhead import Pair

RUNS = ["many_live", "billion"]


def scale(only=None):
    header = ["run", "blocks", "alive at the end", "points of the curve", "bare wall s", "program wall s", "ratio"]
    header += ["whole command wall s", "analysis s", "memgrade's own peak MiB", "program's peak MiB, bare", "measured"]
    rows = []
    for name in RUNS:
        if only not in (None, name):
            continue
        pair = Pair(name, [], seconds=3600)
        analysis = pair.median_of("analysis", "wall_ms")
        rows.append([
            name,
            count(pair.of("heap", "total", "blocks")[0]),
            count(pair.of("heap", "at_exit", "blocks")[0]),
            count(len(pair.results[0]["timeline"])),
            seconds(pair.bare_median("wall")),
            seconds(pair.median_of("time", "wall_ms")),
            against(pair.ratio_of("wall", "time", "wall_ms"), None),
            seconds(median(pair.whole)),
            seconds(analysis),
            mib(pair.median_of("analysis", "peak_resident_bytes")),
            mib(pair.bare_median("peak")),
            mib(pair.median_of("pages", "peak_resident_seen_bytes")),
        ])
    return table(header, rows)


def seconds(milliseconds):
    return shown(None if milliseconds is None else milliseconds / 1000, 2)
