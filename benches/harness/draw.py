"""Plots of the figures, as SVG that follows the reader's light or dark mode."""

import io
import re

import matplotlib
import numpy

matplotlib.use("svg")
from matplotlib import pyplot, ticker

from . import inits
from .results import read
from .summary import TICK

# Colours in light mode, and what a style sheet in the file makes of them in dark
# mode: ground, text, grid; then one for each init, told apart also by people who
# do not see red and green as others do (after Okabe and Ito).
GROUND, TEXT, GRID = "#ffffff", "#1f2328", "#d1d9e0"
DARK = {GROUND: "#0d1117", TEXT: "#e6edf3", GRID: "#3d444d", "#8250df": "#b083f0"}
COLOURS = {"sexton": "#d55e00", "dumb-init-musl": "#0072b2", "dumb-init": "#56b4e9", "tini-static": "#009e73",
           "tini": "#2fc79b", "catatonit": "#8250df", "pid1": "#999999", "floor": "#999999", "poll": "#999999",
           "direct": "#999999"}
MARKERS = {"sexton": "o", "dumb-init-musl": "s", "dumb-init": "D", "tini-static": "^", "tini": "v", "catatonit": "P"}

matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "sexton", "font.family": "sans-serif", "font.size": 11,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "figure.facecolor": GROUND, "axes.facecolor": GROUND, "savefig.facecolor": GROUND,
    "text.color": TEXT, "axes.labelcolor": TEXT, "axes.edgecolor": GRID, "axes.titlesize": 11,
    "xtick.color": TEXT, "ytick.color": TEXT, "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.6,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "legend.frameon": False,
})


def svg(figure):
    """As text: no more digits than can be seen, and nothing that draws nothing."""
    for axes in figure.axes:
        axes.minorticks_off()
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", buffer.getvalue(), flags=re.S)
    text = re.sub(r"(\d\.\d\d)\d+", r"\1", text)
    text = re.sub(r" *\n(?=[MLCz]\b)", "", text)
    text = re.sub(r">\s+<", ">\n<", text)
    rules = "".join(f'[style*="fill: {light}"]{{fill:{dark}!important}}'
                    f'[style*="stroke: {light}"]{{stroke:{dark}!important}}' for light, dark in DARK.items())
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    return re.sub(r"(<svg [^>]*>)", rf"\1\n{style}", text, count=1)


def dots(axes, rows, scale):
    """One row for each init: its value and its interval."""
    for at, (name, (low, value, high)) in enumerate(reversed(rows)):
        axes.errorbar(value / scale, at, xerr=[[(value - low) / scale], [(high - value) / scale]], fmt="o",
                      color=COLOURS[name], capsize=3, markersize=7)
        axes.annotate(f"{value / scale:.3g}", (value / scale, at), (0, 8), textcoords="offset points",
                      ha="center", fontsize=9)
    axes.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.3)
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    axes.grid(axis="y", visible=False)


def plots(figures):
    """{path: text}"""
    drawn = {"startup": startup(figures["startup"]), "forwarding": forwarding(figures["latency"]),
             "distribution": distribution(), "reaping": reaping(figures["reaping"]),
             "memory": memory(figures["footprint"]), "crowd": crowd(figures)}
    return {inits.RESULTS / f"{name}.svg": svg(figure) for name, figure in drawn.items()}


def startup(figures):
    figure, panels = pyplot.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    for axes, name, title in [(panels[0], "true", "added to the life of /bin/true"),
                              (panels[1], "least", "added to the life of the least program")]:
        life = figures[name]["life"]
        dots(axes, [(init, life[init]["added"]) for init in ["floor", *inits.ALL]], 1)
        axes.set_title(title)
        axes.set_xlabel("microseconds on one CPU (lower is better)")
    return figure


def forwarding(figures):
    conditions = [("sparse-one", "sparse, one CPU"), ("busy-one", "back to back, one CPU"),
                  ("busy-two", "back to back, two CPUs")]
    figure, panels = pyplot.subplots(1, 3, figsize=(10, 3.2), sharey=True)
    for axes, (name, title) in zip(panels, conditions):
        dots(axes, [(init, figures[name]["inits"][init]["added"]) for init in ["poll", *inits.ALL]], 1)
        axes.set_title(title)
    panels[1].set_xlabel("microseconds that the init adds to a signal's way, median (lower is better)")
    return figure


