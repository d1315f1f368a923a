"""Readers of what the tools write: each gives a `Told`, in terms that all of them share."""

import json
import re
import xml.etree.ElementTree
from dataclasses import dataclass, field


@dataclass
class Record:
    """Blocks with the same stack. `said` is the tool's word: lost, possibly, reachable; leaked, where it does not tell
    these apart; alive, where it only lists what there was at the end; peak, what there was at the highest point."""

    said: str
    blocks: int | None
    bytes: int
    frames: list = field(default_factory=list)  # (file name without folders, line), innermost first

    def place(self, source, lines):
        """The first frame at one of these lines of the source, with how many frames of others stand above it."""
        for above, (file, line) in enumerate(self.frames):
            if file == source and line in lines:
                return line, above
        return None


@dataclass
class Told:
    """All that a tool said about a run."""

    records: list = field(default_factory=list)
    # Points of a curve of the heap over time.
    points: int = 0
    # Whether reference cycles are spoken of, and the lines of the program named with them.
    cycle: bool = False
    cycle_lines: set = field(default_factory=set)
    # Whether the curve is judged, and the lines that are blamed.
    growth: bool = False
    growth_lines: set = field(default_factory=set)


def file_and_line(text):
    """`path/to/main.rs:12` or `main.rs:12:7`."""
    match = re.search(r"([^/\s(]+\.\w+):(\d+)(?::\d+)?\)?\s*$", text)
    return (match.group(1), int(match.group(2))) if match else ("", 0)


def speaks_of_cycles(text, program):
    """Any word of a cycle that is not the program's own name, nor part of a name in a stack."""
    return bool(re.search(r"\b(reference )?cycl(e|es|ic)\b", text.replace(program, ""), re.IGNORECASE))


def memcheck(text, program):
    kinds = {
        "Leak_DefinitelyLost": "lost",
        "Leak_IndirectlyLost": "lost",
        "Leak_PossiblyLost": "possibly",
        "Leak_StillReachable": "reachable",
    }
    told = Told()
    words = []
    for error in xml.etree.ElementTree.fromstring(text).iter("error"):
        what = error.find("xwhat")
        kind = kinds.get(error.findtext("kind"))
        if what is None or kind is None:
            continue
        words.append(what.findtext("text", ""))
        stack = error.find("stack")
        frames = [
            (frame.findtext("file", ""), int(frame.findtext("line", "0")))
            for frame in (stack.iter("frame") if stack is not None else [])
        ]
        blocks, size = int(what.findtext("leakedblocks", "0")), int(what.findtext("leakedbytes", "0"))
        told.records.append(Record(kind, blocks, size, frames))
    told.cycle = speaks_of_cycles("\n".join(words), program)
    return told


def leak_sanitizer(text, program):
    told = Told()
    record = None
    words = []
    for line in text.splitlines():
        leak = re.match(r"\s*(Direct|Indirect) leak of (\d+) byte\(s\) in (\d+) object\(s\)", line)
        if leak:
            record = Record("lost", int(leak.group(3)), int(leak.group(2)))
            told.records.append(record)
        elif re.match(r"\s*#\d+ 0x", line) and record:
            record.frames.append(file_and_line(line))
        else:
            words.append(line)
    told.cycle = speaks_of_cycles("\n".join(words), program)
    return told


def dhat(text, program):
    """The file of dhat-rs and of valgrind's dhat."""
    data = json.loads(text)
    table = [file_and_line(frame) for frame in data["ftbl"]]
    told = Told()
    for point in data["pps"]:
        frames = [table[index] for index in point["fs"]]
        if point.get("ebk"):
            told.records.append(Record("alive", point["ebk"], point["eb"], frames))
        if point.get("gbk"):
            told.records.append(Record("peak", point["gbk"], point["gb"], frames))
    return told


def massif(text, program):
    """Snapshots; the tree of the last one says what is alive, that of the highest what was the peak."""
    snapshots, trees = [], []
    for part in text.split("#-----------\nsnapshot=")[1:]:
        snapshots.append(int(re.search(r"^mem_heap_B=(\d+)", part, re.MULTILINE).group(1)))
        trees.append(part)
    told = Told(points=len(snapshots))
    if not snapshots:
        return told
    highest = snapshots.index(max(snapshots))
    for said, index in (("alive", len(snapshots) - 1), ("peak", highest)):
        told.records += massif_tree(trees[index], said)
    return told


def massif_tree(text, said):
    records, path = [], []
    for line in text.splitlines():
        node = re.match(r"( *)n(\d+): (\d+) (.*)$", line)
        if not node:
            continue
        depth, children, size, what = len(node.group(1)), int(node.group(2)), int(node.group(3)), node.group(4)
        path = path[: depth] + [file_and_line(what)]
        if children == 0 and size and "below massif's threshold" not in what:
            # The root is a sum, no frame.
            records.append(Record(said, None, size, path[1:]))
    return records


def heaptrack(text, program):
    """`heaptrack_print --merge-backtraces=0 --print-leaks`, with the peak's stacks before them if asked for."""
    units = {"B": 1, "K": 1e3, "M": 1e6, "G": 1e9}
    told = Told()
    record, words = None, []
    for line in text.splitlines():
        leak = re.match(r"\s*([\d.]+)([BKMG]) (leaked over|peak memory consumed over) (\d+) calls from", line)
        if leak:
            said = "leaked" if leak.group(3).startswith("leaked") else "peak"
            record = Record(said, int(leak.group(4)), int(float(leak.group(1)) * units[leak.group(2)]))
            told.records.append(record)
        elif re.match(r"\s+at \S", line) and record:
            record.frames.append(file_and_line(line))
        elif re.match(r"\s+in \S|\s*_R|\s*$", line) or record and not line.startswith("total"):
            continue
        else:
            record = None
            words.append(line)
    told.cycle = speaks_of_cycles("\n".join(words), program)
    return told


def memgrade(text, program):
    result = json.loads(text)
    heap = result["heap"]
    told = Told(points=len(result["timeline"]))
    if heap is None:
        return told
    for site in heap["sites"]:
        frames = [(line["file"].rsplit("/", 1)[-1], line["line"]) for line in site["path"]]
        lost = [site["definitely_lost"], site["indirectly_lost"]]
        if None not in lost and any(amount["blocks"] for amount in lost):
            blocks, size = (sum(amount[unit] for amount in lost) for unit in ("blocks", "bytes"))
            told.records.append(Record("lost", blocks, size, frames))
        reachable = site["still_reachable"]
        if reachable and reachable["blocks"]:
            told.records.append(Record("reachable", reachable["blocks"], reachable["bytes"], frames))
    told.cycle = bool(heap["cycles"])
    told.cycle_lines = {member["line"] for cycle in heap["cycles"] for member in cycle["members"]}
    shape = heap["shape"] or {}
    told.growth = shape.get("kind") == "growth"
    site = shape.get("site")
    if told.growth and site:
        told.growth_lines = {site["line"]}
    return told
