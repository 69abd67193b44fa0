"""Real processes under faults; see docs/testing.md."""

import argparse
import faulthandler
import signal
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import crowd  # noqa: E402
import disk  # noqa: E402
import frames  # noqa: E402
import hostile  # noqa: E402
import kills  # noqa: E402
import network  # noqa: E402
import pause  # noqa: E402
from rig import PROGRAM, Failed, Report  # noqa: E402

SCENARIOS = {
    "kills": kills, "pause": pause, "network": network, "disk": disk, "hostile": hostile, "frames": frames,
    "crowd": crowd,
}
# The others are among the ordinary tests themselves, with smaller numbers.
SHORT = [name for name in SCENARIOS if name not in ("frames", "crowd")]


def perform(name, short):
    """Runs one scenario and returns what it found."""
    report = Report()
    try:
        SCENARIOS[name].run(report, short)
    except Failed as error:
        report.broken.append(str(error))
    except Exception:  # noqa: BLE001: a fault of the scenario itself fails it, and the others still run.
        report.broken.append(traceback.format_exc())
    return report


def main():
    summary = "\n".join(f"  {name:10}{module.run.__doc__}" for name, module in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="Tests/chaos.sh", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs real processes under faults and compares what is left with an undisturbed run.",
        epilog=f"scenarios:\n{summary}")
    parser.add_argument("scenario", nargs="*", help="all of them without a name")
    parser.add_argument("--short", action="store_true", help="seconds for each scenario instead of minutes")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for name in arguments.scenario:
        if name not in SCENARIOS:
            parser.error(f"no scenario {name}; there are {', '.join(SCENARIOS)}")
    # An end by signal goes through the clean-up like any other.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    faulthandler.enable()
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; build it with: swift build -c release --product icd")
    failures = 0
    for name in arguments.scenario or (SHORT if arguments.short else SCENARIOS):
        begin = time.monotonic()
        report = perform(name, arguments.short)
        failures += bool(report.broken)
        if arguments.inner:
            for kind, lines in (("figure", report.figures), ("broken", report.broken)):
                for line in lines:
                    print(kind, line.replace("\n", " | "))
            continue
        print(f"{'FAIL' if report.broken else 'PASS'} {name} ({time.monotonic() - begin:.0f} s)", flush=True)
        for line in report.figures:
            print(f"  {line}")
        for line in report.broken:
            print(f"  NOT: {line}", flush=True)
    sys.exit(1 if failures else 0)


main()
