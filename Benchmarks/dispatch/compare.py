"""Dispatch of empty trials next to Dask, Parsl, Ray and multiprocessing.Pool, in turn; prints and keeps the table.

Usage: compare.py ROUNDS [SHARE]      SHARE of the tasks, 1 by default: less where the machine does other things
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results"
PROGRAM = HERE.parent / ".build/release/dispatch"
WORKERS = 2
# Trials a second that are wanted of ours.
WANTED = 20_000
# Longest time that a measurement may take.
SECONDS_MAX = 600


@dataclass
class Row:
    """One way of handing out tasks. So many tasks that a measurement takes a few seconds."""

    label: str
    command: list
    tasks: int
    version: str = ""
    rates: list = field(default_factory=list)


def ours(*options):
    def measure(tasks):
        # On the disk that holds the sources: a file system in memory would make durability free.
        with tempfile.TemporaryDirectory(dir=RESULTS, prefix="dispatch-") as directory:
            return answer([PROGRAM, "run", tasks, WORKERS, directory, *options])
    return measure


def peer(name):
    return lambda tasks: answer([sys.executable, HERE / "peers.py", name, tasks])


def answer(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def rows():
    return [
        Row("icd: durable, CURVE", ours(), 100_000),
        Row("icd: the same, results of a real trial", ours("--real-results"), 30_000),
        Row("multiprocessing.Pool, imap_unordered", peer("pool"), 100_000),
        Row("multiprocessing.Pool, chunks of 64", peer("pool_chunked"), 400_000),
        Row("Ray, tasks", peer("ray"), 5_000),
        Row("Ray, two actors", peer("ray_actors"), 20_000),
        Row("Parsl, HighThroughputExecutor", peer("parsl"), 3_000),
        Row("Dask distributed", peer("dask"), 3_000),
    ]


def measure(rounds, share):
    """Each row once in each round, so that what else the machine does meets all of them alike."""
    table = rows()
    for row in table:
        row.tasks = max(1, round(row.tasks * share))
    for number in range(rounds):
        for row in table:
            result = row.command(row.tasks)
            row.version = result.get("version", "")
            row.rates.append(row.tasks / result["seconds"])
            print(f"round {number + 1}, {row.label}: {row.rates[-1]:,.0f}/s", file=sys.stderr, flush=True)
    return table


def describe(table, rounds, load):
    base = statistics.median(table[0].rates)
    lines = [
        "| | version | tasks | median, 1/s | from | to | ours is faster by |", "|---|---|--:|--:|--:|--:|--:|"
    ]
    for row in table:
        median = statistics.median(row.rates)
        lines.append(f"| {row.label} | {row.version} | {row.tasks:,} | {median:,.0f} | {min(row.rates):,.0f} | "
                     f"{max(row.rates):,.0f} | {base / median:.2f} |")
    verdict = "" if base >= WANTED else f" **Missed**: {WANTED:,}/s were wanted."
    return "\n".join(lines) + f"\n\n{rounds} rounds; load of the machine before: {load}.{verdict}\n"


def main():
    rounds = int(sys.argv[1])
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1
    RESULTS.mkdir(exist_ok=True)
    for left in RESULTS.glob("dispatch-*"):
        shutil.rmtree(left)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    text = describe(measure(rounds, share), rounds, load)
    (RESULTS / "dispatch.md").write_text(text)
    print(text)


main()
