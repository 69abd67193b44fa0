#!/usr/bin/env bash
# Does the same work in our core and in PyTorch, JAX and NumPy on one core, several rounds, and prints medians and
# ratios. Results also go to Benchmarks/results/compare.{json,csv,txt}.
#
# Usage: Benchmarks/compare.sh [--rounds N] [--core K]
# With ICD_PROCESSOR=x86-64-v3 in the environment, ours is built as it is by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

rounds=7
core=$(($(nproc) - 1))
while (($# > 0)); do
  case $1 in
    --rounds) rounds=${2:?--rounds wants a number}; shift 2 ;;
    --core) core=${2:?--core wants a number}; shift 2 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]##*/}" >&2; exit 2 ;;
  esac
done

# The environment is made once, and again when the versions change.
if ! cmp --quiet peers/requirements.txt .venv/requirements.txt; then
  python3 -m venv --clear .venv
  .venv/bin/pip install --quiet --requirement peers/requirements.txt
  cp peers/requirements.txt .venv/requirements.txt
fi
# JAX and PyTorch take the instructions of the processor at hand; so do we, with the same bits as anywhere else.
# shellcheck source=SCRIPTDIR/processor.sh
source processor.sh
# SwiftPM does not see new files of the package above until a manifest here changes.
touch Package.swift
swift build --configuration release --product compare-swift

# One thread for every library, whatever it computes with.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
export XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
export JAX_PLATFORMS=cpu

mkdir -p results
echo "${ICD_PROCESSOR:-the default}" >results/processor.txt
.venv/bin/python peers/drive.py "$rounds" "$core" | tee results/compare.txt
