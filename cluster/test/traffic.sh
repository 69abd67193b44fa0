#!/usr/bin/env bash
# What a trial costs the network and the coordinator: the numbers of docs/scaling.md. Two workers on a host of its own; the
# bytes are those of its network device, with TCP, acknowledgements and all. Not one of the parts that run by default:
#
#   bash cluster/test.sh traffic
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

make_files
make_network
start_host node1
evidence+=(/mnt/coordinator.log /mnt/worker.log)

# Field of the host's network device, from its own point of view: 1 received bytes, 2 packets; 9 sent bytes, 10 packets.
# shellcheck disable=SC2016 # awk
device() { on node1 awk -v field="$1" '$1 == "eth0:" { print $(field + 1) }' /proc/net/dev; }
# Processor time of a process in milliseconds.
processor_time() { awk '{ print ($14 + $15) * 10 }' "/proc/$1/stat"; }

measure() {
  local name=$1 sweep=$2 directory=/mnt/shared/$1 trials begin end busy before=() after=() field
  (cd /mnt/shared && become_user icd coordinator "$sweep" --listen 'tcp://*:7700' --output "$directory" \
    --join-file "$directory/join.json" --quiet) >/mnt/coordinator.log 2>&1 &
  coordinator=$!
  eventually 30 test -e "$directory/join.json" || fail "no coordinator"
  for field in 9 10 1 2; do before+=("$(device $field)"); done
  begin=${EPOCHREALTIME/./}
  on node1 setpriv --reuid $user_id --regid $user_id --clear-groups /mnt/icd worker --join "$directory/join.json" \
    --processes 2 >/mnt/worker.log 2>&1 &
  worker=$!
  # The last value before the process is gone: it ends by itself.
  while [[ -e /proc/$coordinator/stat ]]; do
    busy=$(processor_time $coordinator 2>/dev/null) || true
    sleep 0.05
  done
  wait $worker || fail "the workers ended with $?"
  end=${EPOCHREALTIME/./}
  for field in 9 10 1 2; do after+=("$(device $field)"); done
  trials=$(trials_done "$directory")
  awk -v name="$name" -v trials="$trials" -v microseconds=$((end - begin)) -v busy="${busy:-0}" \
    -v up=$((after[0] - before[0])) -v up_packets=$((after[1] - before[1])) \
    -v down=$((after[2] - before[2])) -v down_packets=$((after[3] - before[3])) 'BEGIN {
      printf "| %s | %d | %.0f | %.0f | %.0f | %.2f | %.2f | %.2f |\n", name, trials, trials / microseconds * 1e6,
        up / trials, down / trials, up_packets / trials, down_packets / trials, busy / trials }' | tee -a /mnt/table
}

cat >/mnt/tiny.yaml <<'END'
name: tiny
parameters: {task: linear, attention: linear, n: 4, d: 2, signal_variance: 1, noise_variance: 1, train_prompts: 8, test_prompts: 4, batch_size: 8, epochs: 1}
axes: {L: {range: [2, 21, 1]}}
seeds: {count: 1000, root: 0}
END
echo '| sweep | trials | trials/s | bytes to the coordinator, each | bytes to workers, each | packets up | packets down | coordinator, ms of processor each |'
measure figure-4a /mnt/source/examples/paper/figure-4a.yaml
measure tiny /mnt/tiny.yaml

# A worker that is busy with a long trial says only that it lives.
sed 's/^  epochs: .*/  epochs: 100000/; s/count: 6/count: 1/' /mnt/source/examples/paper/figure-4a.yaml >/mnt/long.yaml
(cd /mnt/shared && become_user icd coordinator /mnt/long.yaml --listen 'tcp://*:7700' --output /mnt/shared/long \
  --join-file /mnt/shared/long/join.json --quiet) >/mnt/coordinator.log 2>&1 &
coordinator=$!
eventually 30 test -e /mnt/shared/long/join.json
on node1 setpriv --reuid $user_id --regid $user_id --clear-groups /mnt/icd worker --join /mnt/shared/long/join.json \
  >/mnt/worker.log 2>&1 &
eventually 30 grep -q joined /mnt/worker.log
sleep 3
idle_before=$(($(device 1) + $(device 9)))
sleep 20
echo "a busy worker: $((($(device 1) + $(device 9) - idle_before) / 20)) bytes per second, both ways"
kill -KILL $coordinator
