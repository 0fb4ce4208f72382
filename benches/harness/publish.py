"""What is made of the figures: the tables in README.md and docs/bench.md, between
markers, and docs/bench/summary.json."""

from . import inits, results
from .summary import STARTUP_AIMS

ROOT = inits.ROOT
MARK = "<!-- {name}: from docs/bench by scripts/bench draw -->"
END = "<!-- end -->"
OTHERS = inits.ALL[1:]


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def digits(value):
    """Three of them."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def middle(figure):
    return digits(figure[1]) if figure else "-"


def spread(figure, show=digits):
    return f"{show(figure[1])} ({show(figure[0])} to {show(figure[2])})" if figure else "-"


def ratio(figure):
    return spread(figure, lambda value: f"{value:.2f}")


def cost(figures):
    """README.md: one line for each init."""
    rows = []
    bytes_of = figures["environment"]["startup"]["bytes"]
    memory, idle = figures["footprint"]["memory"], figures["footprint"]["idle"]
    storm = figures["reaping"]["10000"]
    for name in inits.ALL:
        rows.append([
            name, f"{bytes_of[name] / 1000:.1f}", f"{memory[name]['0']['VmRSS']:.0f}",
            middle(figures["startup"]["true"]["life"][name]["added"]),
            *[middle(figures["latency"][c]["inits"][name]["added"]) for c in ("sparse-one", "busy-one")],
            digits(storm["ready"][name]["median"][1] / 1e3), f"{storm['before'][name]['median'][1]:.0f}",
            idle["wake-ups"][name]])
    return table(["init", "file, kB", "resident, kB", "start-up, µs", "signal, sparse, µs", "signal, busy, µs",
                  "reaped, 1 000/s", "reaped before a signal", f"wake-ups in {idle['seconds']} s"], rows)


# What is timed of a storm, and its name.
STORMS = [("live", "ended and reaped"), ("ready", "zombies reaped")]


def proportions(figures):
    """Of what is counted, not timed: sexton's, relative to each other's."""
    memory, bytes_of = figures["footprint"]["memory"], figures["environment"]["footprint"]["bytes"]
    values = {"VmRSS": lambda name: memory[name]["0"]["VmRSS"], "file": bytes_of.get}
    return {what: {name: value("sexton") / value(name) for name in OTHERS} for what, value in values.items()}


def to_the_life(condition):
    return f"time added to the life of {condition['what']}"


def to_a_signal(condition):
    return f"time added to a signal, {condition['what']}"


def ratios(figures):
    """docs/bench.md: sexton relative to others, with intervals."""
    rows = []

    def add(what, relative):
        rows.append([what, *(ratio(relative.get(name)) for name in OTHERS)])
    for condition in figures["startup"].values():
        add(to_the_life(condition), condition["life"]["sexton"]["relative"])
        if "first" in condition:
            add(f"time added until the first instruction of {condition['what']}",
                condition["first"]["sexton"]["relative"])
    for condition in figures["latency"].values():
        add(to_a_signal(condition), condition["inits"]["sexton"]["relative"])
    for condition in figures["reaping"].values():
        for field, what in STORMS:
            add(f"{what} a second, {condition['what']} (higher is better)", condition[field]["sexton"]["relative"])
    rows += [[what, *(f"{relative[name]:.3f}" for name in OTHERS)] for what, relative in proportions(figures).items()]
    floors = ", ".join(f"{ratio(condition['of floor'])} for {condition['what']}"
                       for condition in figures["startup"].values())
    return (table(["sexton's (ratio, 95 % interval)", *OTHERS], rows)
            + f"\n\nThe whole life with sexton, relative to the floor: {floors}.")


# At most so much of the floor's whole life, and of what the floor adds.
FLOOR_AIM = 1.3
# Condition, init, at most so much of what that adds to a signal's way.
SIGNAL_AIMS = [
    *((condition, "dumb-init-musl", 0.85) for condition in (
        "sparse-one", "sparse-one-row", "sparse-one-cgroup", "sparse-one-shared", "sparse-one-row-shared",
        "sparse-one-back-shared", "hogs-one")),
    *((f"{how}{where}", other, 1) for where in ("", "-cgroup", "-shared") for how in ("busy-one", "steady-one")
      for other in ("catatonit", "tini")),
    *((condition, "dumb-init-musl", 1) for condition in (
        "sparse-two", "sparse-two-row", "sparse-two-cgroup", "busy-two", "busy-two-cgroup", "busy-two-shared",
        "hogs-two"))]
RESIDENT_AIMS = {"dumb-init-musl": 1 / 3, "tini-static": 1 / 20}


def aims(figures):
    """docs/bench.md: each aim beside what was measured, and what a bare program of the
    kind comes to."""
    rows = []

    def add(what, most, figure, least=None):
        low, _, high = figure or (0, 0, 0)
        met = "-" if figure is None else "yes" if high <= most else "no" if low > most else "within the interval"
        rows.append([what, f"{most:.3g}", ratio(figure), met, ratio(least)])

    def add_exact(what, most, value):
        rows.append([what, f"{most:.3g}", f"{value:.3g}", "yes" if value <= most else "no", "-"])
    lives = figures["startup"].values()
    for condition in lives:
        for other, most in STARTUP_AIMS.items():
            add(f"{to_the_life(condition)}, to {other}", most,
                *(condition["life"][init]["relative"].get(other) for init in ("sexton", "floor")))
    for condition in lives:
        add(f"whole life of {condition['what']}, to the floor", FLOOR_AIM, condition["of floor"])
        add(f"{to_the_life(condition)}, to the floor", FLOOR_AIM, condition["life"]["sexton"]["relative"]["floor"])
    for name, other, most in SIGNAL_AIMS:
        condition = figures["latency"][name]
        add(f"{to_a_signal(condition)}, to {other}", most,
            *(condition["inits"][init]["relative"].get(other) for init in ("sexton", "poll")))
    for condition in figures["reaping"].values():
        for field, what in STORMS:
            # Of rates the lowest ratio is that to the best; of times it is the highest.
            best, rates = min(condition[field]["sexton"]["relative"].items(), key=lambda item: item[1][1])
            add(f"time until {what}, {condition['what']}, to {best}", 1, [1 / rate for rate in reversed(rates)])
    counted = proportions(figures)
    for other, most in RESIDENT_AIMS.items():
        add_exact(f"VmRSS, to {other}", most, counted["VmRSS"][other])
    add_exact("file, to the smallest other", 1, max(counted["file"].values()))
    idle = figures["footprint"]["idle"]
    add_exact(f"wake-ups in {idle['seconds']} s", 0, idle["wake-ups"]["sexton"])
    return table(["sexton's", "at most", "measured", "met", "a bare program's"], rows)


def environment(figures):
    parts = figures["environment"]
    # A part that was measured alone may be of another day, and of another commit.
    rows = [[key, *(part[key] for part in parts.values())]
            for key in ("date", "commit", "load", "kernel", "machine", "cpu", "cpus", "virtual", "clock")]
    versions = {name: None for part in parts.values() for name in part["versions"]}
    rows += [[name, *(part["versions"].get(name) or "-" for part in parts.values())] for name in versions]
    return table(["measured with", *parts], rows)


def startup(figures):
    conditions = figures["startup"].values()
    rows = []
    for name in ["bare", "floor", *inits.ALL, "pid1"]:
        rows.append([name, *(spread(condition["life"].get(name, {}).get("median")) for condition in conditions),
                     *(spread(condition["first"].get(name, {}).get("median"))
                       for condition in conditions if "first" in condition)])
    head = ["init, µs", *(condition["what"] for condition in conditions),
            *(f"to its first instruction: {condition['what']}" for condition in conditions if "first" in condition)]
    return f"{table(head, rows)}\n\n{rounds(conditions)}"


def rounds(conditions):
    """How many rounds there were, and what stayed wider than it should."""
    return "Rounds: " + "; ".join(
        f"{condition['what']}: {condition['rounds']}"
        + (f" in {condition['runs']} runs" if condition["runs"] > 1 else "")
        + ("" if condition["narrow"] else f", its widest interval is {100 * condition['widest']:.1f} %")
        for condition in conditions) + "."


def difference(one, other):
    """Of two figures; its interval holds whatever theirs do."""
    return [one[0] - other[2], one[1] - other[1], one[2] - other[0]] if one and other else None


def latency(figures):
    conditions = figures["latency"].values()
    columns = ["poll", *inits.ALL]
    parts = [table([f"{label}, µs", "direct", *columns], [
        [condition["what"], *(middle(condition["inits"][init]["quantiles"][label]) for init in ["direct", *columns])]
        for condition in conditions]) for label in ("p50", "p99", "p99.9")]

    def add(what, added):
        parts.append(table([f"added to the direct way, {what}, µs", *columns], [
            [condition["what"], *(spread(added(condition["inits"], init)) for init in columns)] for condition in conditions]))
    add("median", lambda found, init: found[init]["added"])
    for label in ("p99", "p99.9"):
        add(label, lambda found, init: difference(*(found[one]["quantiles"][label] for one in (init, "direct"))))
    return "\n\n".join([*parts, rounds(conditions)])


def reaping(figures):
    conditions = figures["reaping"]

    def thousands(value):
        return digits(value / 1e3)
    parts = []
    for field, what, show in [*((field, f"{what} a second, thousands", thousands) for field, what in STORMS),
                              ("signal", "a signal's way meanwhile, µs", digits),
                              ("before", "zombies reaped before it", "{:.0f}".format)]:
        rows = [[name, *(spread(condition[field][name]["median"], show) for condition in conditions.values())]
                for name in inits.ALL]
        parts.append(table([what, *(condition["what"] for condition in conditions.values())], rows))
    return "\n\n".join([*parts, rounds(conditions.values())])


def footprint(figures):
    memory, idle = figures["footprint"]["memory"], figures["footprint"]["idle"]
    bytes_of = figures["environment"]["footprint"]["bytes"]
    fields = ["VmRSS", "Pss", "Private_Dirty", "VmPTE", "Threads", "descriptors"]
    rows = [[name, bytes_of[name], *(f"{found['0'][field]:.0f}" for field in fields), idle["wake-ups"][name],
             idle["system calls"][name]] for name, found in memory.items()]
    parts = [table(["init", "bytes of file", "VmRSS, kB", "PSS, kB", "private dirty, kB", "page tables, kB", "threads",
                    "descriptors", f"wake-ups in {idle['seconds']} s", "system calls"], rows)]
    crowds = ["0", "1", "100", "10000"]
    parts.append(table(["VmRSS, kB, with", *(f"{crowd} further children" for crowd in crowds)],
                       [[name, *(f"{found[crowd]['VmRSS']:.0f}" for crowd in crowds)] for name, found in memory.items()]))
    signals, each = figures["footprint"]["signals"], figures["footprint"]["instructions"]
    rows = [[name, f"{sum(made.values()):g}", ", ".join(f"{call} {times:g}" for call, times in made.items()),
             "-" if each["each"][name] is None else f"{each['each'][name]:.0f}"] for name, made in signals.items()]
    parts.append(table(["for each signal", "system calls", "which", f"instructions ({each['with']})"], rows))
    return "\n\n".join(parts)


BLOCKS = [("README.md", cost)] + [
    ("docs/bench.md", block) for block in (environment, aims, ratios, startup, latency, reaping, footprint)]


def files(figures):
    """{path: text as it should be}."""
    texts = {}
    for file, block in BLOCKS:
        path = ROOT / file
        begin = MARK.format(name=block.__name__)
        before, found, rest = texts.get(path, path.read_text()).partition(begin)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise SystemExit(f"bench: {file}: expected the markers {begin} and {END}, found none")
        texts[path] = f"{before}{begin}\n{block(figures)}\n{END}{after}"
    texts[inits.RESULTS / "summary.json"] = results.text(figures, 3) + "\n"
    return texts


def write(texts):
    for path, text in texts.items():
        path.write_text(text)


def check(texts):
    failures = 0
    for path, expected in texts.items():
        found = path.read_text() if path.exists() else ""
        if found == expected:
            continue
        failures += 1
        wrong = [line for line in expected.splitlines() if line not in found.splitlines()]
        print(f"bench: {path.relative_to(ROOT)}: not what the samples in docs/bench say; expected {''.join(wrong[:1])[:200]}")
    print(f"bench: {len(texts)} files, {failures} failures")
    return 1 if failures else 0
