#!/usr/bin/env bash
# Measures what handing out trials costs, and puts the tables into docs/performance.md: empty trials next to Dask, Parsl,
# Ray and multiprocessing.Pool; memory and restart with a million trials; two workers against one. Results also stay in
# Benchmarks/results. Wants a machine that does nothing else; takes about half an hour.
#
# Usage: Benchmarks/dispatch.sh [--rounds N] [compare | million | scaling ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

rounds=5
parts=()
while (($# > 0)); do
  case $1 in
    --rounds) rounds=${2:?--rounds wants a number}; shift 2 ;;
    compare | million | scaling) parts+=("$1"); shift ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]##*/}" >&2; exit 2 ;;
  esac
done
if ((${#parts[@]} == 0)); then parts=(compare million scaling); fi

mkdir -p results
for part in "${parts[@]}"; do
  case $part in
    compare)
      # The environment is made once, and again when the versions change.
      if ! cmp --quiet dispatch/requirements.txt .venv-dispatch/requirements.txt; then
        python3 -m venv --clear .venv-dispatch
        .venv-dispatch/bin/pip install --quiet --requirement dispatch/requirements.txt
        cp dispatch/requirements.txt .venv-dispatch/requirements.txt
      fi
      # SwiftPM does not see new files of the package above until a manifest here changes.
      touch Package.swift
      swift build --configuration release --product dispatch >&2
      .venv-dispatch/bin/python dispatch/compare.py "$rounds"
      ;;
    million)
      swift build --package-path .. --configuration release --product icd >&2
      python3 dispatch/million.py 1000000
      ;;
    scaling)
      swift build --package-path .. --configuration release --product icd >&2
      python3 dispatch/scaling.py "$((rounds + 2))"
      ;;
  esac
done
python3 dispatch/document.py ../docs/performance.md
