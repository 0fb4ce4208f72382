"""What is looked at. Each function answers in a word or two, from what it saw.

A reason stands where sexton under a name does not do as the original: "better"
where nobody can want what the original does, "differs" where somebody might.
"""

import os
import pathlib
import pty
import select
import signal
import sys
import tempfile
import time

from inits import HANGS_SECONDS, LATE_SECONDS, PATIENCE_SECONDS, children, program, status, wait_for

SCENARIOS = []


def scenario(title, **reasons):
    def add(function):
        SCENARIOS.append((title, function, {name.replace("_", "-"): reason for name, reason in reasons.items()}))
        return function
    return add


def code(init, *words, **options):
    found, _, _ = init.ended(*words, first=True, **options)
    return "hangs" if found is None else str(found)


def streams(result):
    found, out, err = result
    where = "nothing" if not out + err else "stdout" if not err else "stderr" if not out else "both"
    return f"{found}, {where}"


@scenario("the program exits with 3")
def exits(init):
    return code(init, "sh", "-c", "exit 3")


@scenario("a signal kills it")
def killed(init):
    return code(init, "sh", "-c", "kill -TERM $$")


@scenario("there is no such program")
def missing(init):
    return code(init, "no-such-program")


def of_file(text, mode):
    def run(init):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "program")
            file.write_text(text)
            file.chmod(mode)
            return code(init, str(file))
    return run


scenario("the program's file has no x")(of_file("#!/bin/sh\nexit 4\n", 0o644))
scenario("its interpreter is missing")(of_file("#!/no/such/interpreter\n", 0o755))
scenario("it is a shell script without #!")(of_file("exit 4\n", 0o755))


@scenario("the program is a folder")
def folder(init):
    return code(init, "/tmp/.")


@scenario("a component of its path is a file")
def component(init):
    return code(init, "/etc/passwd/program")


@scenario("no program is given")
def no_program(init):
    return streams(init.ended(own=()))


@scenario("an unknown option")
def unknown(init):
    return streams(init.ended("true", own=("-Z",)))


@scenario("`--version`")
def version(init):
    return streams(init.ended(own=("--version",)))


@scenario("`-h`")
def help_(init):
    return streams(init.ended(own=("-h",)))


@scenario("`-g` behind the program's name")
def permutes(init):
    _, out, _ = init.ended("echo", "-g", own=(), first=True)
    return "the program's" if out == "-g\n" else "init's"


@scenario("the child's place")
def place(init):
    return init.ended(*program("place"), first=True)[1].strip()


@scenario("what is ignored and blocked at the start",
          catatonit="better: TSTP, TTIN and TTOU stay as they are; blocked, job control in a shell is dead")
def at_start(init):
    def before():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    # As Python has it, too.
    ignored, blocked = init.ended(*program("signals_at_start"), first=True, preexec_fn=before)[1].strip().split("] ")
    kept = "kept" if "1" in ignored.strip("[]").split(", ") else "reset"
    return f"{kept}, {blocked.strip('[]') or 'none'}"


@scenario("SIGCHLD is ignored at the start",
          tini="better: it ends", tini_static="better: it ends", catatonit="better: it ends")
