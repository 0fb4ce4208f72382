"""Runs the measuring programs, rounds upon rounds until the medians stand still."""

import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import time

from . import inits
from .summary import TICK, interval

# Rounds are added until every median's 95 % interval is narrower than this part
# of it, or the condition's time is over.
NARROW = 0.03
# So many rounds of start-up, if the time allows it: what is told is a small
# difference of two medians. More fill the repository, and nothing else.
STARTUP_ROUNDS = 800
# Of fewer rounds an interval says nothing.
LEAST_ROUNDS = 6
# So many signals tell the slowest in a thousand: five lie beyond.
SIGNALS = 5000


def write(part, run, quick, environment):
    inits.RESULTS.mkdir(exist_ok=True)
    record = {"environment": environment, "conditions": run(quick)}
    (inits.RESULTS / f"{part}.json").write_text(text(record, 4) + "\n")


def text(value, depth):
    """JSON with a line for each of the innermost `depth` levels' members: a
    difference that can be read."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    members = (f"{json.dumps(name)}:{text(member, depth - 1)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + "\n}"


def rounds(run, values, batch, seconds, quick, least=0):
    """Calls `run(batch)`, a list of (init, sample), until the medians of each of
    `values(samples)` are narrow for all inits and there are `least` rounds, at
    most `seconds`. Answers how it ended, and {init: samples}."""
    samples, start, count = {}, time.monotonic(), 0
    while True:
        for name, sample in run(max(batch // 10, 2) if quick else batch):
            samples.setdefault(name, []).append(sample)
        count = len(next(iter(samples.values())))
        widest = max(width(column) for found in samples.values() for column in values(found))
        spent = time.monotonic() - start
        narrow = widest < NARROW and count >= LEAST_ROUNDS
        enough = narrow and count >= least
        # A further batch takes as long as those before.
        if enough or quick or spent * (1 + batch / count) > seconds:
            break
    ended = {"rounds": count, "seconds": round(spent, 1), "widest": round(widest, 4), "narrow": narrow}
    return ended, samples


def width(values):
    low, middle, high = interval(values)
    return (high - low) / middle


def lines(program, taking_part, *arguments):
    """Runs a measuring program on {name: command}: (name, its numbers) for each
    line that it prints."""
    names = list(taking_part)
    words = [program, *map(str, arguments), *taking_part.values()]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"bench: {program}: exit code {done.returncode}")
    for line in done.stdout.splitlines():
        number, *values = map(int, line.split())
        yield names[number], values


# Name, what, CPU, in a PID namespace, program, seconds.
STARTUP = [
    ("true", "/bin/true, one CPU", 0, 0, "/bin/true", 40),
    ("true-any", "/bin/true, any CPU", -1, 0, "/bin/true", 40),
    ("least", "the least program, one CPU", 0, 0, "born", 40),
    ("least-any", "the least program, any CPU", -1, 0, "born", 40),
    ("true-pid1", "/bin/true, as PID 1, one CPU", 0, 1, "/bin/true", 40),
]


def startup(quick):
    found = inits.paths()
    program = inits.build("startup")
    conditions = {}
    for name, what, cpu, namespace, target, seconds in STARTUP:
        print(f"startup: {what}, at most {seconds} s", flush=True)
        taking_part = {"bare": "-", "floor": found["floor"],
                       **{init: inits.command(found[init], init) for init in inits.ALL}}
        if namespace and "pid1" in found:
            taking_part["pid1"] = found["pid1"]
        ended, samples = rounds(
            lambda batch: lines(program, taking_part, batch, cpu, namespace, found.get(target, target)),
            lambda rows: [[life for _, life in rows]], 100, seconds, quick, least=STARTUP_ROUNDS)
        conditions[name] = {"what": what, "unit": "0.1 us", **ended, "samples": {
            init: {"life": [round(life / 100) for _, life in rows],
                   "first": [round(first / 100) for first, _ in rows if first >= 0]}
            for init, rows in samples.items()}}
    return conditions


# Name, what, gap, sender's and init's CPU, processes, crowd, hogs, in a cgroup,
# signals a round, rounds a batch, seconds.
SPARSE, BUSY = 500, 0
LATENCY = [
    ("sparse-one", "sparse, one CPU", SPARSE, 0, 0, 1, 0, 0, False, 30, 20, 140),
    ("sparse-two", "sparse, sender on the other CPU", SPARSE, 0, 1, 1, 0, 0, False, 30, 20, 140),
    ("sparse-any", "sparse, any CPU", SPARSE, -1, -1, 1, 0, 0, False, 30, 20, 140),
    ("busy-one", "back to back, one CPU", BUSY, 0, 0, 1, 0, 0, False, 250, 10, 30),
    ("busy-two", "back to back, sender on the other CPU", BUSY, 0, 1, 1, 0, 0, False, 250, 10, 30),
    ("busy-any", "back to back, any CPU", BUSY, -1, -1, 1, 0, 0, False, 250, 10, 30),
    ("sparse-one-cgroup", "sparse, in a cgroup, one CPU", SPARSE, 0, 0, 1, 0, 0, True, 30, 20, 120),
    ("sparse-two-cgroup", "sparse, in a cgroup, sender on the other CPU", SPARSE, 0, 1, 1, 0, 0, True, 30, 20, 120),
    ("busy-one-cgroup", "back to back, in a cgroup, one CPU", BUSY, 0, 0, 1, 0, 0, True, 250, 10, 30),
    ("busy-two-cgroup", "back to back, in a cgroup, sender on the other CPU", BUSY, 0, 1, 1, 0, 0, True, 250, 10, 30),
    ("hogs-one", "sparse, beside a hog, one CPU", SPARSE, 0, 0, 1, 0, 1, False, 30, 20, 60),
    ("hogs-two", "sparse, beside two hogs, sender on the other CPU", SPARSE, 0, 1, 1, 0, 1, False, 30, 20, 60),
    ("group-one", "until all of a group of 50 have it, one CPU", BUSY, 0, 0, 50, 0, 0, False, 100, 5, 40),
    ("group-two", "until all of a group of 50 have it, sender on the other CPU", BUSY, 0, 1, 50, 0, 0, False, 100, 5, 40),
    ("crowd-1", "back to back, one CPU, 1 further child", BUSY, 0, 0, 1, 1, 0, False, 250, 10, 15),
    ("crowd-100", "back to back, one CPU, 100 further children", BUSY, 0, 0, 1, 100, 0, False, 250, 10, 15),
    ("crowd-10000", "back to back, one CPU, 10 000 further children", BUSY, 0, 0, 1, 10000, 0, False, 250, 2, 70),
]


@contextlib.contextmanager
def cgroup():
    """A cgroup of its own to the scheduler, as a container engine makes it for each
    container: the path of its list of processes."""
    root = pathlib.Path("/sys/fs/cgroup")
    if (root / "cpu").is_dir():
        root /= "cpu"
    else:
        (root / "cgroup.subtree_control").write_text("+cpu")
    made = root / "sexton-bench"
    made.mkdir(exist_ok=True)
    try:
        yield made / "cgroup.procs"
    finally:
        made.rmdir()


def latency(quick):
    found = inits.paths()
    program = inits.build("latency")
    conditions = {}
    for name, what, gap, sender, init_cpu, processes, crowd, hogs, contained, signals, batch, seconds in LATENCY:
        print(f"latency: {what}, at most {seconds} s", flush=True)
        taking_part = {"direct": "-", **{init: inits.command(found[init], init, processes > 1) for init in inits.ALL}}
        with cgroup() if contained else contextlib.nullcontext("-") as group:
            ended, samples = rounds(
                lambda batch: lines(program, taking_part, batch, signals, gap, sender, init_cpu, processes, crowd,
                                    hogs, group),
                lambda rows: [[statistics.median(row) for row in rows]], batch, seconds, quick, least=SIGNALS / signals)
        conditions[name] = {
            "what": what, "unit": f"{TICK} ns", "gap_us": gap, "sender_cpu": sender, "init_cpu": init_cpu,
            "processes": processes, "crowd": crowd, "hogs": hogs, "cgroup": contained, **ended, "samples": {
                init: [[round(sample / TICK) for sample in row] for row in rows] for init, rows in samples.items()}}
    return conditions


@contextlib.contextmanager
def room_for_pids(wanted):
    """More processes than the usual limit of pids allows."""
    limit = pathlib.Path("/proc/sys/kernel/pid_max")
    kept = int(limit.read_text())
    if kept < wanted:
        limit.write_text(str(wanted))
    try:
        yield
    finally:
        if kept < wanted:
            limit.write_text(str(kept))


# Children, rounds a batch, seconds.
REAPING = [(1000, 10, 60), (10000, 2, 90), (50000, 1, 120)]
STORM = ["live", "ready", "signal", "reaped before"]


def reaping(quick):
    found = inits.paths()
    program = inits.build("storm")
    taking_part = {name: inits.command(found[name], name) for name in inits.ALL}
    conditions = {}
    with room_for_pids(1 << 17):
        for count, batch, seconds in REAPING:
            print(f"reaping: {count} children, at most {seconds} s", flush=True)
            ended, samples = rounds(
                lambda batch: lines(program, taking_part, batch, count),
                # How many are reaped before the signal may be none.
                lambda rows: list(zip(*rows))[:3], batch, seconds, quick)
            conditions[str(count)] = {"what": f"{count} at once", "unit": "ns", **ended, "samples": {
                init: dict(zip(STORM, map(list, zip(*rows)))) for init, rows in samples.items()}}
    return conditions
