"""The inits that are compared, and ways to run them."""

import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import time

# Original, and the names under which sexton stands in for it.
ORIGINALS = {
    "dumb-init": ["dumb-init"],
    "tini": ["tini", "docker-init"],
    "tini-static": ["tini-static"],
    "catatonit": ["catatonit", "podman-init"],
}
PATIENCE_SECONDS = 20
# What hangs does so for ever; what does not is done in a fraction of this.
HANGS_SECONDS = 5
# What has not come by then does not come.
LATE_SECONDS = 3
NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs.py"


def program(name, *arguments):
    """The command line of one of our own programs."""
    return [sys.executable, str(PROGRAMS), name, *arguments]


def originals():
    """The paths of the originals, from Debian's packages."""
    missing = [name for name in ORIGINALS if not shutil.which(name)]
    if missing:
        packages = sorted({name.removesuffix("-static") for name in missing})
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-q", *command], check=True, env=environment, stdout=sys.stderr)
    return {name: shutil.which(name) for name in ORIGINALS}


def wait_for(what, probe):
    """The first answer of `probe` that is not None."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := probe()) is None:
        if time.monotonic() > deadline:
            sys.exit(f"compatibility: expected {what}, found nothing of it after {PATIENCE_SECONDS} s")
        time.sleep(0.01)
    return answer


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def status(pid, field):
    """A field of /proc/PID/status."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith(field + ":"))


class Init:
    """One init: `path` is what is run, `name` whose command line it has."""

    def __init__(self, name, path):
        self.name, self.path = name, path

    def ended(self, *program, own=("--",), first=False, limit=None, **options):
        """Exit code, standard output and standard error of a whole run; as PID 1
        if `first`. The code is None if it hangs. `own` are init's arguments."""
        command = (NAMESPACE if first else []) + [self.path, *own, *program]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        process = subprocess.Popen(command, text=True, start_new_session=True, **options)
        try:
            out, err = process.communicate(timeout=limit or PATIENCE_SECONDS)
            return process.returncode, out, err
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, "", ""

    def started(self, *program, own=("--",), first=True, **options):
        return Running([self.path, *own, *program], first, options)


class Running:
    """An init that runs, by default as PID 1, and what its program prints."""

    def __init__(self, command, first, options):
        options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        self.process = subprocess.Popen((NAMESPACE if first else []) + command,
                                        stdout=subprocess.PIPE, start_new_session=True, **options)
        self.unread = b""
        self.pid = self.process.pid
        if first:
            self.pid = wait_for("init in its namespace", lambda: (children(self.process.pid) or [None])[0])

    def line(self, limit=PATIENCE_SECONDS):
        """The next line; None at the end, or if none comes in so many seconds."""
        pipe = self.process.stdout.fileno()
        while b"\n" not in self.unread:
            ready, _, _ = select.select([pipe], [], [], limit)
            more = os.read(pipe, 4096) if ready else b""
            if not more:
                return None
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode()

    def send(self, number):
        os.kill(self.pid, number)

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
