"""What the checks of all engines share: commands, waiting, an image."""

import io
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tarfile
import time

PATIENCE_SECONDS = 30
NAMES = ["sexton", "dumb-init", "tini", "tini-static", "docker-init", "catatonit", "podman-init"]
# All that a process can catch, but CHLD, which init keeps, and 32 and 33, which
# no engine sends.
FORWARDED = [n for n in range(1, 65) if n not in (9, 17, 19, 32, 33)]

# Says which signals come; a stop ends with the CONT that it is sent after it.
SIGNALS = "#!/bin/sh\n" + "".join(f"trap 'echo got {n}' {n}\n" for n in FORWARDED) + """\
echo ready
while :; do sleep 1000 & wait $!; done
"""
# Stops in order, with a code of its own.
GRACEFUL = """\
#!/bin/sh
trap 'echo stopping; exit 7' TERM
echo ready
while :; do sleep 1000 & wait $!; done
"""


class Failure(Exception):
    """A check that did not hold."""


def expect(what, expected, found):
    if expected != found:
        raise Failure(f"{what}: expected {expected!r}, found {found!r}")


def wait_for(what, probe):
    """The first true answer of `probe`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise Failure(f"expected {what}, found nothing of it after {PATIENCE_SECONDS} s")
        time.sleep(0.02)
    return answer


def run(*command, code=0, patience=PATIENCE_SECONDS * 4, **options):
    """The standard output of a command that has to end with that code."""
    done = subprocess.run([str(part) for part in command], text=True, timeout=patience,
                          stdin=subprocess.DEVNULL, capture_output=True, **options)
    if done.returncode != code:
        raise Failure(f"{' '.join(map(str, command))}: expected exit code {code}, found "
                      f"{done.returncode}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def need(command, package):
    if not shutil.which(command):
        # RUNLEVEL=1 keeps a package from starting its server.
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run("apt-get", "update")
        run("apt-get", "install", "-y", "--no-install-recommends", package, env=environment)


def fill(root, sexton):
    """The files of the image: init under all its names, and a static shell."""
    need("busybox", "busybox-static")
    (root / "bin").mkdir(parents=True)
    for directory in ("proc", "dev", "sys", "run", "tmp", "sbin"):
        (root / directory).mkdir()
    for name in NAMES:
        shutil.copy(sexton, root / name)
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    for applet in ("sh", "sleep", "cat", "true", "grep", "ps", "stty"):
        (root / "bin" / applet).symlink_to("busybox")
    for name, text in (("signals", SIGNALS), ("graceful", GRACEFUL)):
        (root / name).write_text(text)
        (root / name).chmod(0o755)


def tar(root):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as file:
        file.add(root, arcname=".")
    return archive.getvalue()


class Lines:
    """A command that goes on, and the lines that it prints."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        self.text = ""

    def until(self, line):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while f"{line}\n" not in self.text:
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            more = os.read(self.process.stdout.fileno(), 65536).decode() if ready else ""
            if not more:
                raise Failure(f"expected the line {line!r}, found {self.text!r}")
            self.text += more
        self.text = self.text.split(f"{line}\n", 1)[1]

    def end(self):
        try:
            return self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()


class Typist:
    """A command on a terminal of its own."""

    def __init__(self, *command, env=None):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], [str(part) for part in command], env or os.environ)
        self.shown = ""

    def type(self, text):
        os.write(self.terminal, text.encode())

    def until(self, text):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.shown:
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            try:
                more = os.read(self.terminal, 65536).decode(errors="replace") if ready else ""
            except OSError:
                more = ""
            if not more:
                raise Failure(f"expected {text!r} on the terminal, found {self.shown!r}")
            self.shown += more
        before, self.shown = self.shown.split(text, 1)
        return before

    def end(self):
        _, status = os.waitpid(self.pid, 0)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status)
