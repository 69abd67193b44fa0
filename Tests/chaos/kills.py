"""Workers and the coordinator killed by the dozen during one sweep."""

import time
from dataclasses import dataclass

import store
from rig import Failed, Rig


@dataclass
class Size:
    workers: int
    worker_kills: int
    coordinator_kills: int
    period: float


LONG = Size(workers=3, worker_kills=100, coordinator_kills=20, period=1.0)
SHORT = Size(workers=3, worker_kills=8, coordinator_kills=2, period=0.6)
# The coordinator is killed in this first part of the kills only: what a lost worker held is given to others when it has
# been silent for half a minute, and that is to be seen, too.
PART = 0.6
# Here the machine kills and not the trial, so a trial that is hit time and again is not to be given up.
ATTEMPTS = 100


def run(report, short):
    """kill -9 of a random worker each second and of the coordinator every third; the table is as if nothing had been."""
    size = SHORT if short else LONG
    with Rig("kills") as rig:
        duration = size.worker_kills * size.period
        every = int(PART * size.worker_kills / size.coordinator_kills)
        rig.make_sweep(trial_seconds=0.03, total_seconds=2.2 * duration)
        reference = rig.reference()
        options = ["--attempts", ATTEMPTS]
        rig.start_coordinator(*options)
        for _ in range(size.workers):
            rig.start_worker()
        committed = {}
        begin = time.monotonic()
        for kill in range(size.worker_kills):
            time.sleep(max(0.0, begin + (kill + 1) * size.period - time.monotonic()))
            if not rig.coordinator.runs():
                raise Failed(f"the run ended after {kill} kills, so it was too short:\n{rig.coordinator.text[-2000:]}")
            rig.kill_worker()
            if (kill + 1) % every == 0 and (kill + 1) // every <= size.coordinator_kills:
                # What can be read now is durable; it may never change.
                committed |= store.results(rig.output)
                rig.coordinator.kill()
                rig.start_coordinator(*options)
        seconds = time.monotonic() - begin
        rig.finish(1800)
        after = store.results(rig.output)
        changed = sum(after.get(trial) != row for trial, row in committed.items())
        report.check("nothing that was committed changed", changed == 0, f"{changed} results")
        rig.compare(reference, report)
        report.figure(f"{size.worker_kills} kills of workers, {size.coordinator_kills} of the coordinator "
                      f"in {seconds:.0f} s; {rig.trials} trials, {len(committed)} committed before the last kill of "
                      f"the coordinator, {store.strikes(rig.output)[0]} struck")
