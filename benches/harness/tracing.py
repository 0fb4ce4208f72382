"""The kernel's tracepoints: an instance of its own, by the finest clock there is."""

import contextlib
import pathlib
import re
import sys
import time
import typing

TRACING = pathlib.Path("/sys/kernel/tracing")


class Event(typing.NamedTuple):
    # Of the trace's clock, see `per_us`.
    time: float
    # Who ran, and where.
    pid: int
    cpu: int
    name: str
    fields: str

    def number(self, field):
        return int(re.search(rf"\b{field}=(\d+)", self.fields)[1])


class Trace:
    LINE = re.compile(r"-(\d+)\s+\[(\d+)\]\s\S+\s+([\d.]+): (\w+): (.*)$", re.M)

    def __init__(self, folder, kilobytes):
        self.folder = folder
        clocks = (folder / "trace_clock").read_text()
        (folder / "trace_clock").write_text("x86-tsc" if "x86-tsc" in clocks else "mono")
        (folder / "buffer_size_kb").write_text(str(kilobytes))
        self.per_us = self.calibrate()

    def calibrate(self):
        """Units of the clock in a microsecond."""
        times = []
        self.clear()
        for _ in range(2):
            (self.folder / "trace_marker").write_text("tick")
            times.append(time.monotonic_ns())
            time.sleep(0.3)
        first, second = (event.time for event in self.events())
        return (second - first) / (times[1] - times[0]) * 1000

    def clear(self):
        (self.folder / "trace").write_text("")

    def select(self, **filters):
        """These events, as far as they fulfil the condition, if any; no others."""
        (self.folder / "events/enable").write_text("0")
        for event, condition in filters.items():
            place = next(self.folder.glob(f"events/*/{event}"))
            (place / "filter").write_text(condition or "0")
            (place / "enable").write_text("1")
        self.clear()

    def events(self):
        """In the order of time."""
        text = (self.folder / "trace").read_text()
        return sorted((Event(float(when), int(pid), int(cpu), name, fields)
                       for pid, cpu, when, name, fields in self.LINE.findall(text)), key=lambda event: event.time)


@contextlib.contextmanager
def tracing(kilobytes):
    """A buffer of so many on each processor."""
    folder = TRACING / "instances/sexton-bench"
    if not (TRACING / "instances").is_dir():
        sys.exit(f"bench: {TRACING}: expected tracefs, found none")
    folder.mkdir(exist_ok=True)
    try:
        yield Trace(folder, kilobytes)
    finally:
        (folder / "events/enable").write_text("0")
        folder.rmdir()
