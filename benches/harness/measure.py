"""What is measured of inits under which conditions, but for their footprint."""

import itertools
import statistics
import typing

from . import inits
from .collect import cgroup, lines, room_for_pids, rounds
from .results import read
from .summary import TICK

# So many rounds of start-up, if the time allows it: what is told is a small
# difference of two medians. More fill the repository, and nothing else.
STARTUP_ROUNDS = 800
# So many signals tell the slowest in a thousand: five lie beyond.
SIGNALS = 5000


class Lives(typing.NamedTuple):
    """How a program is run; what benches/startup.c is told."""
    what: str
    program: str
    cpu: int
    # Times that an init is run before it is another's turn: a round has one sample
    # of it, their median.
    row: int = 1
    namespace: int = 0
    seconds: int = 40


STARTUP = {
    "true": Lives("/bin/true, one CPU", "/bin/true", 0),
    "true-row": Lives("/bin/true, one CPU, 50 times in a row", "/bin/true", 0, row=50),
    "true-any": Lives("/bin/true, any CPU", "/bin/true", -1),
    "least": Lives("the least program, one CPU", "born", 0),
    "least-any": Lives("the least program, any CPU", "born", -1),
    "true-pid1": Lives("/bin/true, as PID 1, one CPU", "/bin/true", 0, namespace=1),
}


