#!/usr/bin/env bash
# Fuzzes every reader of bytes from outside with nearly valid input: MessagePack, the messages of both directions,
# results, canonical bytes, sweep files, join files, stored records and store files.
#
#   bash Tests/fuzz.sh [--minutes N] [--seed S] [TARGET ...]     N minutes for all targets together, 10 by default
#   bash Tests/fuzz.sh --case 'TARGET SEED NUMBER'               one case again, as a failure names it
#   bash Tests/fuzz.sh --coverage [--minutes N] TARGET ...       guided by coverage (libFuzzer)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minutes=10
seed=$(date +%s)
case=
coverage=false
targets=()
while (($# > 0)); do
  case $1 in
    --minutes) minutes=${2:?--minutes wants a number}; shift 2 ;;
    --seed) seed=${2:?--seed wants a number}; shift 2 ;;
    --case) case=${2:?--case wants a target, a seed and a number}; shift 2 ;;
    --coverage) coverage=true; shift ;;
    -*) sed -n '2,8s/^# \{0,1\}//p' "Tests/${BASH_SOURCE[0]##*/}" >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
all=(messagepack worker-messages coordinator-messages results trials sweep-files join-files stored-records store-files)
if ((${#targets[@]} == 0)); then targets=("${all[@]}"); fi
for target in "${targets[@]}"; do
  if [[ " ${all[*]} " != *" $target "* ]]; then
    echo "fuzz: no target $target; there are ${all[*]}" >&2
    exit 2
  fi
done
seconds=$((minutes * 60 / ${#targets[@]}))

if [[ $coverage == true ]]; then
  exec bash Tests/coverage-fuzzing/run.sh "$seconds" "${targets[@]}"
fi

swift build --configuration release --build-tests >&2
if [[ -n $case ]]; then
  ICD_FUZZ_CASE=$case exec swift test --configuration release --skip-build --filter FuzzTests
fi
echo "fuzz: seed $seed, $seconds s for each of ${targets[*]}"
status=0
ICD_FUZZ_SEED=$seed ICD_FUZZ_SECONDS=$seconds ICD_FUZZ_TARGETS="${targets[*]}" \
  swift test --configuration release --skip-build --filter FuzzTests || status=$?
# A case that ends the process leaves its name behind.
for mark in "${TMPDIR:-/tmp}"/icd-fuzz-case-*; do
  if [[ -e $mark ]]; then
    echo "fuzz: the process ended in this case; again with: bash Tests/fuzz.sh --case '$(sed 's/^case //' "$mark")'" >&2
    rm "$mark"
  fi
done
exit "$status"
