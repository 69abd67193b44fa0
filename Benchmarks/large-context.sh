#!/usr/bin/env bash
# Trains softmax attention on contexts of a million tokens, 800 + 200 prompts (32 GB of coordinates, if they were kept),
# in one worker with the default memory budget of 1 GiB, and prints what time(1) says of it. One epoch, and the losses
# before and after it: a few minutes.
#
# Usage: Benchmarks/large-context.sh [EPOCHS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

epochs=${1:-1}
swift build --configuration release --product icd
directory=$(mktemp --directory)
trap 'rm -rf "$directory"' EXIT
cat >"$directory/sweep.yaml" <<EOF
name: large-context
parameters: {task: linear, attention: softmax, L: 1000000, epochs: $epochs, evaluation_interval: $epochs}
EOF
/usr/bin/time -v --output "$directory/time" \
  .build/release/icd run "$directory/sweep.yaml" --workers 1 --output "$directory/results"
grep -E 'User time|System time|Elapsed|Maximum resident' "$directory/time"
