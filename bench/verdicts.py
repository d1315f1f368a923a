"""What each tool says about programs whose truth is known: one table, made by running all of them.

The truth stands here, with its lines found by their text; what the tools say is read from their own output."""

import statistics

from measuring import ROOT, Machine, say, stop, table
from tools import Memgrade

BENCH, METER, CLEAN = "bench/programs", "tests/meter", "tests/clean"
# Every block of a line must be told, but for a rest that a tool may have rounded away.
ALL = 0.99


class Case:
    """A program and what is true of it.

    `lines` has the text of each line that allocates, what became of its blocks (lost or reachable), and how many there
    are. A program without lines is clean. `cycle` says that blocks at those lines form reference cycles; `grows` is the
    line that makes a heap grow of which everything is freed in the end."""

    def __init__(self, title, path, lines=(), cycle=False, grows=None):
        self.title, self.cycle = title, cycle
        self.source = ROOT / path
        self.text = self.source.read_text().splitlines()
        self.lines = [(self.line(text), truth, blocks) for text, truth, blocks in lines]
        self.grows = self.line(grows) if grows else None

    def line(self, text):
        found = [
            number for number, line in enumerate(self.text, 1) if text in line and not line.startswith("//")
        ]
        if len(found) != 1:
            stop(f"{self.source.name} has {len(found)} lines with `{text}`, not one")
        return found[0]

    @property
    def clean(self):
        return not self.lines and not self.grows


def cases():
    return [
        Case("never freed, from three lines", f"{BENCH}/forget.rs", [
            ("forget(black_box(Box::new", "lost", 400_000),
            ("forget(black_box(vec!", "lost", 300_000),
            ("Box::leak(text", "lost", 300_000),
        ]),
        Case("a box in a box in a box, forgotten", f"{METER}/lost_chain.rs", [("mem::forget", "lost", 3)]),
        Case("Box::leak, its reference gone", f"{METER}/leaked_reference.rs", [("Box::leak", "lost", 1)]),
        Case("one kept as an integer, one as a number with its bits turned", f"{METER}/integer_hides_nothing.rs", [
            ("AS_NUMBER.store", "reachable", 1),
            ("TURNED.store", "lost", 1),
        ]),
        Case("Box::leak kept in a static, another not", f"{METER}/leaked_and_kept.rs", [
            ("let kept: &'static", "reachable", 1),
            ("let gone: &'static", "lost", 1),
        ]),
        Case("exit in the middle: held by main's stack, forgotten", f"{METER}/exit_keeps_the_stack.rs", [
            ("let held = vec!", "reachable", 1),
            ("mem::forget(vec!", "lost", 1),
        ]),
        Case("pairs of Rc", f"{BENCH}/rc_cycle.rs", [
            ("Rc::new(Self", "lost", 200_000),
            ("format!(\"left", "lost", 100_000),
            ("format!(\"right", "lost", 100_000),
        ], cycle=True),
        Case("a ring of five Rc", f"{METER}/ring_of_five.rs", [("Rc::new(Node", "lost", 5)], cycle=True),
        Case("a growing static Vec", f"{BENCH}/growing_global.rs", [
            # The texts and the buffer of the Vec.
            ("events.push(format!", "reachable", 1_000_001),
        ]),
        Case("a HashMap in a static", f"{METER}/map_in_a_static.rs", [
            ("HashMap::with_capacity", "reachable", 1),
            ("String::from", "reachable", 4),
        ]),
        Case("Mutex, OnceLock and a leaked box in statics", f"{METER}/held_by_statics.rs", [
            ("= vec![1; 40]", "reachable", 1),
            ("ONCE.set", "reachable", 1),
            ("LEAKED.set", "reachable", 1),
        ]),
        Case("grows, and frees all in the end", f"{METER}/grows_and_frees.rs", grows="kept.push"),
        Case("thread-locals of threads that ended", f"{METER}/thread_local_dropped.rs"),
        Case("a tree with Weak parents", f"{METER}/weak_back_pointers.rs"),
        Case("a cache that stays bounded", f"{CLEAN}/bounded_cache.rs"),
        Case("words counted", f"{CLEAN}/word_count.rs"),
        Case("threads that share a queue", f"{CLEAN}/work_queue.rs"),
    ]


