"""A peer with a valid key that sends what is nearly a message."""

import os
import re
import subprocess

from rig import ROOT, Failed

FRAMES = 1_000_000
SHORT_FRAMES = 50_000


def run(report, short):
    """A million damaged frames from a peer that has a key: no crash, memory within bounds, and work goes on."""
    # The generator of the frames is the one of the fuzz tests, so the peer is a test in Swift.
    frames = SHORT_FRAMES if short else FRAMES
    command = ["swift", "test", "--configuration", "release", "--skip-build", "--filter", "FloodTests"]
    subprocess.run(["swift", "build", "--configuration", "release", "--build-tests"], cwd=ROOT, check=True,
                   capture_output=True)
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"ICD_FLOOD_FRAMES": str(frames)}, capture_output=True,
                          text=True, check=False)
    figure = re.search(r"^\d+ frames in .*$", done.stdout, re.MULTILINE)
    if figure:
        report.figure(figure[0])
    report.check("the flood does no harm", done.returncode == 0, done.stdout[-3000:])
    if not figure and done.returncode == 0:
        raise Failed("the flood was not run")
