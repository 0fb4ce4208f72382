"""The inits that are measured, and the machine it happens on."""

import datetime
import functools
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
RESULTS = ROOT / "docs/bench"

# Further words of the command line: to run a program, and to pass signals on to
# its whole process group.
WORDS = {"tini": ("--", "-g --"), "tini-static": ("--", "-g --"), "catatonit": ("--", "-g --")}
# Those that take part in everything. pid1 supervises only as process 1, and
# forwards no signal but TERM and INT.
ALL = ["sexton", "dumb-init-musl", "dumb-init", "tini-static", "tini", "catatonit"]

# Without this tini spends its time on a warning that it is not PID 1.
os.environ["TINI_SUBREAPER"] = "1"


@functools.cache
def paths():
    """{name: path} of all that scripts/peers has, and sexton."""
    sexton = os.environ.get("SEXTON")
    if not sexton:
        subprocess.run(["cargo", "build", "--release", "--quiet"], check=True, cwd=ROOT)
        sexton = str(TARGET / "release/sexton")
    listed = subprocess.run([ROOT / "scripts/peers"], check=True, text=True, stdout=subprocess.PIPE,
                            env={**os.environ, "SEXTON": sexton})
    return dict(line.split("\t") for line in listed.stdout.splitlines())


def command(path, name, group=False):
    """The words before the program, as the measuring programs take them."""
    return " ".join([path, *WORDS.get(name, ("", ""))[group].split()])


def build(name):
    """benches/NAME.c, built static."""
    out = TARGET / "peers" / name
    sources = [ROOT / "benches" / f"{name}.c", ROOT / "benches/common.h"]
    if not out.exists() or out.stat().st_mtime < max(s.stat().st_mtime for s in sources):
        subprocess.run(["gcc", "-O2", "-static", "-Wall", "-Wextra", "-o", out, sources[0]], check=True)
    return str(out)


def commit():
    """Which commit is measured, "-dirty" if something else than what is published of it
    is not committed; None without git, or outside of a checkout."""
    git = ["git", "-C", str(ROOT)]
    try:
        name = subprocess.check_output([*git, "describe", "--always"], text=True, stderr=subprocess.DEVNULL).strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    changed = subprocess.call([*git, "diff", "--quiet", "HEAD", "--", ".", ":!docs", ":!README.md"])
    return name + "-dirty" * (changed != 0)


# What is measured, and what measures it.
MEASURED = ("src", "build.rs", "Cargo.toml", "Cargo.lock", "benches/*.[ch]")


def expect_same(recorded, current):
    """Ends unless further rounds would be of the same machine and programs."""
    for key in recorded.keys() - {"date", "load", "commit"}:
        if recorded[key] != current[key]:
            sys.exit(f"bench: expected the {key} of the rounds before, {recorded[key]}, found {current[key]}")
    if subprocess.call(["git", "-C", str(ROOT), "diff", "--quiet", str(recorded["commit"]), "--", *MEASURED]) != 0:
        sys.exit(f"bench: expected sexton and its measuring programs as of commit {recorded['commit']}, "
                 "found them changed since (or no such commit): measure anew")


def environment(found):
    """What the figures depend on."""
    def first_line(*words):
        try:
            done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError:
            return None
        return (done.stdout.splitlines() or [None])[0]

    cpu = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    packages = {name: first_line("dpkg-query", "-W", "-f", "${Version}", "tini" if "tini" in name[:4] else name)
                for name in ("dumb-init", "tini", "tini-static", "catatonit")}
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "cpu": cpu[0] if cpu else platform.processor(),
        "cpus": os.cpu_count(),
        "virtual": any("hypervisor" in line for line in open("/proc/cpuinfo")),
        "clock": pathlib.Path("/sys/devices/system/clocksource/clocksource0/current_clocksource").read_text().strip(),
        "load": os.getloadavg()[0],
        "commit": commit(),
        "versions": {"rustc": first_line("rustc", "--version"), "gcc": first_line("gcc", "--version"), **packages,
                     "dumb-init-musl": "1.2.5.post1", "pid1": "0.1.6" if "pid1" in found else None},
        "bytes": {name: os.stat(os.path.realpath(path)).st_size for name, path in found.items()},
    }
