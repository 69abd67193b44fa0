#!/usr/bin/env bash
# Every figure of the paper, from the sweep files beside this script: runs them, prints their tables, draws their figures,
# and ends with one line for each file and its time. What is done already is not done again: after Ctrl-C or a crash, the
# same command goes on.
#
#   examples/paper/reproduce.sh [--output DIR] [--workers N] [NAME ...]
#
#   --output DIR   where results go, one directory for each file; results/paper by default
#   --workers N    worker processes; one for each core by default
#   NAME ...       only these, for example figure-3 figure-8; all by default
#
# ICD names another program than this checkout's .build/release/icd, which is built if it is not there or older than the
# sources. Figures need gnuplot; without it there are tables alone. /usr/bin/time -v in front measures the whole.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
output=results/paper
workers=()
names=()

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; }

while [ $# -gt 0 ]; do
  case $1 in
    --output) output=${2:?--output needs a directory}; shift 2 ;;
    --workers) workers=(--workers "${2:?--workers needs a number}"); shift 2 ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "reproduce.sh: unknown option $1; try --help" >&2; exit 2 ;;
    *) names+=("$1"); shift ;;
  esac
done

if [ ${#names[@]} -eq 0 ]; then
  for file in "$here"/*.yaml; do names+=("$(basename "$file" .yaml)"); done
fi
for name in "${names[@]}"; do
  if [ ! -f "$here/$name.yaml" ]; then
    echo "reproduce.sh: there is no $here/$name.yaml" >&2
    exit 2
  fi
done

icd=${ICD:-$root/.build/release/icd}
if [ -z "${ICD:-}" ] && { [ ! -x "$icd" ] || [ -n "$(find "$root/Sources" "$root/Package.swift" -newer "$icd" -print -quit)" ]; }; then
  echo "building icd (some minutes)" >&2
  swift build -c release --package-path "$root" --product icd >&2
fi

figures=(--figures)
if ! command -v gnuplot > /dev/null; then
  echo "reproduce.sh: no gnuplot, so no figures (Debian: apt install gnuplot-nox)" >&2
  figures=()
fi

mkdir -p "$output"
summary=$output/summary.txt
: > "$summary"
status=0
now() { date +%s.%N; }
begin=$(now)
for name in "${names[@]}"; do
  start=$(now)
  outcome=0
  "$icd" run "$here/$name.yaml" --output "$output/$name" --quiet "${workers[@]}" "${figures[@]}" || outcome=$?
  if [ "$outcome" = 4 ] || [ "$outcome" = 130 ]; then exit "$outcome"; fi
  # A run in which some trials failed has tables of the others.
  if [ "$outcome" = 0 ] || [ "$outcome" = 1 ]; then
    "$icd" report "$output/$name" | tee "$output/$name/tables.txt"
    echo
  fi
  word=ok
  if [ "$outcome" != 0 ]; then
    status=1
    word="failed with exit code $outcome"
  fi
  LC_ALL=C awk -v name="$name" -v seconds="$(now)" -v start="$start" -v outcome="$word" -v place="$output/$name" \
    'BEGIN { printf "%-22s %6.1f s  %-4s %s\n", name, seconds - start, outcome, place }' >> "$summary"
done
LC_ALL=C awk -v end="$(now)" -v begin="$begin" 'BEGIN { printf "%-22s %6.1f s\n", "all", end - begin }' >> "$summary"
cat "$summary"
exit "$status"
