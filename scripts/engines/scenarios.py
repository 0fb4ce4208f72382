"""What has to hold for a container, whichever engine runs it.

An engine gives `command(options, program)`, the command line that runs a
program in a new container in the foreground, `kill(signal)` and `stop()` for
the container that runs, and `environment`. `options` are keywords: `init`, the
name of the entry point or None for the engine's own init flag, `terminal`.
"""

from common import FORWARDED, Failure, Lines, Typist, expect, run

TSTP_TTIN_TTOU, CONT = (20, 21, 22), 18


def exit_codes(engine, **how):
    for script, code in [("exit 0", 0), ("exit 42", 42), ("exit 255", 255),
                         ("kill -TERM $$", 143), ("kill -KILL $$", 137)]:
        run(*engine.command(["sh", "-c", script], **how), code=code, env=engine.environment)


def a_missing_program(engine, code, **how):
    run(*engine.command(["/no/such/program"], **how), code=code, env=engine.environment)


def a_graceful_stop(engine, **how):
    container = Lines(*engine.command(["/graceful"], **how), env=engine.environment)
    container.until("ready")
    engine.stop()
    container.until("stopping")
    expect("the exit code after the stop", 7, container.end())


def every_signal_arrives(engine, dropped=(), **how):
    container = Lines(*engine.command(["/signals"], **how), env=engine.environment)
    container.until("ready")
    for signal in FORWARDED:
        if signal in dropped:
            continue
        engine.kill(signal)
        if signal in TSTP_TTIN_TTOU and how.get("stops", True):
            # In a session of its own the program is stopped instead.
            engine.kill(CONT)
            container.until(f"got {CONT}")
        else:
            container.until(f"got {signal}")
    engine.kill(9)
    expect("the exit code after SIGKILL", 137, container.end())


def job_control(engine, **how):
    shell = Typist(*engine.command(["sh", "-i"], terminal=True, **how), env=engine.environment)
    shell.type("stty -echo 2>/dev/null; echo shell is $((40+2))\n")
    before = shell.until("shell is 42")
    if "job control" in before:
        raise Failure(f"expected job control, found {before!r}")
    for key, code in [("\x03", 130), ("\x1a", 148)]:
        shell.type("sh -c 'echo star''ted; exec sleep 1000'\n")
        shell.until("started")
        shell.type(key)
        shell.type("echo ended as $?\n")
        shell.until(f"ended as {code}")
    shell.type("jobs\n")
    shell.until("Stopped")
    shell.type("kill -9 %1; exec sh -c 'exit 6'\n")
    expect("the shell's exit code", 6, shell.end())


def orphans_are_reaped(engine, **how):
    script = ("for n in 1 2 3 4 5 6 7 8 9; do (sleep 0 &); done; "
              "while ps -o stat,comm | grep -q '^Z'; do sleep 0.1; done; echo none left")
    expect("zombies", "none left\n",
           run(*engine.command(["sh", "-c", script], **how), env=engine.environment))
