"""The file system of the results is full for a while."""

import os
import subprocess
import sys
import time
from pathlib import Path

from rig import Failed, Rig, eventually

# Room for all results several times, so that only the filler fills it.
MEBIBYTES = 128
TROUBLE = "the store fails, and the run waits for it"
RELIEF = "the store works again"


def run(report, short):
    """On a full disk the run waits and says so; when there is space again, it goes on by itself and nothing is lost."""
    if os.environ.get("ICD_CHAOS_NAMESPACE") != str(os.getppid()):
        return enter_namespace(report, short)
    with Rig("disk") as rig:
        rig.make_sweep(trial_seconds=0.02, total_seconds=6 if short else 30)
        reference = rig.reference()
        mount = rig.directory / "mount"
        mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "none", mount], check=True)
        try:
            fill_and_empty(report, rig, mount, hold=2 if short else 30)
            rig.finish(900)
            rig.compare(reference, report)
        finally:
            rig.coordinator.kill()
            subprocess.run(["umount", "--lazy", mount], check=False)
    return None


def enter_namespace(report, short):
    """Runs the scenario in a mount namespace of its own, so that the machine's mounts are not touched."""
    unshare = ["unshare", "--mount", "--propagation", "private"] + ([] if os.getuid() == 0 else ["--map-root-user"])
    # exec keeps the process, so the child's parent is this one: nobody else takes the mark for granted.
    environment = os.environ | {"ICD_CHAOS_NAMESPACE": str(os.getpid())}
    command = [*unshare, sys.executable, str(Path(__file__).parent), "--inner", "disk"] + (["--short"] if short else [])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    report.figures += [line.removeprefix("figure ") for line in lines if line.startswith("figure ")]
    report.broken += [line.removeprefix("broken ") for line in lines if line.startswith("broken ")]
    if done.returncode != 0 and not report.broken:
        raise Failed(f"a mount namespace is needed (root, or user namespaces): {done.stderr.strip()[-2000:]}")


def fill_and_empty(report, rig, mount, hold):
    """Takes all space while the run stores results, and gives it back."""
    rig.output = mount / "out"
    rig.start_coordinator()
    for _ in range(2):
        rig.start_worker()
    eventually(lambda: rig.committed() > rig.trials // 10, 120, "a tenth of the trials")
    filler = mount / "filler"
    begin = time.monotonic()
    with open(filler, "wb", buffering=0) as file:
        while TROUBLE not in rig.coordinator.text:
            try:
                file.write(bytes(1 << 16))
            except OSError:
                time.sleep(0.05)
            if time.monotonic() - begin > 60 or not rig.coordinator.runs():
                raise Failed(f"the full disk went unnoticed:\n{rig.coordinator.text[-2000:]}")
    said = time.monotonic() - begin
    before = rig.committed()
    time.sleep(hold)
    report.check("nothing is stored on a full disk", rig.committed() == before)
    report.check("the coordinator waits", rig.coordinator.runs() and RELIEF not in rig.coordinator.text)
    report.check("workers wait", all(worker.runs() for worker in rig.workers))
    report.check("it says why", "disk is full" in rig.coordinator.text)
    report.check("it says so once", rig.coordinator.text.count(TROUBLE) == 1)
    filler.unlink()
    # The wait between two tries doubles, up to half a minute.
    recovery = eventually(lambda: RELIEF in rig.coordinator.text, 45, "the end of the trouble")
    report.figure(f"said so {said:.1f} s after the disk was full, waited {hold} s with {before} of {rig.trials} results, "
                  f"went on {recovery:.1f} s after there was space")
