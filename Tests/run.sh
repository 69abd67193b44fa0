#!/usr/bin/env bash
# Every check, on a machine that has a Swift toolchain, bash, Python 3 and apt-get: installs what is missing, then lints,
# builds in release (numeric code is a hundred times slower in debug), tests, and lets real processes fail for a minute.
#
#   bash Tests/run.sh [--filter REGEX ...]      arguments go to `swift test`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash examples/install-packages.sh --testing

echo "== format"
swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
echo "== scripts"
find . \( -name '.build*' -o -name '.venv*' \) -prune -o \( -name '*.sh' -o -name '*.sbatch' \) -print0 | xargs -0 shellcheck .ci/run
echo "== build"
swift build --configuration release --build-tests
echo "== test"
# One test at a time: many of them start processes, and two cores would only make them wait for one another.
swift test --configuration release --skip-build --no-parallel "$@"
# With arguments somebody wants certain tests.
if (($# == 0)); then
  echo "== faults"
  bash Tests/chaos.sh --short
fi
