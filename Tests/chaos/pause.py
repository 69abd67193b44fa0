"""The coordinator is stopped for longer than anybody is usually waited for."""

import signal
import time

import store
from rig import Rig, eventually


def run(report, short):
    """SIGSTOP of the coordinator for a minute: nobody is given up, nothing is computed in vain, nothing is lost."""
    pause = 3 if short else 60
    with Rig("pause") as rig:
        rig.make_sweep(trial_seconds=0.02, total_seconds=8 if short else 30)
        reference = rig.reference()
        rig.start_coordinator()
        workers = [rig.start_worker() for _ in range(2)]
        eventually(lambda: rig.committed() > rig.trials // 10, 120, "a tenth of the trials")
        rig.coordinator.signal(signal.SIGSTOP)
        before = rig.committed()
        time.sleep(pause)
        report.check("a stopped coordinator commits nothing", rig.committed() == before)
        report.check("the run is not over", before < rig.trials)
        report.check("workers wait", all(worker.runs() for worker in workers))
        rig.coordinator.signal(signal.SIGCONT)
        recovery = eventually(lambda: rig.committed() > before, 60, "a result after the pause")
        rig.finish(900)
        struck = store.strikes(rig.output)[0]
        report.check("nobody is given up for the silence of the coordinator", struck == 0, f"{struck} strikes")
        rig.compare(reference, report)
        report.figure(f"stopped for {pause} s; next result {recovery:.2f} s after SIGCONT; {rig.trials} trials")
