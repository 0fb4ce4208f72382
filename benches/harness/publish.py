"""What is made of the figures: the tables in README.md and docs/bench.md, between
markers, and docs/bench/summary.json."""

from . import inits, measure

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


def ratios(figures):
    """docs/bench.md: sexton relative to others, with intervals."""
    rows = []

    def add(what, relative):
        rows.append([what, *(ratio(relative[name]) if name in relative else "-" for name in OTHERS)])
    for condition in figures["startup"].values():
        add(f"time added to the life of {condition['what']}", condition["life"]["sexton"].get("relative", {}))
        if "first" in condition:
            add(f"time added until the first instruction of {condition['what']}",
                condition["first"]["sexton"].get("relative", {}))
    for condition in figures["latency"].values():
        add(f"time added to a signal, {condition['what']}", condition["inits"]["sexton"].get("relative", {}))
    for condition in figures["reaping"].values():
        add(f"ended and reaped a second, {condition['what']} (higher is better)", condition["live"]["sexton"]["relative"])
        add(f"zombies reaped a second, {condition['what']} (higher is better)", condition["ready"]["sexton"]["relative"])
    memory, bytes_of = figures["footprint"]["memory"], figures["environment"]["startup"]["bytes"]
    for what, value in [("VmRSS", lambda name: memory[name]["0"]["VmRSS"]), ("file", lambda name: bytes_of[name])]:
        rows.append([what, *(f"{value('sexton') / value(name):.3f}" for name in OTHERS)])
    floors = ", ".join(f"{ratio(condition['of floor'])} for {condition['what']}"
                       for condition in figures["startup"].values())
    return (table(["sexton's (ratio, 95 % interval)", *OTHERS], rows)
            + f"\n\nThe whole life with sexton, relative to the floor: {floors}.")


def resident(figures, other):
    memory = figures["footprint"]["memory"]
    return [memory["sexton"]["0"]["VmRSS"] / memory[other]["0"]["VmRSS"]] * 3


def smallest(figures):
    bytes_of = figures["environment"]["footprint"]["bytes"]
    return [bytes_of["sexton"] / min(bytes_of[name] for name in OTHERS)] * 3


# What was aimed at: what, the figure, at most.
AIMS = [
    ("added to the life of /bin/true, one CPU, to dumb-init-musl", lambda f: f["startup"]["true"]["life"]["sexton"]["relative"]["dumb-init-musl"], 0.75),
    ("added to the life of /bin/true, any CPU, to dumb-init-musl", lambda f: f["startup"]["true-any"]["life"]["sexton"]["relative"]["dumb-init-musl"], 0.75),
    ("added to the life of the least program, one CPU, to dumb-init-musl", lambda f: f["startup"]["least"]["life"]["sexton"]["relative"]["dumb-init-musl"], 0.75),
    ("added to the life of /bin/true, one CPU, to tini-static", lambda f: f["startup"]["true"]["life"]["sexton"]["relative"]["tini-static"], 0.25),
    ("added to the life of the least program, one CPU, to tini-static", lambda f: f["startup"]["least"]["life"]["sexton"]["relative"]["tini-static"], 0.25),
    ("whole life of /bin/true, one CPU, to the floor", lambda f: f["startup"]["true"]["of floor"], 1.3),
    ("whole life of the least program, one CPU, to the floor", lambda f: f["startup"]["least"]["of floor"], 1.3),
    ("added to a sparse signal, one CPU, to dumb-init-musl", lambda f: f["latency"]["sparse-one"]["inits"]["sexton"]["relative"]["dumb-init-musl"], 0.85),
    ("added to signals back to back, one CPU, to catatonit", lambda f: f["latency"]["busy-one"]["inits"]["sexton"]["relative"]["catatonit"], 1),
    ("added to signals back to back, one CPU, to tini", lambda f: f["latency"]["busy-one"]["inits"]["sexton"]["relative"]["tini"], 1),
    ("VmRSS, to dumb-init-musl", lambda f: resident(f, "dumb-init-musl"), 1 / 3),
    ("VmRSS, to tini-static", lambda f: resident(f, "tini-static"), 1 / 20),
    ("file, to the smallest other", smallest, 1),
    ("wake-ups in 10 s", lambda f: [f["footprint"]["idle"]["wake-ups"]["sexton"]] * 3, 0),
]


def aims(figures):
    """docs/bench.md: each aim beside what was measured."""
    rows = []
    for what, figure, most in AIMS:
        low, middle, high = figure(figures)
        met = "yes" if high <= most else "no" if low > most else "within the interval"
        rows.append([what, f"{most:.3g}", f"{middle:.3g}" if low == high else ratio([low, middle, high]), met])
    return table(["sexton's", "at most", "measured", "met"], rows)


def environment(figures):
    found = figures["environment"]["latency"]
    rows = [[key, found[key]] for key in ("date", "kernel", "machine", "cpu", "cpus", "virtual", "clock", "commit")]
    # A part that was measured alone may be of another.
    commits = sorted({one["commit"] for one in figures["environment"].values()})
    rows = [[key, ", ".join(commits) if key == "commit" else value] for key, value in rows]
    return table(["measured with", ""], rows + [["load before", found["load"]]]
                 + [[name, version] for name, version in found["versions"].items() if version])


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
        + ("" if condition["narrow"] else f", its widest interval is {100 * condition['widest']:.1f} %")
        for condition in conditions) + "."


def latency(figures):
    conditions = figures["latency"].values()
    parts = [table([f"{label}, µs", "direct", *inits.ALL], [
        [condition["what"], *(middle(condition["inits"][init]["quantiles"][label]) for init in ["direct", *inits.ALL])]
        for condition in conditions]) for label in ("p50", "p99", "p99.9")]
    rows = [[condition["what"], *(spread(condition["inits"][init]["added"]) for init in inits.ALL)]
            for condition in conditions]
    parts.append(table(["added to the direct way, median, µs", *inits.ALL], rows))
    return "\n\n".join([*parts, rounds(conditions)])


def reaping(figures):
    conditions = figures["reaping"]

    def thousands(value):
        return digits(value / 1e3)
    parts = []
    for field, what, show in [("live", "ended and reaped a second, thousands", thousands),
                              ("ready", "zombies reaped a second, thousands", thousands),
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
    texts[inits.RESULTS / "summary.json"] = measure.text(figures, 3) + "\n"
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