def rows_of(lives, found):
    """The medians of `lives` in a row, of one init each."""
    for _, row in itertools.groupby(enumerate(found), lambda item: item[0] // lives):
        names, samples = zip(*(sample for _, sample in row))
        yield names[0], [statistics.median(column) for column in zip(*samples)]


def startup(quick):
    found = inits.paths()
    program = inits.build("startup")
    conditions = {}
    for name, lives in STARTUP.items():
        print(f"startup: {lives.what}, at most {lives.seconds} s", flush=True)
        taking_part = {"bare": "-", "floor": found["floor"],
                       **{init: inits.command(found[init], init) for init in inits.ALL}}
        if lives.namespace and "pid1" in found:
            taking_part["pid1"] = found["pid1"]
        target = found.get(lives.program, lives.program)
        ended, samples = rounds(
            lambda batch: rows_of(lives.row, lines(program, taking_part, batch, lives.row, lives.cpu,
                                                   lives.namespace, target)),
            lambda rows: [[life for _, life in rows]], max(100 // lives.row, 5), lives.seconds, quick,
            least=STARTUP_ROUNDS / lives.row)
        conditions[name] = {"unit": "0.1 us", **lives._asdict(), **ended, "samples": {
            init: {"life": [round(life / 100) for _, life in rows],
                   "first": [round(first / 100) for first, _ in rows if first >= 0]}
            for init, rows in samples.items()}}
    return conditions


SPARSE, BUSY = 500, 0


class Way(typing.NamedTuple):
    """How signals are sent; what benches/latency.c is told."""
    what: str
    gap_us: int
    sender_cpu: int
    init_cpu: int
    signals: int
    batch: int
    seconds: int
    # Signals of one init before it is another's turn; 0: all of a round.
    row: int
    processes: int = 1
    crowd: int = 0
    hogs: int = 0
    cgroup: bool = False
    # Each init leads a session; if not, it is in the sender's.
    leads: bool = True
    # Until the sender knows, not until the program does.
    back: bool = False
    # Signals before those: the scheduler's accounts of who owes whom grow with them.
    warm_up: int = 8

    def inits(self, found):
        """Who is between the sender and the program."""
        return {"poll": found["poll"],
                **{init: inits.command(found[init], init, self.processes > 1) for init in inits.ALL}}

    def arguments(self, group):
        """What benches/latency.c is told, from WARM_UP to BACK."""
        return (self.warm_up, self.signals, self.row, self.gap_us, self.sender_cpu, self.init_cpu, self.processes,
                self.crowd, self.hogs, group, int(self.leads), int(self.back))


def sparse(what, sender, init, row=1, **more):
    # Of what differs between two signals most is between two starts, all the more where
    # each is another init's: many short rounds.
    return Way(what, SPARSE, sender, init, row=row,
               **{"warm_up": 4, "signals": 4 if row else 12, "batch": 60, "seconds": 240, **more})


def busy(what, sender, init, **more):
    return Way(what, BUSY, sender, init, **{"signals": 50, "batch": 10, "seconds": 90, "row": 0, **more})


LATENCY = {
    "sparse-one": sparse("sparse, one CPU", 0, 0, seconds=600),
    "sparse-two": sparse("sparse, sender on the other CPU", 0, 1),
    "sparse-any": sparse("sparse, any CPU", -1, -1, seconds=420),
    "sparse-one-row": sparse("sparse, all to one init, one CPU", 0, 0, row=0),
    "sparse-two-row": sparse("sparse, all to one init, sender on the other CPU", 0, 1, row=0),
    "busy-one": busy("back to back, one CPU", 0, 0),
    "steady-one": busy("back to back, 1000 signals later, one CPU", 0, 0, warm_up=1000),
    "busy-two": busy("back to back, sender on the other CPU", 0, 1),
    "busy-any": busy("back to back, any CPU", -1, -1),
    "sparse-any-cgroup": sparse("sparse, in a cgroup, any CPU", -1, -1, cgroup=True, seconds=2400),
    "sparse-one-cgroup": sparse("sparse, in a cgroup, one CPU", 0, 0, cgroup=True, seconds=600),
    "sparse-two-cgroup": sparse("sparse, in a cgroup, sender on the other CPU", 0, 1, cgroup=True),
    "busy-one-cgroup": busy("back to back, in a cgroup, one CPU", 0, 0, cgroup=True),
    "steady-one-cgroup": busy("back to back, 1000 signals later, in a cgroup, one CPU", 0, 0,
                              warm_up=1000, cgroup=True),
    "busy-two-cgroup": busy("back to back, in a cgroup, sender on the other CPU", 0, 1, cgroup=True),
    "sparse-one-shared": sparse("sparse, in the sender's session, one CPU", 0, 0, leads=False, seconds=700),
    "sparse-one-row-shared": sparse("sparse, all to one init, in the sender's session, one CPU", 0, 0,
                                    row=0, leads=False),
    "sparse-one-back-shared": sparse(
        "sparse, all to one init, in the sender's session, one CPU, there and back", 0, 0,
        row=0, leads=False, back=True),
    "busy-one-shared": busy("back to back, in the sender's session, one CPU", 0, 0, leads=False),
    "steady-one-shared": busy("back to back, 1000 signals later, in the sender's session, one CPU", 0, 0,
                              warm_up=1000, leads=False),
    "busy-two-shared": busy("back to back, in the sender's session, sender on the other CPU", 0, 1, leads=False),
    "hogs-one": sparse("sparse, beside a hog, one CPU", 0, 0, hogs=1, seconds=120),
    "hogs-two": sparse("sparse, beside two hogs, sender on the other CPU", 0, 1, hogs=1, seconds=120),
    "group-one": busy("until all of a group of 50 have it, one CPU", 0, 0,
                      processes=50, batch=5, seconds=120),
    "group-two": busy("until all of a group of 50 have it, sender on the other CPU", 0, 1,
                      processes=50, batch=5, seconds=120),
    "crowd-1": busy("back to back, one CPU, 1 further child", 0, 0, crowd=1),
    "crowd-100": busy("back to back, one CPU, 100 further children", 0, 0, crowd=100),
    "crowd-10000": busy("back to back, one CPU, 10 000 further children", 0, 0, crowd=10000, batch=2, seconds=70),
}


def signals(name, quick=False, had=None, seconds=None):
    """The condition of that name, with the samples that were `had` of it."""
    way = LATENCY[name]
    seconds = seconds or way.seconds
    print(f"latency: {way.what}, at most {seconds} s", flush=True)
    program = inits.build("latency")
    taking_part = {"direct": "-", **way.inits(inits.paths())}
    had = had and {init: [[tick * TICK for tick in row] for row in rows] for init, rows in had.items()}
    with room_for_pids(), cgroup(way.cgroup) as group:
        ended, samples = rounds(
            lambda batch: lines(program, taking_part, batch, *way.arguments(group)),
            lambda rows: [[statistics.median(row) for row in rows]], way.batch, seconds, quick,
            SIGNALS / way.signals, had)
    return {"unit": f"{TICK} ns", **way._asdict(), **ended, "samples": {
        init: [[round(sample / TICK) for sample in row] for row in rows] for init, rows in samples.items()}}


def latency(quick):
    return {name: signals(name, quick) for name in LATENCY}


# Children, rounds a batch, seconds, in a cgroup.
REAPING = {f"{children}-cgroup" if contained else str(children): (children, batch, seconds, contained)
           for contained in (False, True)
           for children, batch, seconds in [(1000, 10, 700), (10000, 2, 90), (50000, 1, 330)]}
STORM = ["live", "ready", "signal", "reaped before"]


def storm(name, quick=False, had=None, seconds=None):
    """The condition of that name, with the samples that were `had` of it."""
    count, batch, usual, contained = REAPING[name]
    seconds = seconds or usual
    what = f"{count} at once" + (", in a cgroup" if contained else "")
    print(f"reaping: {what}, at most {seconds} s", flush=True)
    program = inits.build("storm")
    found = inits.paths()
    taking_part = {name: inits.command(found[name], name) for name in inits.ALL}
    had = had and {init: list(zip(*(columns[field] for field in STORM))) for init, columns in had.items()}
    with room_for_pids(), cgroup(contained) as group:
        ended, samples = rounds(
            lambda batch: lines(program, taking_part, batch, count, group),
            # How many are reaped before the signal may be none.
            lambda rows: list(zip(*rows))[:3], batch, seconds, quick, had=had)
    return {"what": what, "children": count, "cgroup": contained, "unit": "ns", **ended, "samples": {
        init: dict(zip(STORM, map(list, zip(*rows)))) for init, rows in samples.items()}}


def reaping(quick):
    return {name: storm(name, quick) for name in REAPING}


# What measures a condition of a part whose time may be over before its intervals are narrow.
FURTHER = {"latency": (LATENCY, signals), "reaping": (REAPING, storm)}


def more(part, name, seconds, environment):
    """The record of the part, with further rounds of a condition: for at most so many
    seconds, until it is narrow. In place of how it ended is how it ended in all."""
    record = read(part)
    inits.expect_same(record["environment"], environment)
    before = record["conditions"][name]
    _, run = FURTHER[part]
    found = run(name, had=before["samples"], seconds=seconds)
    added = {"rounds": found["rounds"] - before["rounds"],
             **{key: environment[key] for key in ("date", "commit", "load")}}
    record["conditions"][name] = {**found, "seconds": round(before["seconds"] + found["seconds"], 1),
                                  "further": [*before.get("further", []), added]}
    return record
