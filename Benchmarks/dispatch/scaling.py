"""The same sweep with one worker and with two, in turn; prints the ratio of the times, and what the machine allows.

Two processes that know nothing of each other slow each other down as well: they share memory and the third-level cache. So
each round also times two runs with one worker each at once. Half of their time over that of one is the ratio that a
runtime without any cost would reach on this machine.

Usage: scaling.py ROUNDS
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "results"
PROGRAM = ROOT / ".build/release/icd"
WANTED = 0.55

# The paper's task and sizes over eight context lengths: short trials and long ones. Linear attention keeps n × n second
# moments and stays in the caches; softmax reads whole contexts.
SWEEP = """\
name: scaling
parameters:
  task: linear
  attention: {attention}
axes:
  L: [20, 50, 100, 200, 300, 400, 500, 1000]
seeds: {seeds}
"""
SWEEPS = {"softmax": 12, "linear": 36}


def start(directory, output, workers):
    return subprocess.Popen(
        [PROGRAM, "run", "sweep.yaml", "--workers", str(workers), "--output", output], cwd=directory,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds(directory, workers, runs=1):
    """Seconds of so many runs at once, from nothing to the tables."""
    with tempfile.TemporaryDirectory(dir=directory) as output:
        begin = time.monotonic()
        running = [start(directory, f"{output}/{number}", workers) for number in range(runs)]
        if any(run.wait() != 0 for run in running):
            sys.exit("scaling: a run failed")
        return time.monotonic() - begin


def measure(directory, attention, rounds):
    """One row of the table."""
    (Path(directory) / "sweep.yaml").write_text(SWEEP.format(attention=attention, seeds=SWEEPS[attention]))
    seconds(directory, 2)
    times = []
    for number in range(rounds):
        order = [(1, 1), (2, 1), (1, 2)]
        shift = number % len(order)
        taken = {kind: seconds(directory, *kind) for kind in order[shift:] + order[:shift]}
        times.append((taken[1, 1], taken[2, 1], taken[1, 2]))
        one, two, both = times[-1]
        print(f"{attention}, round {number + 1}: one worker {one:.2f} s, two {two:.2f} s, ratio {two / one:.3f}, two runs "
              f"at once {both:.2f} s, ratio {both / 2 / one:.3f}", file=sys.stderr, flush=True)
    ratios = [two / one for one, two, _ in times]
    limits = [both / 2 / one for one, _, both in times]
    one, two, _ = (statistics.median(column) for column in zip(*times))
    ratio = statistics.median(ratios)
    verdict = "" if ratio <= WANTED else " **missed**"
    return (f"| {attention} | {one:.2f} s | {two:.2f} s | {ratio:.3f}{verdict} | {min(ratios):.3f} | {max(ratios):.3f} | "
            f"{statistics.median(limits):.3f} | ≤ {WANTED} |")


def main():
    rounds = int(sys.argv[1])
    RESULTS.mkdir(exist_ok=True)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix="scaling-") as directory:
        lines = [
            "| attention | one worker, median | two workers, median | ratio, median | from | to | two separate runs, median | "
            "wanted |", "|---|--:|--:|--:|--:|--:|--:|--:|"
        ]
        lines += [measure(directory, attention, rounds) for attention in SWEEPS]
    text = "\n".join(lines) + f"\n\n{rounds} rounds; load of the machine before: {load}.\n"
    (RESULTS / "scaling.md").write_text(text)
    print(text)


main()