def chld_ignored(init):
    # unshare would set it to its default.
    found, _, _ = init.ended("sh", "-c", "exit 3", limit=HANGS_SECONDS,
                             preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    return "hangs" if found is None else str(found)


@scenario("standard input is closed", tini="better: nothing is read from it", tini_static="better: as tini")
def closed_input(init):
    # unshare would open something in its place.
    return str(init.ended("sh", "-c", "exit 3", preexec_fn=lambda: os.close(0), stdin=None)[0])


@scenario("a TERM that came before the program did", dumb_init="better: it is not lost")
def early(init):
    def before():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        os.kill(os.getpid(), signal.SIGTERM)
    with init.started(*program("print_signals"), first=False, preexec_fn=before) as running:
        # Where the mask was emptied it ends the program before that blocks it.
        ready = running.line()
        return "arrives" if ready is None or running.line(LATE_SECONDS) == "child 15" else "lost"


LAST = 64


def arrives(running, number):
    """Whether this signal arrives; the last of all, which comes behind it, tells
    that it does not."""
    running.send(number)
    if number == LAST:
        return running.line(LATE_SECONDS) == f"child {LAST}"
    running.send(LAST)
    got = []
    while f"child {LAST}" not in got:
        got.append(running.line())
        if got[-1] is None:
            sys.exit(f"compatibility: expected an answer to signal {number}, found {got}")
    return f"child {number}" in got


@scenario("TSTP, TTIN and TTOU, init being PID 1",
          catatonit="better: TSTP is forwarded like any other")
def stops(init):
    seen = []
    with init.started(*program("print_signals")) as running:
        running.line()
        [child] = children(running.pid)
        for number in (20, 21, 22):
            running.send(number)
            if running.line(LATE_SECONDS) == f"child {number}":
                seen.append("forwarded")
                continue
            seen.append("STOP" if status(child, "State").startswith("T") else "dropped")
            running.send(18)
            running.line()
    return seen[0] if len(set(seen)) == 1 else ", ".join(seen)


@scenario("signals that are not forwarded, of 1 to 31, but those",
          tini="better: one that a process sends is no fault of init's", tini_static="better: as tini",
          catatonit="better: one that a process sends is no fault of init's")
def forwarded(init):
    left_out = []
    with init.started(*program("print_signals")) as running:
        running.line()
        for number in range(1, 32):
            if number not in (9, 17, 19, 20, 21, 22) and not arrives(running, number):
                left_out.append(str(number))
    return " ".join(left_out) or "none"


@scenario("real-time signals that are not forwarded, of 34 to 64")
def real_time(init):
    with init.started(*program("print_signals")) as running:
        running.line()
        return " ".join(str(n) for n in range(34, 65) if not arrives(running, n)) or "none"


def addressed(init, own):
    with init.started(*program("group"), own=own) as running:
        running.line(), running.line()
        running.send(10)
        return "group" if {running.line(), running.line(LATE_SECONDS)} == {"child 10", "member 10"} else "child"


@scenario("signals go to the")
def whom(init):
    return addressed(init, ("--",))


@scenario("signals go to the, with `-g` (`-c` of dumb-init and sexton)")
def whom_else(init):
    return addressed(init, ("-c" if init.name in ("dumb-init", "sexton") else "-g", "--"))


@scenario("what the program leaves behind in its group, init being no PID 1")
def rest(init):
    found = init.ended(*program("leave_behind"))[1].strip()
    return {"rest 15": "gets TERM", "rest nothing": "is left alone"}[found]


@scenario("orphans, init being no PID 1", dumb_init="better: they are reaped, whoever runs it")
def orphans(init):
    return init.ended(*program("orphan"))[1].strip()


@scenario("init's working directory", tini="better: no file system stays busy", tini_static="better: as tini",
          catatonit="better: no file system stays busy")
def directory(init):
    with init.started(*program("print_signals"), cwd="/tmp") as running:
        running.line()
        # It leaves when the program has been started, perhaps a little later.
        deadline = time.monotonic() + LATE_SECONDS
        while os.readlink(f"/proc/{running.pid}/cwd") != "/" and time.monotonic() < deadline:
            time.sleep(0.01)
        return "left" if os.readlink(f"/proc/{running.pid}/cwd") == "/" else "kept"


def has(pid, target):
    """Whether a process has a descriptor of that."""
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            if os.readlink(f"/proc/{pid}/fd/{descriptor}") == target:
                return True
        except FileNotFoundError:
            pass
    return False


@scenario("an inherited descriptor in init", dumb_init="better: pipes and sockets end with their users",
          tini="better: pipes and sockets end with their users", tini_static="better: as tini")
def descriptor(init):
    read, write = os.pipe()
    try:
        with init.started(*program("print_signals"), pass_fds=[read]) as running:
            running.line()
            deadline = time.monotonic() + LATE_SECONDS
            pipe = os.readlink(f"/proc/self/fd/{read}")
            while (found := has(running.pid, pipe)) and time.monotonic() < deadline:
                time.sleep(0.01)
            return "open" if found else "closed"
    finally:
        os.close(read)
        os.close(write)


@scenario("LISTEN_PID names init", dumb_init="better: the program gets its sockets",
          tini="better: the program gets its sockets", tini_static="better: as tini")
def listen_pid(init):
    environment = os.environ | {"LISTEN_PID": "1"}
    return init.ended("sh", "-c", '[ "$LISTEN_PID" = $$ ] && echo the child || echo init', first=True,
                      env=environment)[1].strip()


@scenario("wake-ups in 3 s of nothing", tini="better: it sleeps", tini_static="better: as tini")
def idle(init):
    with init.started(*program("print_signals")) as running:
        running.line()
        running.send(10)
        running.line()
        wait_for("a sleeping init", lambda: status(running.pid, "State").startswith("S") or None)
        before = status(running.pid, "voluntary_ctxt_switches")
        time.sleep(3)
        return "none" if status(running.pid, "voluntary_ctxt_switches") == before else "some"


@scenario("pause mode (`-P`), ended by TERM")
def pause(init):
    if init.name not in ("catatonit", "sexton"):
        return "there is none"
    with init.started(own=("-P",)) as running:
        wait_for("a sleeping init", lambda: status(running.pid, "State").startswith("S") or None)
        running.send(15)
        return str(running.process.wait(PATIENCE_SECONDS))


@scenario("the program exits with 3, `-e 3` asks for 0 instead")
def remapped(init):
    if init.name in ("dumb-init", "catatonit"):
        return "there is none"
    return str(init.ended("sh", "-c", "exit 3", own=("-e", "3", "--"), first=True)[0])


@scenario("`-v` with a program that says nothing")
def verbose(init):
    if init.name == "catatonit":
        return "there is none"
    return streams(init.ended("true", own=("-v", "--"), first=True))


def on_terminal(init, *program, type_in=(), until):
    """What a terminal shows of an init that leads its session."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(init.path, [init.path, "--", *program])
    shown, keys = "", list(type_in)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while until not in shown and time.monotonic() < deadline:
            if keys and keys[0][0] in shown:
                os.write(terminal, keys.pop(0)[1])
            ready, _, _ = select.select([terminal], [], [], 0.2)
            try:
                shown += os.read(terminal, 4096).decode(errors="replace") if ready else ""
            except OSError:
                break
    finally:
        for process in [*children(pid), pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os.waitpid(pid, 0)
        os.close(terminal)
    return shown


@scenario("on a terminal, the child is in the")
def foreground(init):
    shown = on_terminal(init, *program("foreground"), until="ground")
    return shown.strip().splitlines()[-1]


@scenario("on a terminal, a typed ^C arrives")
def interrupt(init):
    # What comes behind it is typed, too.
    keys = [("ready child", b"\x03"), ("child 2", b"\x1c")]
    shown = on_terminal(init, *program("print_signals"), type_in=keys, until="child 3")
    return {0: "never", 1: "once", 2: "twice"}[shown.count("child 2")]


@scenario("on a terminal, ^Z under a shell", catatonit="better: it stops the job; there TSTP is blocked")
def suspend(init):
    keys = [("$ ", b"stty -echo; sh -c 'echo star''ted; exec sleep 5'\n"), ("started", b"\x1a"),
            ("Stopped", b"kill -9 %1; echo sus''pended\n")]
    shown = on_terminal(init, "env", "PS1=$ ", "bash", "--norc", "--noprofile", "-i", type_in=keys, until="suspended")
    return "stops the job" if "suspended" in shown else "does nothing"
