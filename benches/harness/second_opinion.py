"""`scripts/bench second-opinion`: forwarding and reaping once more, by other means.

The kernel's tracepoints tell the times, not the programs: of a signal, on one CPU,
when it was generated for the init and when the processor was given to the program;
of zombies when the init first asked for one and when it last did. Sender and
program are Python. Each round starts every init anew, as PID 1 of a PID namespace
and leader of a session, in random order. Writes nothing; needs tracefs."""

import argparse
import contextlib
import os
import pathlib
import random
import select
import signal
import statistics
import subprocess
import sys
import time

from . import inits
from .collect import at_least_one
from .publish import middle, ratio, table
from .summary import side_by_side
from .tracing import tracing

PATIENCE_SECONDS = 60
# To each init in a round.
SIGNALS = 20
ZOMBIES = 1000
BUFFER_KB = 16384

# Waits for signals, says "." for each; by SIGTERM it ends.
SIGNALLED = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
os.write(1, b".")
while signal.sigwait([signal.SIGUSR1, signal.SIGTERM]) == signal.SIGUSR1:
    os.write(1, b".")
"""
# Says "." when its child's children, orphans of a session of their own, all wait
# for the end of its input. Then their end is the input's.
STORM = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
middle = os.fork()
if middle == 0:
    os.setsid()
    for _ in range(int(sys.argv[1])):
        if os.fork() == 0:
            os.read(0, 1)
            os._exit(0)
    os._exit(0)
os.waitpid(middle, 0)
os.close(0)
os.write(1, b".")
signal.sigwait([signal.SIGTERM])
"""


class Started:
    """An init, or none, and the program under it."""

    def __init__(self, words, program, *more):
        self.process = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "setsid", *words, sys.executable, "-Sc", program, *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.answered()
            self.init = child_of(self.process.pid)
            self.program = child_of(self.init) if words else self.init
        except BaseException:
            self.process.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        """Expects init to end as it should, unless something went wrong before."""
        if kind:
            self.process.kill()
            return
        os.kill(self.init, signal.SIGTERM)
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        with self.process:
            if self.process.wait() != 0:
                sys.exit(f"bench: {self.process.args}: expected exit code 0, "
                         f"found {self.process.returncode}")

    def answered(self):
        if not select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0] \
                or os.read(self.process.stdout.fileno(), 1) != b".":
            sys.exit(f"bench: {self.process.args}: expected an answer, found none")


def child_of(pid):
    """Its only one, or its first."""
    return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def forwarding(trace, commands, in_a_row):
    """{init: microseconds} of one round: of the signals' ways the median."""
    names = random.sample(list(commands), len(commands))
    orders = [[name] * SIGNALS for name in names] if in_a_row else [
        random.sample(names, len(names)) for _ in range(SIGNALS)]
    samples = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        started = {name: stack.enter_context(Started(commands[name], SIGNALLED)) for name in names}
        programs = {one.program: name for name, one in started.items()}
        inits = {one.init: name for name, one in started.items()}
        # Until all have settled.
        time.sleep(0.05)
        trace.select(signal_generate=f"sig=={int(signal.SIGUSR1)}",
                     sched_switch="||".join(f"next_pid=={pid}" for pid in programs))
        for name in (name for order in orders for name in order):
            time.sleep(random.uniform(0.0005, 0.0015))
            os.kill(started[name].init, signal.SIGUSR1)
            started[name].answered()
        sent = {}
        for event in trace.events():
            if event.name == "signal_generate":
                if (number := event.number("pid")) in inits:
                    sent[inits[number]] = event.time
            elif (name := programs[event.number("next_pid")]) in sent:
                samples[name].append((event.time - sent.pop(name)) / trace.per_us)
    return {name: statistics.median(found) for name, found in samples.items()}


def reaping(trace, commands):
    """{init: microseconds} of one round: until all zombies are reaped."""
    found = {}
    for name in random.sample(list(commands), len(commands)):
        with Started(commands[name], STORM, str(ZOMBIES)) as one:
            os.kill(one.init, signal.SIGSTOP)
            one.process.stdin.close()
            children = pathlib.Path(f"/proc/{one.init}/task/{one.init}/children")
            until(lambda: all(state(pid) == "Z" for pid in children.read_text().split()
                              if int(pid) != one.program), 0.01, f"{name}: expected {ZOMBIES} zombies")
            trace.select(sched_process_wait=f"common_pid=={one.init}")
            os.kill(one.init, signal.SIGCONT)
            # To look is to hold a lock that reaping needs; the trace has the times.
            time.sleep(0.05)
            until(lambda: len(children.read_text().split()) == 1, 0.1, f"{name}: expected all to be reaped")
            # It looks once more, and finds none.
            time.sleep(0.05)
            waits = [event.time for event in trace.events()]
            found[name] = (waits[-1] - waits[0]) / trace.per_us
    return found


def until(holds, pause, otherwise):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"bench: {otherwise}")
        time.sleep(pause)


def state(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def report(what, rounds, base):
    """One line for each init: medians over rounds, and sexton's ratio to it."""
    columns = {name: [found[name] for found in rounds] for name in rounds[0]}
    figures = side_by_side(columns, base, inits.ALL)
    rows = [[name, middle(figures[name]["added"]), ratio(figures["sexton"]["relative"].get(name))]
            for name in inits.ALL]
    beyond = f", beyond {base} ({middle(figures[base]['median'])})" if base else ""
    print(table([f"{what}{beyond}", "us", "sexton's, relative to that"], rows), end="\n\n", flush=True)


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench second-opinion")
    parser.add_argument("--rounds", type=at_least_one, default=40)
    rounds = range(parser.parse_args(arguments).rounds)
    found = inits.paths()
    commands = {name: inits.command(found[name], name).split() for name in inits.ALL}
    os.sched_setaffinity(0, {0})
    with tracing(BUFFER_KB) as trace:
        for what, in_a_row in [("sparse, all to one init", True), ("sparse", False)]:
            report(what, [forwarding(trace, {"direct": [], **commands}, in_a_row) for _ in rounds], "direct")
        os.sched_setaffinity(0, range(os.cpu_count()))
        report(f"{ZOMBIES} zombies", [reaping(trace, commands) for _ in rounds], None)
