"""A peer with a valid key that sends what is nearly a message."""

import swift_tests

FRAMES = 1_000_000
SHORT_FRAMES = 50_000


def run(report, short):
    """A million damaged frames from a peer that has a key: no crash, memory within bounds, and work goes on."""
    frames = SHORT_FRAMES if short else FRAMES
    swift_tests.run(report, "FloodTests", {"ICD_FLOOD_FRAMES": str(frames)}, r"^\d+ frames in .*$")
