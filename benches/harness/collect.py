"""Runs the measuring programs, rounds upon rounds until the medians stand still."""

import argparse
import contextlib
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

from . import inits
from .summary import interval

# Rounds are added until every median's 95 % interval is narrower than this part
# of it, or the condition's time is over.
NARROW = 0.03
# Of fewer rounds an interval says nothing.
LEAST_ROUNDS = 6


def rounds(run, values, batch, seconds, quick, least=0, had=None):
    """Calls `run(batch)`, a list of (init, sample), until the medians of each of
    `values(samples)` are narrow for all inits and there are `least` rounds, at
    most `seconds`. Answers how it ended, and {init: samples}; those of an earlier
    run, `had`, are among them."""
    samples, start = had or {}, time.monotonic()
    before = min(map(len, samples.values()), default=0)
    while True:
        for name, sample in run(max(batch // 10, 2) if quick else batch):
            samples.setdefault(name, []).append(sample)
        count = len(next(iter(samples.values())))
        widest = max(width(column) for found in samples.values() for column in values(found))
        spent = time.monotonic() - start
        narrow = widest < NARROW and count >= LEAST_ROUNDS
        enough = narrow and count >= least
        # A further batch takes as long as those before.
        if enough or quick or spent * (1 + batch / (count - before)) > seconds:
            break
    ended = {"rounds": count, "seconds": round(spent, 1), "widest": round(widest, 4), "narrow": narrow}
    return ended, samples


def at_least_one(word):
    """The number that an option has for its value."""
    if not word.isdecimal() or int(word) == 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0, found {word}")
    return int(word)


def width(values):
    low, middle, high = interval(values)
    return (high - low) / middle


def lines(program, taking_part, *arguments):
    """Runs a measuring program on {name: command}: (name, its numbers) for each
    line that it prints."""
    names = list(taking_part)
    words = [program, *map(str, arguments), *taking_part.values()]
    # Not in this process group, lest ^C end it before those that it has started.
    with subprocess.Popen(words, text=True, stdout=subprocess.PIPE, process_group=0) as running:
        try:
            printed, _ = running.communicate()
        except BaseException:
            end(running)
            raise
    if running.returncode != 0:
        sys.exit(f"bench: {program}: exit code {running.returncode}")
    for line in printed.splitlines():
        number, *values = map(int, line.split())
        yield names[number], values


def end(running):
    """Ends a measuring program, and what it has started: each is process 1 of a PID
    namespace, and is not gone before all others there are."""
    if running.poll() is not None:
        return
    # While it is stopped it starts none, and those that end stay its zombies.
    running.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, running.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    started = [os.pidfd_open(int(child)) for child in children]
    for pidfd in started:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    running.kill()
    for pidfd in started:
        select.select([pidfd], [], [])


@contextlib.contextmanager
def cgroup(wanted):
    """If wanted, a cgroup of its own to the scheduler, as a container engine makes it
    for each container: the path of its list of processes. "-" if not."""
    if not wanted:
        yield "-"
        return
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


# As many processes as there are at once: every init's crowd, or the largest storm.
PIDS = 1 << 17


@contextlib.contextmanager
def room_for_pids():
    """More processes than the usual limit of pids allows."""
    limit = pathlib.Path("/proc/sys/kernel/pid_max")
    kept = int(limit.read_text())
    if kept < PIDS:
        limit.write_text(str(PIDS))
    try:
        yield
    finally:
        if kept < PIDS:
            limit.write_text(str(kept))
