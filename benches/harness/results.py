"""The samples in docs/bench."""

import json

from . import inits


def write(part, record):
    inits.RESULTS.mkdir(exist_ok=True)
    (inits.RESULTS / f"{part}.json").write_text(text(record, 4) + "\n")


def read(part):
    return json.loads((inits.RESULTS / f"{part}.json").read_text())


def text(value, depth):
    """JSON with a line for each of the innermost `depth` levels' members: a
    difference that can be read."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    members = (f"{json.dumps(name)}:{text(member, depth - 1)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + "\n}"
