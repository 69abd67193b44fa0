"""Very many workers."""

import swift_tests

WORKERS = 1_000


def run(report, short):
    """A thousand workers: registered within ten seconds, and less than a twentieth of a core while they are idle."""
    workers = WORKERS // 10 if short else WORKERS
    swift_tests.run(report, "CrowdTests", {"ICD_CROWD_WORKERS": str(workers)}, r"^\d+ workers registered .*$")
