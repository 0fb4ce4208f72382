"""Runs sexton as the init of real container engines, and checks all of it.

usage: scripts/engines [-e docker|runc|crun|podman]... [-k TEXT] [SEXTON]

SEXTON is the file to check, by default target/release/sexton. For each engine
(by default all): exit codes, a graceful stop, each signal sent to the container,
orphans, a shell with job control on a terminal; as the engine's own init
(`--init`), as the entry point under each of its names, and as both at once. The
images hold sexton and a static busybox, nothing else.

Needs root. An engine that cannot run here fails, it is not passed over.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import time

from common import Failure
from docker import Docker
from oci import Crun, Runc
from podman import Podman

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET_DIR = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ENGINES = {engine.name: engine for engine in (Docker, Runc, Crun, Podman)}


def check(engine_class, sexton, wanted):
    """The number of checks that held, and that did not."""
    held = failed = 0
    with tempfile.TemporaryDirectory(prefix="engines-") as work:
        try:
            engine = engine_class(pathlib.Path(work), sexton)
        except Failure as failure:
            print(f"{engine_class.name}: FAILED to run here: {failure}")
            return 0, 1
        try:
            for title, body in engine.checks():
                if wanted not in title:
                    continue
                start = time.monotonic()
                try:
                    body()
                    held += 1
                    print(f"{engine.name}: {title}: ok, {time.monotonic() - start:.1f} s", flush=True)
                except Failure as failure:
                    failed += 1
                    print(f"{engine.name}: {title}: FAILED: {failure}", flush=True)
                    engine.clean()
        finally:
            engine.close()
    return held, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-e", "--engine", action="append", choices=ENGINES)
    parser.add_argument("-k", default="", metavar="TEXT", help="only checks that have TEXT in their name")
    parser.add_argument("sexton", nargs="?", type=pathlib.Path, default=TARGET_DIR / "release/sexton")
    options = parser.parse_args()
    if not os.access(options.sexton, os.X_OK):
        parser.error(f"{options.sexton} is no program: cargo build --release")
    counts = [check(ENGINES[name], options.sexton, options.k) for name in options.engine or ENGINES]
    held, failed = (sum(column) for column in zip(*counts))
    print(f"engines: {held} checks held, {failed} failed")
    # No check at all proves nothing.
    return 0 if held and not failed else 1


sys.exit(main())
