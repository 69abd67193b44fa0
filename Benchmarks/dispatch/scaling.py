"""The same sweep with one worker and with two, in turn; prints the ratio of the times.

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

# The paper's task and sizes, softmax attention, over eight context lengths: short trials and long ones.
SWEEP = """\
name: scaling
parameters:
  task: linear
  attention: softmax
axes:
  L: [20, 50, 100, 200, 300, 400, 500, 1000]
seeds: 12
"""


def idle_and_stolen():
    """Ticks that the machine's processors were idle, were taken by the host, and all."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], ticks[7], sum(ticks)


def run(directory, workers):
    """Seconds of the sweep from nothing to the tables."""
    with tempfile.TemporaryDirectory(dir=directory) as output:
        begin = time.monotonic()
        subprocess.run(
            [PROGRAM, "run", "sweep.yaml", "--workers", str(workers), "--output", output, "--quiet"], cwd=directory,
            check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begin


def main():
    rounds = int(sys.argv[1])
    RESULTS.mkdir(exist_ok=True)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix="scaling-") as directory:
        (Path(directory) / "sweep.yaml").write_text(SWEEP)
        run(directory, 2)
        pairs = []
        for number in range(rounds):
            order = (1, 2) if number % 2 == 0 else (2, 1)
            before = idle_and_stolen()
            seconds = {workers: run(directory, workers) for workers in order}
            after = idle_and_stolen()
            stolen = (after[1] - before[1]) / (after[2] - before[2])
            pairs.append((seconds[1], seconds[2]))
            print(f"round {number + 1}: one worker {seconds[1]:.2f} s, two {seconds[2]:.2f} s, ratio "
                  f"{seconds[2] / seconds[1]:.3f}, stolen by the host {stolen:.1%}", file=sys.stderr, flush=True)
    one, two = (statistics.median(times) for times in zip(*pairs))
    ratios = [b / a for a, b in pairs]
    ratio = statistics.median(ratios)
    verdict = "" if ratio <= WANTED else " **missed**"
    text = (f"| one worker, median | two workers, median | ratio, median | from | to | wanted |\n|--:|--:|--:|--:|--:|--:|\n"
            f"| {one:.2f} s | {two:.2f} s | {ratio:.3f}{verdict} | {min(ratios):.3f} | {max(ratios):.3f} | ≤ {WANTED} |\n\n"
            f"{rounds} rounds; load of the machine before: {load}.\n")
    (RESULTS / "scaling.md").write_text(text)
    print(text)


main()
