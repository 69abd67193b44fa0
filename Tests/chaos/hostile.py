"""Peers who do not belong here."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import store
from rig import Rig, cpu_seconds, eventually, resident_bytes

STRANGERS = 2
GROWTH_MAX = 64 << 20
LEAST_SHARE = 0.9


@dataclass
class Size:
    silent: int
    windows: int
    seconds: float


LONG = Size(silent=500, windows=10, seconds=5)
SHORT = Size(silent=500, windows=3, seconds=1.5)


def run(report, short):
    """Silent, garbled, unencrypted and unknown peers change no state and cost less than a tenth of the throughput."""
    size = SHORT if short else LONG
    # The attackers take processor time of the same machine, which is not what is asked about: the worker has a core for
    # itself, and they have what the coordinator leaves of the other.
    cores = sorted(os.sched_getaffinity(0))
    near, far = ({cores[0]}, {cores[-1]}) if len(cores) > 1 else (None, None)
    with Rig("hostile") as rig:
        rig.make_sweep(trial_seconds=0.004, total_seconds=4 * size.windows * (size.seconds + 2) + 30)
        rig.start_coordinator()
        if near:
            os.sched_setaffinity(rig.coordinator.pid, near)
        rig.start_worker(far)
        eventually(lambda: rig.committed() > 200, 60, "the first results")
        stranger = strangers_join_file(rig)
        refused = refusal(rig, stranger)
        memory = resident_bytes(rig.coordinator.pid)
        pairs, spent, said = [], [], []
        for window in range(size.windows):
            order = [False, True] if window % 2 == 0 else [True, False]
            rates = {}
            for is_hostile in order:
                with Attack(rig, stranger, size.silent, near) if is_hostile else Peace() as attack:
                    time.sleep(1)
                    cpu = cpu_seconds(rig.coordinator.pid)
                    rates[is_hostile] = rate(rig, size.seconds)
                    if is_hostile:
                        spent.append((cpu_seconds(rig.coordinator.pid) - cpu) / size.seconds)
                said += attack.said
            pairs.append((rates[False], rates[True]))
        growth = resident_bytes(rig.coordinator.pid) - memory
        check_state(report, rig)
        quiet, attacked = (statistics.median(rates) for rates in zip(*pairs))
        share = statistics.median(hostile / peaceful for peaceful, hostile in pairs)
        # A few seconds on a machine that does other things say nothing of throughput.
        report.check(
            f"throughput is at least {LEAST_SHARE:.0%} of undisturbed", short or share >= LEAST_SHARE, f"{share:.1%}")
        report.check(f"memory grows by at most {GROWTH_MAX >> 20} MiB", growth <= GROWTH_MAX, f"{growth >> 20} MiB")
        for kind in ("garbage", "NULL"):
            report.check(f"{kind} peers came in every window", all(counts[kind] > 0 for counts in said))
        report.check("silent peers were there", all(counts["silent"] >= size.silent for counts in said))
        report.check("strangers are refused for their key", "does not admit the key" in refused, refused[-300:])
        report.figure(f"{size.silent} silent connections and {STRANGERS} workers with an unknown key at a time; in the "
                      f"last window " + ", ".join(f"{count} {kind}" for kind, count in said[-1].items()))
        report.figure(f"{attacked:.0f} trials/s under attack, {quiet:.0f} without: {share:.1%} (median of "
                      f"{len(pairs)} pairs, from {min(b / a for a, b in pairs):.1%}); the coordinator's core was "
                      f"busy for {statistics.median(spent):.0%}; memory grew by {growth / 2**20:.1f} MiB")
        rig.coordinator.signal(signal.SIGINT)
        status = rig.coordinator.wait(60)
        report.check("the run was still going", status == 130, f"status {status}")
        rig.run(["verify", rig.output, "--sample", 20])


def rate(rig, seconds):
    """Results per second over some time."""
    before, begin = rig.committed(), time.monotonic()
    time.sleep(seconds)
    return (rig.committed() - before) / (time.monotonic() - begin)


def check_state(report, rig):
    """Nobody came and nobody went but the one worker, and no trial was touched."""
    text = rig.coordinator.text
    joined, left = text.count(" joined"), text.count(" left: ")
    report.check("nobody but the worker joined", joined == 1, f"{joined} joined")
    report.check("nobody left", left == 0, f"{left} left")
    report.check("no trial failed", store.strikes(rig.output)[0] == 0)
    report.check("every result is the worker's", len(store.query(rig.output, "SELECT DISTINCT worker FROM results")) == 1)


def strangers_join_file(rig):
    """A join file with the key pair of another run's workers."""
    other = rig.start(
        ["coordinator", "sweep.yaml", "--listen", "tcp://127.0.0.1:*", "--join-file", "other.json", "--output",
         "other", "--quiet"], "other.log")
    eventually((rig.directory / "other.json").exists, 30, "the other coordinator")
    contents = json.loads(rig.join_file.read_text())
    contents["client"] = json.loads((rig.directory / "other.json").read_text())["client"]
    other.kill()
    path = rig.directory / "stranger.json"
    path.touch(0o600)
    path.write_text(json.dumps(contents))
    return path


def refusal(rig, stranger):
    """What a worker with an unknown key says; it must end by itself."""
    worker = rig.start(["worker", "--join", stranger], "refused.log")
    return worker.text if worker.wait(30) == 4 else f"status {worker.popen.returncode}: {worker.text}"


def give_way(pid, cores):
    """Lets a process run on these cores, and when nobody else wants them."""
    os.setpriority(os.PRIO_PROCESS, pid, 19)
    if cores:
        os.sched_setaffinity(pid, cores)


class Peace:
    """A window without an attack."""

    said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Attack:
    """All kinds of hostile peers at once, on one core."""

    def __init__(self, rig, stranger, silent, cores):
        self.said = []
        self.rig, self.stranger, self.silent, self.cores = rig, stranger, silent, cores
        self.contents = json.loads(stranger.read_text())

    def __enter__(self):
        self.peers = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("attack.py")), str(self.rig.port), str(self.silent),
             self.contents["build"], self.contents["sweepHash"]],
            stdout=subprocess.PIPE, text=True)
        give_way(self.peers.pid, self.cores)
        self.workers = [
            self.rig.start(["worker", "--join", self.stranger], f"stranger-{number}.log") for number in range(STRANGERS)
        ]
        for worker in self.workers:
            give_way(worker.pid, self.cores)
        # On a loaded machine that takes a while, for they give way to everybody.
        if not self.peers.stdout.readline():
            raise RuntimeError("the attackers ended before they began")
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.kill()
        self.peers.terminate()
        try:
            self.said.append(json.loads(self.peers.communicate(timeout=30)[0]))
        finally:
            self.peers.kill()
