"""Puts the results of the last measurement into docs/performance.md, between the markers that name them.

Reads processor.txt, compare.json, roofline.json and growth.tsv in results. Usage: document.py DOCUMENT
"""

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "results"


def machine():
    """What lscpu and the compilers say of the machine."""
    cpu = {key.strip(): value.strip() for key, _, value in (
        line.partition(":") for line in subprocess.check_output(["lscpu"], text=True).splitlines())}
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    processor = (RESULTS / "processor.txt").read_text().strip()
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    rows = [
        ("processor", f"{cpu.get('Model name')}, family {cpu.get('CPU family')}, model {cpu.get('Model')}"),
        ("cores", f"{cpu.get('CPU(s)')}, virtual ({cpu.get('Hypervisor vendor', 'no hypervisor')})"),
        ("caches", ", ".join(f"{level} {cpu.get(level + ' cache')}" for level in ("L1d", "L2", "L3"))),
        ("memory", f"{int(memory.group(1)) / 2**20:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("icd", f"built for {processor}, but for what stands under Dispatch, which is the default build"),
        ("Swift", re.search(r"Swift version \S+", swift).group(0).removeprefix("Swift version ")),
        ("Python", platform.python_version()),
    ]
    versions = subprocess.check_output([sys.executable, "-m", "pip", "freeze"], text=True)
    wanted = ("jax==", "jaxlib==", "numpy==", "torch==")
    rows.append(("peers", ", ".join(v for v in versions.splitlines() if v.startswith(wanted))))
    return table(("", ""), rows)


def table(heading, rows):
    numeric = [all(re.match(r"^[\d.]|^$", str(row[i])) for row in rows) for i in range(len(heading))]
    lines = ["| " + " | ".join(heading) + " |", "|" + "|".join("--:" if right else "---" for right in numeric) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def number(value, digits=3):
    """A number to so many significant digits, never in scientific notation."""
    if value is None:
        return ""
    decimals = max(0, digits - len(str(int(abs(value))))) if abs(value) >= 1 else digits
    return f"{value:.{decimals}f}"


def comparison():
    """A table for each case of compare.sh, and what the ratios mean for the targets."""
    records = json.loads((RESULTS / "compare.json").read_text())
    parts = []
    for case in dict.fromkeys(r["case"] for r in records):
        rows = [r for r in records if r["case"] == case]
        unit, rounds = rows[0]["unit"], rows[0]["rounds"]
        has_loss = any(r["test_loss"] is not None for r in rows)
        heading = ("", f"median, {unit}", f"minimum, {unit}", "ratio", "ratio of minima", "wanted")
        heading += ("train loss", "test loss") if has_loss else ()
        body = []
        for r in rows:
            line = (r["peer"], number(r["median"]), number(r["minimum"]), number(r["ratio"]),
                    number(r["ratio_of_minima"]), "" if r["wanted"] is None else f"{verdict(r)}{r['wanted']}")
            body.append(line + ((number(r["train_loss"], 4), number(r["test_loss"], 4)) if has_loss else ()))
        parts.append(f"**{case[0].upper()}{case[1:]}** ({rounds} rounds)\n\n{table(heading, body)}")
        theirs = next((r for r in rows if r.get("ratio_equal_evaluations")), None)
        if theirs:
            parts.append(
                f"Theirs takes the losses {theirs['evaluations']} times, ours 101 times. With as many evaluations as "
                f"theirs, at the measured cost of {number(rows[0]['evaluation'] * 1e3)} ms each, the ratio is "
                f"{number(theirs['ratio_equal_evaluations'])}.")
    return "\n\n".join(parts)


def verdict(record):
    return "≥ " if record["ratio"] >= record["wanted"] else "**missed**: ≥ "


def roofline():
    report = json.loads((RESULTS / "roofline.json").read_text())
    limits = [(x["name"], number(x["median"]), number(x["best"]), x["unit"]) for x in report["limits"]]
    kernels = [
        (k["name"], f"{k['workingSetBytes'] / 2**20:.1f}", number(k["seconds"] * 1e3), number(k["gigaflops"]),
         f"{k['shareOfPeak']:.0%}", number(k["memorySeconds"] * 1e3), number(k["arithmeticSeconds"] * 1e3), k["bound"],
         f"{k['shareOfAttainable']:.0%}")
        for k in report["kernels"]
    ]
    heading = ("kernel", "working set, MiB", "time, ms", "GFLOP/s", "of FMA peak", "memory at least, ms",
               "arithmetic at least, ms", "bound", "of attainable")
    return f"{table(('limit', 'median', 'best', 'unit'), limits)}\n\n{table(heading, kernels)}"


def growth():
    """The time at both ends of each axis, and what each doubling of L costs."""
    lines = [line.split("\t") for line in (RESULTS / "growth.tsv").read_text().splitlines()[1:]]
    series = {}
    for axis, value, name, epoch, *_ in lines:
        series.setdefault((axis, name), {})[int(value)] = float(epoch)
    ends = []
    for (axis, name), points in series.items():
        low, high = min(points), max(points)
        ends.append((f"`{axis}`", name, low, high, number(points[low]), number(points[high])))
    lengths = sorted(value for value in series["L", "mixture-softmax"] if value >= 125)
    steps = list(zip(lengths, lengths[1:]))
    doublings = [
        (name, *(number(series["L", name][b] / series["L", name][a]) for a, b in steps))
        for axis, name in series if axis == "L"
    ]
    heading = ("", *(f"{a} → {b}" for a, b in steps))
    return (
        "Time of an epoch at both ends of each axis:\n\n"
        + table(("axis", "task and attention", "from", "to", "epoch, ms, from", "to"), ends)
        + "\n\nWhat a doubling of L multiplies the time by:\n\n" + table(heading, doublings))


def main():
    document = Path(sys.argv[1])
    text = document.read_text()
    for name, make in (("machine", machine), ("comparison", comparison), ("roofline", roofline), ("growth", growth)):
        pattern = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not pattern.search(text):
            sys.exit(f"document: {document} has no markers for {name}")
        content = make()
        text = pattern.sub(lambda match: f"{match.group(1)}\n{content}\n\n{match.group(2)}", text)
    document.write_text(text)


if __name__ == "__main__":
    main()
