#!/usr/bin/env bash
# What a fleet of workers costs its coordinator: how long it takes until all of them are registered, over TCP and CURVE
# on the loopback address, and the processor time of the coordinator while they only send heartbeats.
#
#   bash Benchmarks/fleet.sh [WORKERS [SECONDS]]      1000 workers and 30 seconds by default
#
# Fails if registration takes longer than 10 s, or the idle coordinator more than 5 % of a core.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
workers=${1:-1000} seconds=${2:-30}

swift build --configuration release --product icd
swift build --configuration release --package-path Benchmarks --product fleet
icd=$PWD/.build/release/icd fleet=$PWD/Benchmarks/.build/release/fleet

scratch=$(mktemp -d)
trap 'kill "${coordinator:-}" "${peers:-}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT
cat > "$scratch/sweep.yaml" <<SWEEP
name: fleet
parameters: {task: linear, attention: linear, n: 8, d: 3, signal_variance: 2, noise_variance: 1}
axes: {L: [10, 20, 30, 40]}
seeds: $workers
SWEEP

# Each of the peers takes two descriptors of its own process.
ulimit -n "$(ulimit -Hn)"
"$icd" coordinator "$scratch/sweep.yaml" --listen 'tcp://127.0.0.1:*' --join-file "$scratch/join.json" \
  --output "$scratch/out" --max-workers "$workers" --quiet &
coordinator=$!
for _ in $(seq 200); do [ -e "$scratch/join.json" ] && break; sleep 0.05; done

"$fleet" "$scratch/join.json" "$workers" "$((seconds + 10))" > "$scratch/fleet.log" &
peers=$!
for _ in $(seq 1200); do
  grep -q registered "$scratch/fleet.log" && break
  kill -0 "$peers" 2>/dev/null || { wait "$peers"; exit 1; }
  sleep 0.05
done
cat "$scratch/fleet.log"

# User and system time of a process in ticks: proc(5), fields 14 and 15, counted behind the name in brackets.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
sleep 3 # for the first assignments
before=$(ticks "$coordinator") since=$(date +%s.%N)
sleep "$seconds"
after=$(ticks "$coordinator") until=$(date +%s.%N)
"$icd" status --join "$scratch/join.json" | head -3
memory=$(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$coordinator/status")

awk -v ticks=$((after - before)) -v rate="$(getconf CLK_TCK)" -v begin="$since" -v end="$until" -v memory="$memory" \
  -v workers="$workers" -v log_line="$(cat "$scratch/fleet.log")" 'BEGIN {
    share = 100 * ticks / rate / (end - begin)
    printf "idle coordinator with %d workers: %.2f %% of a core over %.0f s, %d MiB at most\n",
      workers, share, end - begin, memory
    split(log_line, words, " ")
    exit share > 5 || words[5] > 10
  }'
