"""A sweep of a million trials with the real program: memory of the coordinator, and the time of a restart.

Usage: million.py TRIALS
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "results"
PROGRAM = ROOT / ".build/release/icd"
MEMORY_WANTED = 512 << 20
RESTART_WANTED = 5.0

SWEEP = """\
name: million
parameters:
  task: linear
  attention: linear
  n: 1
  d: 1
  L: 1
  train_prompts: 1
  test_prompts: 1
  batch_size: 1
  epochs: 1
seeds: {trials}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Coordinator:
    """`icd coordinator` on the sweep of a directory, on a port that a restarted one has again."""

    def __init__(self, directory, port):
        join_file = directory / "join.json"
        # A killed coordinator leaves its join file; the next one writes it when it listens.
        join_file.unlink(missing_ok=True)
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, "coordinator", "sweep.yaml", "--listen", f"tcp://127.0.0.1:{port}", "--join-file", "join.json",
             "--output", "out"], cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not join_file.exists():
            if self.process.poll() is not None:
                sys.exit("the coordinator ended")
            time.sleep(0.01)
        self.seconds_to_listen = time.monotonic() - self.begin

    def end(self, number=None):
        """Waits for the end, or makes it; returns the status and the most memory that it ever had."""
        if number is not None:
            self.process.send_signal(number)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return self.process.returncode, usage.ru_maxrss << 10


def committed(directory):
    import sqlite3
    from contextlib import closing
    with closing(sqlite3.connect(f"file:{directory}/out/results.sqlite?mode=ro", uri=True, timeout=60)) as database:
        return database.execute("SELECT max(rowid) FROM trials").fetchone()[0] or 0


def main():
    trials = int(sys.argv[1])
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix="million-") as name:
        directory = Path(name)
        (directory / "sweep.yaml").write_text(SWEEP.format(trials=trials))
        port = free_port()
        first = Coordinator(directory, port)
        workers = [
            subprocess.Popen([PROGRAM, "worker", "--join", "join.json", "--quiet"], cwd=directory) for _ in range(2)
        ]
        try:
            while committed(directory) < trials * 9 // 10:
                time.sleep(0.5)
            seconds = time.monotonic() - first.begin
            done = committed(directory)
            _, memory_before = first.end(signal.SIGKILL)
            second = Coordinator(directory, port)
            status, memory_after = second.end()
            total = time.monotonic() - first.begin
        finally:
            for worker in workers:
                worker.terminate()
                worker.wait()
        if status != 0:
            sys.exit(f"the coordinator ended with {status}")
        size = (directory / "out/results.sqlite").stat().st_size
        text = describe(trials, done, seconds, total, memory_before, second.seconds_to_listen, memory_after, size)
        (RESULTS / "million.md").write_text(text)
        print(text)


def describe(trials, done, seconds, total, memory_before, restart, memory_after, size):
    def verdict(value, wanted):
        return "" if value <= wanted else " **missed**"
    memory = max(memory_before, memory_after)
    return f"""\
| | measured | wanted |
|---|--:|--:|
| most memory of the coordinator | {memory / 2**20:.0f} MiB{verdict(memory, MEMORY_WANTED)} | ≤ {MEMORY_WANTED >> 20} MiB |
| restart after `kill -9` with {done:,} results, until it listens | {restart:.1f} s{verdict(restart, RESTART_WANTED)} | ≤ {RESTART_WANTED:g} s |
| trials a second until then, two workers | {done / seconds:,.0f} | |
| all {trials:,} trials, with the tables | {total:.0f} s | |
| store | {size / 2**20:,.0f} MiB | |
"""


main()