class Verdict:
    """What a tool's words about a case come to."""

    def __init__(self, case, told):
        self.lost_lines = self.found = self.classes = self.right_classes = 0
        self.above = []
        self.named = self.alarm = self.grows = False
        self.points = told.points
        if case.clean:
            self.cell = self.of_clean(case, told)
        elif case.grows:
            self.cell = self.of_growth(case, told)
        else:
            self.cell = self.of_lines(case, told)

    def of_clean(self, case, told):
        """Whatever is called lost, possibly lost or leaked is a false alarm where the program itself asked for it."""
        bad = {"lost", "possibly", "leaked"}
        alarms = [record for record in told.records if record.said in bad and touches(record, case)]
        self.alarm = bool(alarms)
        return "**false alarm**" if alarms else "nothing"

    def of_growth(self, case, told):
        if told.growth and case.grows in told.growth_lines:
            self.grows = True
            return "growth, at the line"
        if told.growth:
            return "growth, not the line"
        at_peak = any(record.place(case.source.name, {case.grows}) for record in told.records if record.said == "peak")
        parts = [f"a curve of {told.points} points" if told.points > 2 else "", "its peak at the line" if at_peak else ""]
        return ", ".join(part for part in parts if part) or "nothing"

    def of_lines(self, case, told):
        lines = {line for line, _, _ in case.lines}
        by_line = {line: [] for line in lines}
        for record in told.records:
            place = record.place(case.source.name, lines) if record.said != "peak" else None
            if place:
                by_line[place[0]].append((record, place[1]))
        words = []
        for line, truth, blocks in case.lines:
            words.append(self.of_line(by_line[line], truth, blocks))
        if case.cycle:
            self.named = told.cycle and bool(lines & told.cycle_lines)
            words.append("cycle named" if self.named else "cycle mentioned" if told.cycle else "no word of the cycle")
        unique = []
        for word in words:
            if word not in unique:
                unique.append(word)
        return "; ".join(unique)

    def of_line(self, records, truth, blocks):
        self.classes += 1
        self.lost_lines += truth == "lost"
        if not records:
            # Silence about what is reachable is no mistake, but it does not tell it either.
            return f"{truth}: not told" if truth == "reachable" else f"**{truth}: missed**"
        above = [above for _, above in records]
        self.above += above
        shares = {}
        for record, _ in records:
            shares[record.said] = shares.get(record.said, 0) + (record.blocks if record.blocks is not None else blocks)
        share = sum(shares.values()) / blocks
        complete = share >= ALL
        said = max(shares, key=shares.get)
        right = said == truth and shares[said] / blocks >= ALL
        self.right_classes += right
        blamed = said in ("lost", "leaked", "possibly")
        if truth == "lost" and complete and (right or said == "leaked"):
            self.found += 1
        wrong = truth == "reachable" and blamed or truth == "lost" and said == "reachable"
        word = f"{truth}: said {said}" if said != truth else truth
        if not complete or shares[said] / sum(shares.values()) < ALL:
            word += f" ({100 * shares[said] / blocks:.0f} %)"
        return f"**{word}**" if wrong else word


def touches(record, case):
    return any(file == case.source.name for file, _ in record.frames)


def verdicts(here, absent):
    tools = [Memgrade(), *here]
    all_cases = cases()
    verdict = {tool.name: [] for tool in tools}
    rows = []
    for case in all_cases:
        say(f"verdicts on {case.source.name}")
        row = [case.title]
        for tool in tools:
            folder = Machine.scratch / f"verdicts-{tool.name.replace(' ', '-')}"
            folder.mkdir(exist_ok=True)
            program = tool.build(case.source, folder / case.source.stem)
            verdict[tool.name].append(Verdict(case, tool.tell(program, [], folder, case.source)))
            row.append(verdict[tool.name][-1].cell)
        rows.append(row)
    names = [tool.name for tool in tools]
    summary = table(["", *names], summed(all_cases, verdict, names))
    details = table(["program", *names], rows)
    return "\n\n".join([summary, *absent]), details


def summed(all_cases, verdict, names):
    """One row for each question, from the verdicts on all programs."""
    def each(question):
        return [question(verdict[name]) for name in names]

    def of(count, total):
        return lambda list_: f"{sum(count(v) for v in list_)} of {sum(total(v) for v in list_)}"

    def frames(list_):
        above = [number for v in list_ for number in v.above]
        if not above:
            return ""
        return f"{statistics.median(above):.0f} (at most {max(above)})"

    cycles = sum(case.cycle for case in all_cases)
    clean = sum(case.clean for case in all_cases)
    return [
        ["lines that leak, found with all their blocks", *each(of(lambda v: v.found, lambda v: v.lost_lines))],
        ["told lost or reachable, rightly", *each(of(lambda v: v.right_classes, lambda v: v.classes))],
        ["frames of others above the learner's line, median", *each(frames)],
        ["reference cycles named, with their lines", *each(lambda list_: f"{sum(v.named for v in list_)} of {cycles}")],
        ["a curve over time", *each(lambda list_: "yes" if any(v.points > 2 for v in list_) else "no")],
        ["growth that is freed in the end, told", *each(lambda list_: "yes" if any(v.grows for v in list_) else "no")],
        ["false alarms on clean programs", *each(lambda list_: f"{sum(v.alarm for v in list_)} of {clean}")],
    ]
