#!/usr/bin/env bash
# Trains twenty trials with icd and again in PyTorch, and compares final weights and losses: three tasks × two
# attentions at the paper's settings for L = 50 and L = 500, and eight variants of training. Takes a few minutes.
#
#   bash examples/replay/run.sh [DIR]     results, exports and the virtual environment go to DIR, results/replay by default
#
# PYTHON names another Python than python3, for example one that has torch and numpy already: then nothing is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

output=${1:-results/replay}
python=${PYTHON:-}
mkdir -p "$output"
if [[ -z $python ]]; then
  python=$output/venv/bin/python
  if [[ ! -x $python ]]; then
    python3 -m venv "$output/venv"
  fi
  "$python" -m pip install --quiet torch numpy
fi

bash examples/install-packages.sh
swift build --configuration release --product icd
icd=$(swift build --configuration release --show-bin-path)/icd

exports=()
for sweep in paper variants; do
  file=examples/replay/$sweep.yaml
  "$icd" run "$file" --output "$output/$sweep" --quiet
  "$icd" verify "$output/$sweep" --sample all
  while IFS=$'\t' read -r _ trial _; do
    directory=$output/exports/$trial
    [[ -d $directory ]] || "$icd" export "$output/$sweep" --trial "$trial" --to "$directory"
    exports+=("$directory")
  done < <("$icd" plan "$file" --output "$output/$sweep" --trials)
done
"$python" examples/replay/replay.py "${exports[@]}"
