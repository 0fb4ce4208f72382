"""The commands of scripts/bench."""

import signal
import sys

from . import collect, inits, measure, startup

PARTS = ("startup", "latency", "reaping", "footprint")


def main(command, *arguments):
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
            collect.write(part, getattr(module, part), quick, environment)
    figures = summary.compute()
    outputs = {**publish.files(figures), **draw.plots(figures)}
    if command == "check":
        sys.exit(publish.check(outputs))
    publish.write(outputs)


# Asked to end, it ends as by an exception: what it has changed is put back.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
main(*sys.argv[1:])
