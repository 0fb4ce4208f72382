"""What an init costs while it supervises: memory, wake-ups, system calls.

Uses the class that scripts/footprint, the gate, starts inits with."""

import contextlib
import importlib.machinery
import importlib.util
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import inits

CROWDS = [0, 1, 100, 10000]
IDLE_SECONDS = 10
SIGNALS = 100
FIELDS = {"VmRSS": "kB", "Pss": "kB", "Private_Dirty": "kB", "Rss": "kB", "VmPTE": "kB", "Threads": "", "descriptors": ""}


def gate():
    path = str(inits.ROOT / "scripts/footprint")
    loader = importlib.machinery.SourceFileLoader("footprint_gate", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def look(pid):
    """The kernel's figures for one process, in kB."""
    text = "".join(pathlib.Path(f"/proc/{pid}/{file}").read_text() for file in ("status", "smaps_rollup"))
    found = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+)", text, re.M) if name in FIELDS}
    return {**found, "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


def footprint(quick):
    found = inits.paths()
    runner = gate()
    program = str(inits.TARGET / "peers/acknowledge")
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-o", program, inits.ROOT / "benches/acknowledge.c"],
                   check=True)
    names = inits.ALL + [name for name in ["pid1"] if name in found]
    commands = {name: inits.command(found[name], name).split() for name in names}
    run = lambda name, *more, trace=None: runner.Run(commands[name], [program, *more], True, os.environ, trace)
    return {
        "memory": memory(run, names, 2 if quick else 11),
        "idle": idle(run, names, 1 if quick else IDLE_SECONDS),
        "signals": {name: calls(runner, run, name) for name in inits.ALL},
        "instructions": instructions(runner, commands, program),
    }


def memory(run, names, times):
    """Per init and number of further children: each look's figures."""
    looks = {}
    for crowd in CROWDS:
        print(f"footprint: {crowd} further children", flush=True)
        # The place of the stack is random, so once is not enough.
        for _ in range(times if crowd < 10000 else max(times // 4, 1)):
            for name in names:
                with run(name, str(crowd)) as one:
                    if name != "pid1":
                        one.forward(5)
                    looks.setdefault(name, {}).setdefault(str(crowd), []).append(look(one.init))
                    one.stop()
    return {"what": "as PID 1, after 5 signals, but pid1, which passes few on", "unit": "kB", "samples": looks}


def idle(run, names, seconds):
    """Times that each went to sleep again, and system calls, in some seconds."""
    print(f"footprint: {seconds} s of idling, twice", flush=True)
    with contextlib.ExitStack() as stack:
        runs = {name: stack.enter_context(run(name)) for name in names}
        before = {name: one.voluntary_switches() for name, one in runs.items()}
        time.sleep(seconds)
        wakeups = {name: one.voluntary_switches() - before[name] for name, one in runs.items()}
        for one in runs.values():
            one.stop()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runs = {name: stack.enter_context(run(name, trace=str(folder / name))) for name in names}
        traces = {name: folder / f"{name}.{one.init}" for name, one in runs.items()}
        time.sleep(0.2)
        before = {name: len(trace.read_text().splitlines()) for name, trace in traces.items()}
        time.sleep(seconds)
        made = {name: len(trace.read_text().splitlines()) - before[name] for name, trace in traces.items()}
        for one in runs.values():
            one.stop()
    return {"what": f"{seconds} s with nothing to do, as PID 1", "seconds": seconds,
            "wake-ups": wakeups, "system calls": made}


def calls(runner, run, name):
    """The system calls that forwarding took, by name."""
    with tempfile.TemporaryDirectory() as folder:
        with run(name, trace=f"{folder}/trace") as one:
            time.sleep(0.2)
            before = len(runner.calls(f"{folder}/trace", one.init))
            one.forward(SIGNALS)
            time.sleep(0.2)
            made = runner.calls(f"{folder}/trace", one.init)[before:]
            one.stop()
    return {call: made.count(call) / SIGNALS for call in sorted(set(made))}


def instructions(runner, commands, program):
    """Instructions for each forwarded signal: with perf where the processor's
    counters can be had, else those outside the kernel, counted by valgrind."""
    probe = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u,instructions:k", "true"],
                           text=True, capture_output=True) if shutil.which("perf") else None
    counted = probe is not None and probe.returncode == 0 and not re.search(r"<not", probe.stderr)
    print(f"footprint: instructions a signal, by {'perf' if counted else 'valgrind'}", flush=True)
    found = {}
    for name in inits.ALL:
        few, many = [count(runner, commands[name], program, signals, counted) for signals in (20, 20 + SIGNALS)]
        found[name] = None if few is None or many is None else (many - few) / SIGNALS
    return {"what": "instructions for each forwarded signal",
            "with": "perf, kernel included" if counted else "valgrind, outside the kernel", "each": found}


def count(runner, command, program, signals, counted):
    wrapper = (["perf", "stat", "--no-inherit", "-x,", "-e", "instructions:u,instructions:k"] if counted
               else ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"])
    with subprocess.Popen([*wrapper, *command, program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as wrapped:
        def arrived():
            return runner.select.select([wrapped.stdout], [], [], runner.PATIENCE_SECONDS)[0] \
                and os.read(wrapped.stdout.fileno(), 1) == b"."
        try:
            ready = arrived()
            pid = int(pathlib.Path(f"/proc/{wrapped.pid}/task/{wrapped.pid}/children").read_text().split()[0]) \
                if counted else wrapped.pid
            for _ in range(signals):
                os.kill(pid, signal.SIGUSR1)
                ready = ready and arrived()
                time.sleep(0.001)
            os.kill(pid, signal.SIGTERM)
            text = wrapped.communicate(timeout=runner.PATIENCE_SECONDS)[1]
        except (OSError, IndexError, subprocess.TimeoutExpired):
            ready, text = False, ""
        finally:
            wrapped.kill()
    if not ready:
        return None
    numbers = (re.findall(r"^(\d+),+instructions", text, re.M) if counted
               else re.findall(r"Collected : (\d+)", text)[:1])
    return sum(map(int, numbers)) if numbers else None
