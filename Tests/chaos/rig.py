"""Real processes of the built program, and a place for what they leave behind."""

import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import store

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("ICD", ROOT / ".build/release/icd"))
# How a worker ends that lost its coordinator.
MISSED_THE_END = 3

SWEEP = """\
name: chaos
parameters:
  task: linear
  attention: softmax
  n: 8
  d: 3
  signal_variance: 2
  noise_variance: 1
  train_prompts: 200
  test_prompts: 50
  batch_size: 30
  epochs: {epochs}
axes:
  L: [10, 20, 40]
seeds: {{count: {seeds}, root: 7}}
"""
LENGTHS = 3


class Failed(Exception):
    """A scenario cannot go on."""


def eventually(condition, seconds, what):
    """Waits until the condition holds and returns how long that took."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if condition():
            return time.monotonic() - begin
        time.sleep(0.02)
    raise Failed(f"{what}: not within {seconds:g} s")


def identity(path):
    """What tells a file from the one that it replaces; nothing without a file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def free_port():
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_bytes(pid):
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def cpu_seconds(pid):
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Process:
    """A running `icd`, its output in files."""

    def __init__(self, arguments, log, cwd, cores=None):
        self.log = log
        with open(log, "ab") as output:
            self.popen = subprocess.Popen(
                [str(PROGRAM), *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if cores is not None:
            os.sched_setaffinity(self.popen.pid, cores)

    @property
    def pid(self):
        return self.popen.pid

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    def runs(self):
        return self.popen.poll() is None

    def signal(self, number):
        if self.runs():
            self.popen.send_signal(number)

    def kill(self):
        """`kill -9`, also of a stopped process, and no zombie left."""
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def wait(self, seconds):
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{self.log.name} still runs after {seconds:g} s:\n{self.text[-2000:]}") from error


class Rig:
    """One scenario's directory, sweep, coordinator and workers. Everything ends with it."""

    def __init__(self, name, seed=1):
        self.directory = Path(tempfile.mkdtemp(prefix=f"icd-chaos-{name}-"))
        self.random = random.Random(seed)
        self.output = self.directory / "out"
        self.port = free_port()
        self.join_file = self.directory / "join.json"
        self.coordinator = None
        self.workers = []
        self.worker_join_file = self.join_file
        self.trials = 0
        self._started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._started:
            process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, arguments, log, cores=None):
        process = Process(arguments, self.directory / log, self.directory, cores)
        self._started.append(process)
        return process

    def run(self, arguments, seconds=3600):
        """Runs `icd` to its end and returns what it printed."""
        done = subprocess.run(
            [str(PROGRAM), *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=seconds, check=False)
        if done.returncode != 0:
            raise Failed(f"icd {arguments} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        return done.stdout

    # Sweeps

    def write_sweep(self, epochs, seeds, name="sweep.yaml"):
        (self.directory / name).write_text(SWEEP.format(epochs=epochs, seeds=seeds))
        return LENGTHS * seeds

    def make_sweep(self, trial_seconds, total_seconds):
        """A sweep of trials that take about so long each, on a core of this machine as it is now, and all together."""
        epochs = 200
        self.write_sweep(epochs, 4, "probe.yaml")
        self.run(["run", "probe.yaml", "--workers", 1, "--output", "probe", "--quiet"])
        epochs = max(1, round(epochs * trial_seconds / store.median_seconds(self.directory / "probe")))
        self.trials = self.write_sweep(epochs, max(4, round(total_seconds / trial_seconds / LENGTHS)))

    def reference(self):
        """The same sweep undisturbed: its tables and digests."""
        self.run(["run", "sweep.yaml", "--output", "reference", "--quiet"])
        return self.directory / "reference"

    def tables(self, directory):
        return [
            self.run(["report", directory, "--table", table, "--format", "csv"])
            for table in ("loss", "weights", "fit")
        ]

    # Processes

    def start_coordinator(self, *options):
        """Starts the coordinator and waits until it listens: a killed one leaves its join file, the next writes it anew."""
        old = identity(self.join_file)
        self.coordinator = self.start(
            ["coordinator", "sweep.yaml", "--listen", f"tcp://127.0.0.1:{self.port}", "--join-file", self.join_file,
             "--output", self.output, *options], "coordinator.log")
        eventually(
            lambda: identity(self.join_file) not in (None, old) or not self.coordinator.runs(), 60,
            "the coordinator's join file")

    def start_worker(self, cores=None):
        worker = self.start(["worker", "--join", self.worker_join_file], f"worker-{len(self._started)}.log", cores)
        self.workers.append(worker)
        return worker

    def kill_worker(self):
        """`kill -9` of one of the workers, which is replaced at once."""
        victim = self.workers.pop(self.random.randrange(len(self.workers)))
        gave_up = not victim.runs()
        victim.kill()
        self.start_worker()
        if gave_up:
            raise Failed(f"a worker had ended by itself:\n{victim.text[-2000:]}")

    def use_endpoint(self, port):
        """Gives workers a join file that leads them through another port."""
        self.worker_join_file = self.directory / "through.json"
        contents = json.loads(self.join_file.read_text())
        contents["endpoints"] = [f"tcp://127.0.0.1:{port}"]
        self.worker_join_file.touch(0o600)
        self.worker_join_file.write_text(json.dumps(contents))

    def committed(self):
        return store.count(self.output)

    def finish(self, seconds, may_miss_the_end=False):
        """Waits for the end of the run and of its workers; returns how many of them missed it.

        Who does not hear that the run is over notices that the join file is gone. A copy goes as the original did.
        """
        status = self.coordinator.wait(seconds)
        if status != 0:
            raise Failed(f"the coordinator ended with {status}:\n{self.coordinator.text[-3000:]}")
        if self.join_file.exists():
            raise Failed("the coordinator left its join file behind")
        self.worker_join_file.unlink(missing_ok=True)
        expected = (0, MISSED_THE_END) if may_miss_the_end else (0,)
        missed = 0
        for worker in self.workers:
            status = worker.wait(120)
            if status not in expected:
                raise Failed(f"a worker ended with {status}:\n{worker.text[-2000:]}")
            if status == MISSED_THE_END and "it removed the join file" not in worker.text:
                raise Failed(f"a worker gave up:\n{worker.text[-2000:]}")
            missed += status == MISSED_THE_END
        return missed

    def compare(self, reference, report):
        """Holds the finished run against an undisturbed one, in the store and in the tables."""
        report.check("every trial has one result", self.committed() == self.trials)
        report.check("digests equal", store.digests(self.output) == store.digests(reference))
        report.check("no row doubled", store.row_counts(self.output) == store.row_counts(reference))
        report.check("tables byte-identical", self.tables(self.output) == self.tables(reference))
        report.check("no trial given up", store.strikes(self.output)[1] == 0)
        report.check("store intact", store.integrity(self.output) == "ok")


class Report:
    """Figures of a scenario, and what did not hold."""

    def __init__(self):
        self.figures = []
        self.broken = []

    def figure(self, text):
        self.figures.append(text)

    def check(self, what, holds, detail=""):
        if not holds:
            self.broken.append(f"{what}{': ' if detail else ''}{detail}")