def beyond(values):
    """Values and the part of the samples that is larger, at some places which
    look alike far apart on a logarithmic axis."""
    values, counts = numpy.unique(values, return_counts=True)
    larger = 1 - numpy.cumsum(counts) / counts.sum()
    points = [(values[0], 1)]
    for value, left in zip(values, larger):
        if left > 0 and left < 0.96 * points[-1][1]:
            points.append((value, left))
    return points


def distribution():
    raw = read("latency")["conditions"]
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for axes, name in zip(panels, ["sparse-one", "busy-one"]):
        for init in ["direct", *inits.ALL]:
            axes.plot(*zip(*beyond(numpy.asarray(raw[name]["samples"][init]) * TICK / 1e3)), color=COLOURS[init], label=init)
        axes.set(xscale="log", yscale="log", title=raw[name]["what"], xlabel="microseconds (lower is better)")
        axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{100 * y:g} %"))
    panels[0].set_ylabel("signals that take longer")
    panels[1].legend(fontsize=9)
    return figure


def lines(axes, names, xs, value, scale):
    for name in names:
        found = [value(name, x) for x in xs]
        low, middle, high = zip(*[[part / scale for part in interval] for interval in found])
        errors = [[m - l for l, m in zip(low, middle)], [h - m for m, h in zip(middle, high)]]
        axes.errorbar([int(x) for x in xs], middle, yerr=errors, color=COLOURS[name], marker=MARKERS.get(name, "o"),
                      capsize=3, label=name)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda x, _: f"{x:,.0f}"))


def reaping(figures):
    counts = [name for name, condition in figures.items() if not condition["cgroup"]]
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 3.8))
    lines(panels[0], inits.ALL, counts, lambda init, count: figures[count]["ready"][init]["median"], 1e3)
    panels[0].set(xlabel="zombies that are ready at once", ylim=(0, None),
                  ylabel="thousands reaped a second\n(higher is better)")
    lines(panels[1], inits.ALL, counts, lambda init, count: figures[count]["signal"][init]["median"], 1e3)
    panels[1].set(xlabel="zombies that are ready at once", yscale="log",
                  ylabel="milliseconds that a signal waits\nmeanwhile (lower is better)")
    panels[1].yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    panels[1].legend(fontsize=9)
    figure.tight_layout()
    return figure


def memory(figures):
    figure, axes = pyplot.subplots(figsize=(8, 3.4))
    names = list(figures["memory"])
    for shift, (field, label) in enumerate([("VmRSS", "resident"), ("Pss", "its share of it (PSS)")]):
        values = [figures["memory"][name]["0"][field] for name in reversed(names)]
        places = [at + 0.2 - 0.4 * shift for at in range(len(names))]
        # Dots: on this axis a bar's length would mean nothing.
        axes.plot(values, places, "os"[shift], color=["#0072b2", "#56b4e9"][shift], label=label)
        for place, value in zip(places, values):
            axes.annotate(f"{value:.0f}", (value, place), (7, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), list(reversed(names)))
    axes.set(xscale="log", xlim=(1, None), xlabel="kilobytes while it supervises (lower is better)")
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.grid(axis="y", visible=False)
    axes.legend(fontsize=9)
    return figure


def crowd(figures):
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 3.8))
    crowds = ["1", "100", "10000"]
    lines(panels[0], inits.ALL, crowds,
          lambda init, count: figures["latency"][f"crowd-{count}"]["inits"][init]["added"], 1)
    panels[0].set(ylabel="microseconds that it adds\nto a signal's way (lower is better)")
    lines(panels[1], inits.ALL, crowds,
          lambda init, count: [figures["footprint"]["memory"][init][count]["VmRSS"]] * 3, 1)
    panels[1].set(ylabel="resident kilobytes (lower is better)")
    for panel in panels:
        panel.set(xlabel="further children of the init", yscale="log")
        panel.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    panels[0].legend(fontsize=9, loc="upper left")
    figure.tight_layout()
    return figure
