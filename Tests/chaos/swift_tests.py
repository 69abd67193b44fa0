"""Scenarios whose peers speak the protocol themselves: tests in Swift, with larger numbers."""

import os
import re
import subprocess

from rig import ROOT, Failed


def run(report, suite, environment, pattern):
    """Runs a suite of the end-to-end tests, and takes its figures from the line that matches."""
    swift = ["swift", "build", "--configuration", "release", "--build-tests"]
    built = subprocess.run(swift, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise Failed(f"the tests cannot be built:\n{built.stdout[-3000:]}")
    done = subprocess.run(
        ["swift", "test", "--configuration", "release", "--skip-build", "--filter", suite], cwd=ROOT,
        env=os.environ | environment, capture_output=True, text=True, check=False)
    figure = re.search(pattern, done.stdout, re.MULTILINE)
    if figure:
        report.figure(figure[0])
    report.check(suite, done.returncode == 0, done.stdout[-3000:])
    if not figure and done.returncode == 0:
        raise Failed(f"{suite} was not run")
