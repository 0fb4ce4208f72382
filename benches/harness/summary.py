"""From samples to figures: medians, quantiles, their intervals, and ratios.

Everything here follows from the files in docs/bench, draws of the bootstrap
included, so that it can be checked."""

import math

import numpy

from . import inits
from .results import read

# At most so much of what these add to a program's life is aimed at.
STARTUP_AIMS = {"dumb-init-musl": 0.75, "tini-static": 0.25}
QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
# Nanoseconds of which a signal's time is told in whole numbers: a hundredth of a
# microsecond is as much as its median means.
TICK = 10
# So many samples have to lie beyond a quantile for it to be told.
BEYOND = 5
RESAMPLES = 1000
# A normal variable is within so many standard deviations with 95 %.
DEVIATIONS = 1.96


def ranks(count, p):
    """The ranks between which a quantile lies with 95 %, and its own: order
    statistics, which assume nothing about how times are distributed."""
    spread = DEVIATIONS * math.sqrt(count * p * (1 - p))
    places = (math.floor(count * p - spread), math.floor(count * p), math.ceil(count * p + spread))
    return [min(max(place, 0), count - 1) for place in places]


def interval(values, p=0.5):
    """(low, quantile, high)."""
    values = sorted(values)
    return [values[rank] for rank in ranks(len(values), p)]


def quantile(values, p):
    """`interval`; None where too few samples lie beyond."""
    return interval(values, p) if (1 - p) * len(values) >= BEYOND else None


def bootstrapped(value, resampled):
    low, high = numpy.quantile(resampled, [0.025, 0.975])
    return [low, value, high]


def side_by_side(columns, base, references):
    """For each init its median; unless `base` is None the median of what it adds to
    that, round by round; and this relative to each of `references`, where both are
    surely more than nothing. Intervals are bootstrapped: whole rounds are drawn, so
    that what a round had in common stays in common."""
    columns = {name: numpy.asarray(column) for name, column in columns.items()}
    count = len(next(iter(columns.values())))
    drawn = numpy.random.default_rng(1).integers(count, size=(RESAMPLES, count))

    def median(column):
        return numpy.median(column), numpy.median(column[drawn], axis=1)
    figures = {name: {"median": bootstrapped(*median(column))} for name, column in columns.items()}
    under = columns.get(base, 0)
    # For each init what it adds, and the same of all draws.
    added = {name: median(column - under) for name, column in columns.items() if name != base}
    for name, found in added.items():
        figures[name]["added"] = bootstrapped(*found)
    # Where it is not sure that anything is added there is no ratio.
    surely = {name for name in added if figures[name]["added"][0] > 0}
    for name, mine in added.items():
        figures[name]["relative"] = {
            reference: bootstrapped(*[one / another for one, another in zip(mine, added[reference])])
            for reference in references if reference != name and surely.issuperset((name, reference))}
    return figures


def rounded(value):
    """So many digits that another processor's last bit does not matter."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def about(condition):
    return {**{key: condition[key] for key in ("what", "rounds", "widest", "narrow")},
            "runs": 1 + len(condition.get("further", []))}


def startup(conditions):
    figures = {}
    for name, condition in conditions.items():
        samples = condition["samples"]
        figures[name] = about(condition)
        for field in ("life", "first"):
            columns = {init: numpy.asarray(found[field]) / 10 for init, found in samples.items() if found[field]}
            if columns:
                figures[name][field] = side_by_side(columns, "bare", [*inits.ALL[1:], "floor"])
        columns = {init: samples[init]["life"] for init in ("sexton", "floor")}
        figures[name]["of floor"] = side_by_side(columns, None, ["floor"])["sexton"]["relative"]["floor"]
    return figures


def latency(conditions):
    figures = {}
    for name, condition in conditions.items():
        # In microseconds, a row for each round.
        samples = {init: numpy.asarray(rows) * TICK / 1e3 for init, rows in condition["samples"].items()}
        columns = {init: numpy.median(rows, axis=1) for init, rows in samples.items()}
        inits_figures = side_by_side(columns, "direct", inits.ALL[1:])
        for init, rows in samples.items():
            flat = numpy.sort(rows, axis=None).tolist()
            inits_figures[init]["quantiles"] = {label: quantile(flat, p) for label, p in QUANTILES.items()}
        figures[name] = {**about(condition), "inits": inits_figures}
    return figures


def reaping(conditions):
    figures = {}
    for name, condition in conditions.items():
        samples, count = condition["samples"], condition["children"]

        def field(name, convert):
            return {init: convert(numpy.asarray(found[name])) for init, found in samples.items()}

        def rate(times):
            return count * 1e9 / times
        figures[name] = {
            **about(condition), "children": count, "cgroup": condition["cgroup"],
            "live": side_by_side(field("live", rate), None, inits.ALL[1:]),
            "ready": side_by_side(field("ready", rate), None, inits.ALL[1:]),
            "signal": side_by_side(field("signal", lambda times: times / 1e3), None, []),
            "before": side_by_side(field("reaped before", lambda counts: counts), None, [])}
    return figures


def footprint(conditions):
    memory = {
        init: {crowd: {field: float(numpy.median([look[field] for look in looks])) for field in looks[0]}
               for crowd, looks in crowds.items()}
        for init, crowds in conditions["memory"]["samples"].items()}
    return {"memory": memory, **{part: conditions[part] for part in ("idle", "signals", "instructions")}}


def compute():
    """{part: figures}, and under "environment" that of each part."""
    figures = {"environment": {}}
    for part in (startup, latency, reaping, footprint):
        data = read(part.__name__)
        figures["environment"][part.__name__] = data["environment"]
        figures[part.__name__] = part(data["conditions"])
    return rounded(figures)
