"""The programs that are run under the inits: programs.py NAME [ARGUMENT]"""

import os
import signal
import sys

ALL = signal.valid_signals()


def say(text):
    # One write, for several processes print to one pipe.
    os.write(1, f"{text}\n".encode())


def print_signals(who="child"):
    """Prints each signal that comes."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
    say(f"ready {who}")
    while True:
        say(f"{who} {signal.sigwaitinfo(ALL).si_signo}")


def group():
    """Two that print signals, in one process group."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
    print_signals("member" if os.fork() == 0 else "child")


def leave_behind():
    """Ends with 3, and leaves one behind in its group that prints signals."""
    ready, tell = os.pipe()
    if os.fork() == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
        os.write(tell, b"x")
        got = signal.sigtimedwait(ALL, 2)
        say(f"rest {got.si_signo if got else 'nothing'}")
        os._exit(0)
    os.read(ready, 1)
    os._exit(3)


def orphan():
    """Leaves an orphan, and tells whose child that becomes."""
    parent = os.getppid()
    told, tell = os.pipe()
    if os.fork() == 0:
        middle = os.getpid()
        if os.fork() == 0:
            while os.getppid() == middle:
                pass
            os.write(tell, b"y" if os.getppid() == parent else b"n")
            os._exit(0)
        os._exit(0)
    os.wait()
    say("adopted" if os.read(told, 1) == b"y" else "not adopted")


def place():
    """Where it lives."""
    own, parent = os.getpid(), os.getppid()
    if os.getsid(0) == own:
        say("its own session")
    else:
        say("its own group" if os.getpgid(0) == own else "init's group")


def signals_at_start():
    """Ignored and blocked signals, as numbers."""
    with open("/proc/self/status") as file:
        fields = dict(line.rstrip("\n").split(":\t", 1) for line in file if line.startswith("Sig"))
    numbers = [[n for n in range(1, 65) if int(fields[field], 16) >> n - 1 & 1] for field in ("SigIgn", "SigBlk")]
    say(f"{numbers[0]} {numbers[1]}")


def foreground():
    """Whether its group has the foreground of the terminal on standard input."""
    say("foreground" if os.tcgetpgrp(0) == os.getpgid(0) else "background")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
