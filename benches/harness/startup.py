"""`scripts/bench startup`: what an init adds to a program's life, in a minute.

Nothing is written: for trying a change, and for the ratios that are aimed at."""

import argparse
import os
import sys

from . import collect, inits
from .summary import STARTUP_AIMS, side_by_side

# What is aimed at: added time beyond what, relative to whose, at most.
BOUNDS = [*(("bare", *aim) for aim in STARTUP_AIMS.items()), ("floor", "dumb-init-musl", 0.5)]
# Inits are run before their rounds count: files are read, pages are in caches.
WARM_UP = 20


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench startup")
    parser.add_argument("--rounds", type=collect.at_least_one, default=2000)
    parser.add_argument("--cpu", type=int, default=-1, help="stay on this one; -1: any")
    parser.add_argument("--target", default="/bin/true", metavar="PROGRAM", help="or 'static': the least there is")
    parser.add_argument("--check", action="store_true", help="fail if one that is aimed at is missed")
    parser.add_argument("init", nargs="*", metavar="NAME=PATH", help="further inits")
    options = parser.parse_args(arguments)
    found = inits.paths()
    target = found["born"] if options.target == "static" else options.target
    taking_part = {"bare": "-", **{name: found[name] for name in ("floor", "sexton", "dumb-init-musl", "tini-static")}}
    for extra in options.init:
        name, equals, path = extra.partition("=")
        if not equals:
            sys.exit(f"bench: expected NAME=PATH, found {extra}")
        taking_part[name] = os.path.abspath(path)
    columns = {}
    rows = collect.lines(inits.build("startup"), taking_part, options.rounds + WARM_UP, 1, options.cpu, 0, target)
    for name, (_, life) in rows:
        columns.setdefault(name, []).append(life / 1e3)
    columns = {name: columns[name][WARM_UP:] for name in taking_part}

    where = "any CPU" if options.cpu < 0 else f"CPU {options.cpu}"
    print(f"whole life of `INIT {target}`, {options.rounds} rounds, {where}, in microseconds")
    others = ["dumb-init-musl", "tini-static"]
    print(f"{'init':<16}{'median':>9}{'95 % interval':>20}{'added':>9}" + "".join(f"{'/ ' + other:>18}" for other in others))
    for name, figure in side_by_side(columns, "bare", others).items():
        low, median, high = figure["median"]
        line = f"{name:<16}{median:>9.1f}{f'{low:.1f} .. {high:.1f}':>20}"
        if name != "bare":
            line += f"{figure['added'][1]:>9.1f}"
            line += "".join(f"{figure['relative'][other][1]:>18.3f}" if other in figure["relative"] else f"{'-':>18}"
                            for other in others)
        print(line)
    print()
    missed = 0
    for base, other, bound in BOUNDS:
        what = f"sexton / {other + ', added over ' + base:<36}"
        figure = side_by_side(columns, base, [other])["sexton"]["relative"].get(other)
        if figure is None:
            print(f"{what}no ratio: one of them may add nothing")
            continue
        low, ratio, high = figure
        missed += ratio > bound
        print(f"{what}{ratio:>7.3f}  [{low:.3f} .. {high:.3f}]  "
              f"expected <= {bound}: {'MISSED' if ratio > bound else 'met'}")
    return 1 if missed and options.check else 0
