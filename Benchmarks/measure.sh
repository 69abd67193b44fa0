#!/usr/bin/env bash
# Takes every measurement of docs/performance.md anew and writes them there: the comparison, the roofline, the growth of
# cost and its figure. Takes about ten minutes.
#
# Usage: Benchmarks/measure.sh [--rounds N] [--core K]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# shellcheck source=SCRIPTDIR/processor.sh
source processor.sh
./compare.sh "$@"
swift build --configuration release

core=$(($(nproc) - 1))
while (($# > 0)); do
  if [[ $1 == --core ]]; then core=$2; fi
  shift
done
taskset -c "$core" .build/release/roofline --json >results/roofline.json
taskset -c "$core" .build/release/growth >results/growth.tsv
.venv/bin/python peers/document.py ../docs/performance.md

# The figure's data and script stay beside it.
cp results/growth.tsv ../docs/images/performance-growth.tsv
(cd ../docs/images && gnuplot performance-growth.gp)
