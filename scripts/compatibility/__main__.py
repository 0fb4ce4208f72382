"""Runs one and the same set of scenarios under sexton and under its originals.

usage: python3 scripts/compatibility [--check] [SEXTON]

SEXTON is the file to compare, by default target/release/sexton. Writes
docs/compatibility.md: what each original does, what sexton does in its place
where that is something else, and why. A difference without a reason, or a reason
without a difference, is a failure.

--check     writes nothing; fails if the table is not what it would be now

Needs root, for PID namespaces.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from inits import ORIGINALS, Init, originals
from scenarios import SCENARIOS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET_DIR = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORKERS = 8
DOCUMENT = ROOT / "docs/compatibility.md"
HEAD = """\
# Compatibility

Written by `scripts/compatibility`, which runs the same scenarios under every init:
Debian's {versions},
and sexton under each of their names and its own. A cell is what was seen. Where
sexton does something else under a name, that stands behind the arrow, and the
reason in the last column. `docker-init` does as `tini`,
`podman-init` as `catatonit`. A number alone is the exit code; inits are PID 1 of a
namespace where nothing else is said.

"""


def version(name):
    package = name.removesuffix("-static")
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return f"{package} {shown.stdout.split('-')[0].split('+')[0]}"


def seen(place, name, path):
    """One look, in a process of its own."""
    return SCENARIOS[place][1](Init(name, str(path)))


def look(work, sexton):
    """The lines of the table, and what is wrong with it."""
    paths, stand_ins = originals(), {}
    for name in ["sexton", *sum(ORIGINALS.values(), [])]:
        stand_ins[name] = work / name
        shutil.copy(sexton, stand_ins[name])
    # Most of it is waiting for what does not come.
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        looks = []
        for place in range(len(SCENARIOS)):
            for original, names in ORIGINALS.items():
                mine = [pool.submit(seen, place, original, stand_ins[name]) for name in names]
                looks.append((pool.submit(seen, place, original, paths[original]), mine))
            looks.append((pool.submit(seen, place, "sexton", stand_ins["sexton"]), None))
        found = iter([(theirs.result(), mine and {one.result() for one in mine}) for theirs, mine in looks])
    lines, wrong = [], []
    for title, _, reasons in SCENARIOS:
        cells, because = [], []
        for original, names in ORIGINALS.items():
            theirs, ours = next(found)
            if len(ours) != 1:
                wrong.append(f"{title}: expected one behaviour under {names}, found {sorted(ours)}")
            [mine, *_] = sorted(ours)
            if (mine != theirs) != (original in reasons):
                wrong.append(f"{title}: {original} does {theirs!r}, sexton {mine!r}, the reason is "
                             f"{reasons.get(original)!r}")
            cells.append(theirs if mine == theirs else f"{theirs} → **{mine}**")
            if original in reasons:
                because.append(f"{original}: {reasons[original]}")
        cells.append(next(found)[0])
        lines.append(f"| {title} | {' | '.join(cells)} | {'; '.join(because)} |")
    return lines, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("sexton", nargs="?", type=pathlib.Path, default=TARGET_DIR / "release/sexton")
    options = parser.parse_args()
    if not os.access(options.sexton, os.X_OK):
        parser.error(f"{options.sexton} is no program: cargo build --release")
    with tempfile.TemporaryDirectory() as work:
        lines, wrong = look(pathlib.Path(work), options.sexton)
    versions = list(dict.fromkeys(version(name) for name in ORIGINALS))
    text = HEAD.format(versions=", ".join(versions[:-1]) + " and " + versions[-1])
    text += f"| | {' | '.join([*ORIGINALS, 'sexton'])} | why |\n|{'---|' * 7}\n" + "\n".join(lines) + "\n"
    if not options.check:
        DOCUMENT.write_text(text)
    elif DOCUMENT.read_text() != text:
        wrong.append(f"{DOCUMENT.relative_to(ROOT)}: not what was seen; run python3 scripts/compatibility")
        before, after = DOCUMENT.read_text().splitlines(), text.splitlines()
        wrong += difflib.unified_diff(before, after, "written", "seen", n=0, lineterm="")
    for failure in wrong:
        print(f"compatibility: {failure}")
    print(f"compatibility: {len(lines)} scenarios, {len(wrong)} failures")
    return 1 if wrong else 0


sys.exit(main())
