"""`scripts/bench trace`: what the figures of a condition are made of, by tracepoints.

Of signals: how many sleeping processors each one's way had to wake, and what the
slowest met. Of a storm with the init awake: the turns that the init had while the
children ended. Writes nothing; needs tracefs. A traced signal takes longer."""

import argparse
import collections
import pathlib
import signal
import statistics

from . import inits
from .collect import at_least_one, cgroup, lines, room_for_pids
from .measure import LATENCY, REAPING
from .publish import digits, table
from .tracing import tracing

# A trace's buffer holds what so many rounds leave in it.
BATCH = 10
BUFFER_KB = 65536
# Events that may lie between a signal and its arrival.
NEAR = 400
SLOWEST = 0.02
TICKS = ("local_timer_entry", "softirq_entry")


def comm(command):
    """The name that the kernel has for who runs it."""
    return pathlib.Path(command.split()[0]).name[:15]


def course(events, at):
    """Of the signal that events[at] generates: how many sleeping processors were woken on
    its way, and whether a tick came. None if the trace lacks a part."""
    sender, init = events[at].pid, events[at].number("pid")
    # The kernel wakes an init that sleeps before it tells of the signal. One that is woken
    # before the sender's last signal has had that.
    own = (i for i in range(at - 1, max(at - NEAR, 0), -1) if events[i].pid == sender and (
        events[i].name == "signal_generate" or events[i].name == "sched_waking" and events[i].number("pid") == init))
    before = next(own, at)
    begin = before if events[before].name == "sched_waking" else at
    near = events[begin:begin + NEAR]
    program = next((event.number("pid") for event in near
                    if event.name == "signal_generate" and event.pid == init), None)
    if program is None:
        return None
    # One that is still awake has a processor.
    woken, asleep, processors, awaited = 0, begin < at, {events[at].cpu}, [init, program]
    for passed, event in enumerate(near):
        comes = event.name == "sched_switch" and event.number("next_pid") == awaited[0]
        if comes or event.pid == awaited[0]:
            # Of some switches from the idle task there is no event.
            woken += asleep and (not comes or event.number("prev_pid") == 0)
            asleep = True
            processors.add(event.cpu)
            awaited.pop(0)
            if not awaited:
                return woken, any(met.name in TICKS and met.cpu in processors for met in near[:passed])
    return None


def ways(trace, name, count):
    """{init: [(nanoseconds, sleeping processors woken, whether a tick came)]}"""
    way, program = LATENCY[name], inits.build("latency")
    commands = way.inits(inits.paths())
    names = {comm(command): init for init, command in commands.items()}
    all_ways = {init: [] for init in commands}
    for _ in range(0, count, BATCH):
        trace.select(signal_generate=f"sig=={int(signal.SIGUSR1)}", sched_switch="", sched_waking="",
                     **{tick: "" for tick in TICKS})
        times = collections.defaultdict(list)
        with room_for_pids(), cgroup(way.cgroup) as group:
            for init, row in lines(program, commands, BATCH, *way.arguments(group)):
                times[init].append(row)
        events = trace.events()
        signals = collections.defaultdict(dict)
        for at, event in enumerate(events):
            if event.name == "signal_generate":
                to = event.fields.split("comm=")[1].split(" pid=")[0]
                if to in names:
                    signals[names[to]].setdefault(event.number("pid"), []).append(at)
        for init, rows in times.items():
            for row, sent in zip(rows, signals[init].values(), strict=True):
                for time, at in zip(row, sent[-len(row):], strict=True):
                    if (met := course(events, at)) is not None:
                        all_ways[init].append((time, *met))
    return all_ways


def report_ways(found):
    rows = []
    for init, signals in found.items():
        signals.sort()
        slow = signals[-max(round(len(signals) * SLOWEST), 1):]
        rest = signals[:-len(slow)]
        cells = [init, str(len(signals)), us([time for time, *_ in signals])]
        for wanted in range(3):
            times = [time for time, woken, _ in signals if woken == wanted]
            cells.append(f"{share(times, signals)}: {us(times)}" if times else "-")
        cells += [share([1 for *_, ticks in part if ticks], part) for part in (slow, rest)]
        rows.append(cells)
    print(table(["init", "signals", "median, us", "no processor woken", "one", "two",
                 f"a tick in the slowest {SLOWEST:.0%}", "in the others"], rows))


def us(times):
    return digits(statistics.median(times) / 1000)


def share(part, whole):
    return f"{len(part) / len(whole):.1%}"


def turns(trace, name, count):
    """A row of the table for each init in each storm."""
    children, _, _, contained = REAPING[name]
    found, program = inits.paths(), inits.build("storm")
    for init in [init for _ in range(count) for init in inits.ALL]:
        command = inits.command(found[init], init)
        own = comm(command)
        trace.select(sched_switch=f'prev_comm=="{own}"||next_comm=="{own}"', sched_process_exit="",
                     sched_process_wait=f'comm=="{own}"')
        with room_for_pids(), cgroup(contained) as group:
            (_, (live, *_)), = lines(program, {init: command}, 1, children, group)
        events = trace.events()
        ends = [at for at, event in enumerate(events) if event.name == "sched_process_exit"]
        number = asleep = looks = 0
        ran, since = 0, None
        for event in events[ends[0]:ends[children - 1] + 1]:
            looks += event.name == "sched_process_wait"
            if event.name != "sched_switch":
                continue
            if f"next_comm={own} " in event.fields:
                number, since = number + 1, event.time
            elif since is not None:
                asleep += "prev_state=S" in event.fields
                ran, since = ran + event.time - since, None
        yield [init, digits(live / 1e6), str(number), str(asleep), digits(ran / trace.per_us / 1000), str(looks)]


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench trace")
    parser.add_argument("--rounds", type=at_least_one, help="default: 200 of signals, in tens; 3 of a storm")
    parser.add_argument("condition", choices=[*LATENCY, *REAPING], metavar="CONDITION",
                        help="a name in docs/bench/latency.json or reaping.json")
    options = parser.parse_args(arguments)
    with tracing(BUFFER_KB) as trace:
        if options.condition in LATENCY:
            report_ways(ways(trace, options.condition, options.rounds or 200))
        else:
            print(table(["init", "live, ms", "turns while they end", "asleep after", "ran, ms", "looks for children"],
                        turns(trace, options.condition, options.rounds or 3)))
