"""The commands of scripts/bench."""

import argparse
import signal
import sys

from . import collect, inits, measure, results, startup

PARTS = ("startup", "latency", "reaping", "footprint")


def more_of(arguments):
    """The part, the condition and the seconds that are asked for."""
    if len(arguments) != 3:
        sys.exit("bench: expected more PART CONDITION SECONDS")
    part, name, seconds = arguments
    if part not in measure.FURTHER:
        sys.exit(f"bench: expected {' or '.join(measure.FURTHER)}, found {part}")
    if name not in measure.FURTHER[part][0]:
        sys.exit(f"bench: expected a condition, {', '.join(measure.FURTHER[part][0])}, found {name}")
    try:
        return part, name, collect.at_least_one(seconds)
    except argparse.ArgumentTypeError as wrong:
        sys.exit(f"bench: SECONDS: {wrong}")


def main(command, *arguments):
    if command in ("check", "draw") and arguments:
        sys.exit(f"bench: expected nothing after {command}, found {arguments[0]}")
    if command == "startup":
        sys.exit(startup.main(arguments))
    from . import draw, footprint, publish, second_opinion, summary, trace

    if command == "second-opinion":
        return second_opinion.main(arguments)
    if command == "trace":
        return trace.main(arguments)
    if command == "measure":
        quick = "--quick" in arguments
        parts = [argument for argument in arguments if argument != "--quick"]
        for unknown in set(parts) - set(PARTS):
            sys.exit(f"bench: expected a part of {', '.join(PARTS)}, found {unknown}")
        # Before it makes load itself, and writes into the repository.
        environment = inits.environment(inits.paths())
        for part in parts or PARTS:
            module = footprint if part == "footprint" else measure
            results.write(part, {"environment": environment, "conditions": getattr(module, part)(quick)})
    if command == "more":
        part, name, seconds = more_of(arguments)
        environment = inits.environment(inits.paths())
        results.write(part, measure.more(part, name, seconds, environment))
    figures = summary.compute()
    outputs = {**publish.files(figures), **draw.plots(figures)}
    if command == "check":
        sys.exit(publish.check(outputs))
    publish.write(outputs)


# Asked to end, it ends as by an exception: what it has changed is put back.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
main(*sys.argv[1:])
