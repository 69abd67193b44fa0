# shellcheck shell=bash
# A private world for one part of the test: sourced by the part, which test.sh runs as the first process of namespaces
# of its own (mounts, processes, network, host name). Whatever is mounted, written or started in it is gone when that
# process ends, however it ends; a failed or interrupted test can leave nothing behind.
#
#   /mnt/icd         the program                    /mnt/source      cluster/ and examples/ of this checkout
#   /mnt/sweep.yaml  the stretched sweep            /mnt/reference   its tables from a local run
#   /mnt/shared      what a cluster has as a shared file system: all hosts see it
#   /home, /tmp      of a host: its own
set -euo pipefail

: "${WORLD_INPUT:?run this through cluster/test.sh}"

# The one who runs sweeps: not root, as on a real cluster.
readonly user=researcher user_id=7777
readonly hosts_network=10.77.0

# --- saying and waiting

# shellcheck disable=SC2317
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Says what was reached, and when.
note() {
  local now=${EPOCHREALTIME/./}
  printf '%6d.%d s  %s\n' $(((now - began) / 1000000)) $(((now - began) / 100000 % 10)) "$*"
}
readonly began=${EPOCHREALTIME/./}

# Waits until a command succeeds, for at most so many seconds.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}

# Shows the last lines of files when the part fails (the parts name them), and the whole files if WORLD_SHOW is set.
evidence=()
show_evidence() {
  local status=$? from=-40 file
  [[ -n ${WORLD_SHOW:-} ]] && from=+1
  ((status != 0)) || [[ -n ${WORLD_SHOW:-} ]] || return 0
  for file in "${evidence[@]}"; do
    if [[ -f $file ]]; then
      printf -- '--- %s\n' "$file"
      tail -n "$from" "$file"
    fi
  done >&2
}
trap show_evidence EXIT
trap 'exit 130' INT TERM

# --- files

# Everything that is written goes to memory, into mounts that only this world sees.
make_files() {
  mount -t tmpfs -o mode=755 tmpfs /mnt
  cp -a "$WORLD_INPUT/." /mnt/
  mkdir -p /mnt/shared /mnt/etc
  chown $user_id:$user_id /mnt/shared
  local file
  for file in passwd group shadow; do cp -a "/etc/$file" "/mnt/etc/$file"; done
  echo "$user:x:$user_id:$user_id::/home/$user:/bin/bash" >>/mnt/etc/passwd
  echo "$user:x:$user_id:" >>/mnt/etc/group
  echo "$user:*:19000:0:99999:7:::" >>/mnt/etc/shadow
  echo "127.0.0.1 localhost" >/mnt/etc/hosts
  for file in passwd group shadow hosts; do mount --bind "/mnt/etc/$file" "/etc/$file"; done
  make_private_directories
}

make_private_directories() {
  local place
  for place in /tmp /run /home; do mount -t tmpfs -o mode=1777 tmpfs "$place"; done
  install -d -m 700 -o $user_id -g $user_id /home/$user
}

# --- hosts

declare -A host_process=()

# The network that the hosts are on, and this world's own place in it.
make_network() {
  hostname head
  ip link set lo up
  ip link add hosts type bridge
  ip address add $hosts_network.1/24 dev hosts
  ip link set hosts up
  echo "$hosts_network.1 head" >>/mnt/etc/hosts
}

# Starts a host: namespaces of its own for network, processes, mounts and name, on the end of a cable to the bridge.
start_host() {
  local name=$1 number=$((${#host_process[@]} + 2)) holder pid
  # shellcheck disable=SC2016 # the variables are those of the inner shell
  unshare --net --pid --mount --uts --ipc --fork --kill-child --mount-proc bash -c '
    hostname "$1"
    # The first process of a host collects those that lost their parents.
    trap exit TERM
    while :; do sleep 3600 & wait $!; done' host "$name" &
  holder=$!
  eventually 10 pgrep --parent $holder || fail "host $name does not start"
  pid=$(pgrep --parent $holder)
  host_process[$name]=$pid
  ip link add "to-$name" type veth peer name eth0 netns "$pid"
  ip link set "to-$name" master hosts up
  echo "$hosts_network.$number $name" >>/mnt/etc/hosts
  eventually 10 on "$name" test -e /proc/self || fail "host $name does not start"
  on "$name" ip link set lo up
  on "$name" ip address add "$hosts_network.$number/24" dev eth0
  on "$name" ip link set eth0 up
  on "$name" bash -c "$(declare -f make_private_directories); user=$user user_id=$user_id; make_private_directories"
}

# Runs a command on a host as root.
on() {
  local name=$1
  shift
  nsenter --target "${host_process[$name]}" --net --pid --mount --uts --ipc -- "$@"
}

# Becomes a command of the user; for one in the background, so that its process is the one that is signalled.
become_user() {
  exec setpriv --reuid $user_id --regid $user_id --clear-groups env HOME=/home/$user USER=$user PATH="/mnt:$PATH" "$@"
}
# Runs a command here as the user.
as_user() { (become_user "$@"); }

cut_link() { ip link set "to-$1" down; }
restore_link() { ip link set "to-$1" up; }

# The processes on a host that belong to the user.
processes_of_user() { on "$1" ps -U $user_id -o pid=,args= || true; }

# --- what is to come out

# The tables of a directory must be those of the local run, byte for byte.
expect_reference_tables() {
  local directory=$1 table
  for table in loss weights; do
    as_user /mnt/icd report "$directory" --table $table --format csv >"/mnt/$table.csv" || fail "no $table table"
    cmp "/mnt/$table.csv" "/mnt/reference/$table.csv" || fail "the $table table differs from that of a local run"
  done
}

# Prints how many trials of a directory are done. The store of a running sweep may be read on the same machine.
trials_done() {
  as_user /mnt/icd status "$1" --format json 2>/dev/null | sed -n 's/.*"done" *: *\([0-9]*\).*/\1/p'
}
at_least_done() { (($(trials_done "$1") >= $2)); }

# A file of keys is for its owner only, and none of its secrets is where others can look: in the command line or (which
# root can see) the environment of a process.
expect_no_secret() {
  local secrets secret
  [[ $(stat --format %a "$1") == 600 ]] || fail "$1 can be read by others"
  secrets=$(sed -n 's/.*"secret[A-Za-z]*" *: *"\([^"]*\)".*/\1/p' "$1")
  [[ -n $secrets ]] || fail "no key in $1"
  while read -r secret; do
    if grep --fixed-strings --quiet --text -- "$secret" /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; then
      fail "a key is in a command line or in an environment"
    fi
  done <<<"$secrets"
}
