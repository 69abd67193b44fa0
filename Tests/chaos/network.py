"""Workers behind a line that is long, breaks, and goes dead."""

import time

import store
from proxy import Proxy
from rig import Rig, eventually

DELAY = 0.2
RESETS = 0.01


def run(report, short):
    """200 ms more in each direction, one chunk in a hundred resets its connection, and a minute in which nothing passes."""
    blackhole = 3 if short else 60
    with Rig("network") as rig:
        rig.make_sweep(trial_seconds=0.02, total_seconds=8 if short else 60)
        reference = rig.reference()
        rig.start_coordinator("--attempts", 100)
        proxy = Proxy(rig.port, DELAY, RESETS)
        try:
            rig.use_endpoint(proxy.port)
            workers = [rig.start_worker() for _ in range(2)]
            begin = time.monotonic()
            eventually(lambda: rig.committed() > rig.trials // 10, 300, "a tenth of the trials")
            proxy.close()
            time.sleep(1)
            before = rig.committed()
            time.sleep(blackhole - 1)
            report.check("nothing passes a dead line", rig.committed() == before)
            report.check("the run is not over", before < rig.trials)
            report.check("workers wait", all(worker.runs() for worker in workers))
            proxy.open()
            recovery = eventually(lambda: rig.committed() > before, 120, "a result after the dead line")
            eventually(lambda: not rig.coordinator.runs(), 1800, "the end of the run")
            seconds = time.monotonic() - begin
            missed = rig.finish(1, may_miss_the_end=True)
        finally:
            proxy.end()
        rig.compare(reference, report)
        report.check("connections were reset", proxy.broken > 0 or short)
        report.figure(
            f"+{DELAY * 1000:.0f} ms each way; {proxy.broken} of {proxy.chunks} chunks reset their connection, "
            f"{proxy.connections} connections; dead for {blackhole} s, next result {recovery:.1f} s after; "
            f"{rig.trials} trials in {seconds:.0f} s, {store.strikes(rig.output)[0]} struck, "
            f"{missed} workers did not hear the end")
