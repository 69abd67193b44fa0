#!/usr/bin/env bash
# `icd launch` to three hosts with addresses, home directories and an sshd of their own. node3 cannot connect to the
# coordinator, and uses a tunnel. Launch and stop; a host whose link is cut for longer than its lease, and which comes
# back; a launcher that is killed; a host that does not come back. The table must be that of a local run, and no process
# may be left on any host.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

readonly nodes=(node1 node2 node3)
# Where the coordinator listens: an address of the head that node3 has no route to.
readonly inner_network=10.79.0
readonly results=/home/$user/results

make_keys() {
  mkdir -p /mnt/ssh
  ssh-keygen -q -t ed25519 -N '' -f /mnt/ssh/host
  as_user mkdir -m 700 /home/$user/.ssh
  as_user ssh-keygen -q -t ed25519 -N '' -f /home/$user/.ssh/id_ed25519
  for node in "${nodes[@]}"; do echo "$node $(cut -d' ' -f1,2 /mnt/ssh/host.pub)"; done >/home/$user/.ssh/known_hosts
  cat >/mnt/ssh/config <<-END
	HostKey /mnt/ssh/host
	UsePAM no
	PasswordAuthentication no
	PidFile none
	END
}

start_hosts() {
  ip address add $inner_network.1/24 dev hosts
  for node in "${nodes[@]}"; do
    start_host "$node"
    on "$node" install -d /run/sshd
    on "$node" install -d -m 700 -o $user_id -g $user_id /home/$user/.ssh
    on "$node" install -m 600 -o $user_id -g $user_id /dev/stdin /home/$user/.ssh/authorized_keys \
      </home/$user/.ssh/id_ed25519.pub
    on "$node" /usr/sbin/sshd -f /mnt/ssh/config -E "/mnt/ssh/$node.log"
    [[ $node == node3 ]] || on "$node" ip route add $inner_network.0/24 dev eth0
  done
  if on node3 ip route get $inner_network.1 >/dev/null 2>&1; then fail "node3 can reach the coordinator without a tunnel"; fi
}

# Starts a launch on the given hosts in the background; sets `launcher` and `log`.
launch() {
  log=/mnt/launch-$1.log
  printf '%s\n' "${@:2}" >/mnt/hosts
  evidence+=("$log")
  become_user bash -c 'cd && exec "$@"' launch icd launch --hosts /mnt/hosts --listen "tcp://$inner_network.1:*" \
    --output "$results" /mnt/sweep.yaml >"$log" 2>&1 &
  launcher=$!
}

has_joined() { grep -q "worker $1:[^ ]* joined" "$log"; }
says() { grep -q -- "$1" "$log"; }
# An sshd whose connection was cut outlives its workers until TCP gives up.
has_no_workers() { ! processes_of_user "$1" | grep -q 'icd worker'; }
is_quiet_on() { [[ -z $(processes_of_user "$1") ]]; }

# No process of the user on any host, no key, no file.
expect_nothing_on_hosts() {
  for node in "${nodes[@]}"; do
    eventually "$1" is_quiet_on "$node" || fail "left on $node after $1 s: $(processes_of_user "$node")"
    local files
    files=$(on "$node" find /tmp /home/$user -mindepth 1 -type f ! -name authorized_keys)
    [[ -z $files ]] || fail "left on $node: $files"
  done
}

test_launch_and_stop() {
  launch 1 "node1 slots=1 icd=/mnt/icd" "$user@node2 slots=2 icd=/mnt/icd" "node3 slots=1 icd=/mnt/icd tunnel=yes"
  for node in "${nodes[@]}"; do eventually 60 has_joined "$node" || fail "$node does not join"; done
  eventually 60 at_least_done "$results" 5 || fail "the sweep does not get going"
  expect_no_secret "$results/coordinator.key"
  grep -q "joined the sweep.*tcp://127.0.0.1:" "$results/logs/node3.log" || fail "node3 does not use its tunnel"
  note "launched on 3 hosts, node3 through its tunnel; stopped with $(trials_done "$results") trials done"
  kill -TERM $launcher
  local status=0
  wait $launcher || status=$?
  ((status == 130)) || fail "a launch that was stopped ended with $status"
  expect_nothing_on_hosts 5
  note "nothing is left on any host"
}

test_cut_and_restore() {
  launch 2 "node2 slots=2 icd=/mnt/icd"
  local before
  before=$(trials_done "$results")
  eventually 60 at_least_done "$results" $((before + 3)) || fail "the sweep does not go on"
  cut_link node2
  note "the link of node2 is cut, $(trials_done "$results") trials done"
  eventually 45 says 'worker node2:.* left: ' || fail "the coordinator does not give up the lost workers"
  says 'host node2: no connection' || fail "the launcher has not noticed that the connection is gone"
  eventually 15 has_no_workers node2 || fail "workers without a launcher go on: $(processes_of_user node2)"
  note "the coordinator has given its workers up, and they have ended by themselves"
  restore_link node2
  before=$(trials_done "$results")
  eventually 75 at_least_done "$results" $((before + 3)) || fail "the host does not come back"
  note "the link is restored, and the host works again: $(trials_done "$results") trials done; the launcher is killed"
  kill -KILL $launcher
  { wait $launcher; } 2>/dev/null || true
  expect_nothing_on_hosts 10
  note "nothing is left on any host"
}

test_loss_of_a_host() {
  launch 3 "node1 slots=1 icd=/mnt/icd" "node2 slots=1 icd=/mnt/icd" "node3 slots=1 icd=/mnt/icd tunnel=yes"
  for node in "${nodes[@]}"; do eventually 60 has_joined "$node" || fail "$node does not join"; done
  cut_link node2
  note "three hosts again; node2 is lost with $(trials_done "$results") trials done"
  local status=0
  wait $launcher || status=$?
  ((status == 0)) || fail "the launch ended with $status"
  # Those of the launcher that was killed wrote into their logs here why they ended.
  says 'left: ended with the coordinator before this one' || fail "workers that ended with their launcher are not known"
  if says 'did not come back'; then fail "workers that ended with their launcher count as lost"; fi
  expect_reference_tables "$results"
  note "the others have done its trials; the tables are those of a local run"
  # What is lost cannot be told that the sweep is over, and ends by itself.
  restore_link node2
  expect_nothing_on_hosts 45
  note "nothing is left on any host"
}

make_files
make_network
make_keys
start_hosts
note "3 hosts, $(/usr/bin/ssh -V 2>&1 | cut -d, -f1)"
test_launch_and_stop
test_cut_and_restore
test_loss_of_a_host
