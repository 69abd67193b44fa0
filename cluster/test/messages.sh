#!/usr/bin/env bash
# What a user sees when a worker cannot join: the transcripts of docs/operating.md.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

# Runs a command line as the user on node1 would, prints both, and expects an exit status and words.
transcript() {
  local expected=$1 words=$2 status=0
  shift 2
  echo "      \$ ${*//\/mnt\//}"
  # shellcheck disable=SC2016 # the variables are those of the inner shell
  on node1 setpriv --reuid $user_id --regid $user_id --clear-groups bash -c 'cd /mnt/shared && exec "$@"' node1 \
    "$@" >/mnt/said 2>&1 || status=$?
  sed 's/^/      /' /mnt/said
  ((status == expected)) || fail "it ended with $status instead of $expected"
  grep -q "$words" /mnt/said || fail "it does not say: $words"
  echo "      (exit status $status)"
}

coordinate() {
  (cd /mnt/shared && become_user icd coordinator /mnt/sweep.yaml --keys keys/coordinator.key --output results \
    --listen 'tcp://*:7700' --join-file join.json) >/mnt/coordinator.log 2>&1 &
  coordinator=$!
  eventually 30 test -e /mnt/shared/join.json || fail "no coordinator"
}

make_files
make_network
start_host node1
evidence+=(/mnt/coordinator.log)
cd /mnt/shared
as_user icd keygen /mnt/sweep.yaml --to keys --advertise head:7700 2>/dev/null
as_user icd keygen /mnt/sweep.yaml --to other --advertise head:7700 2>/dev/null
# An older program: this one with another number in it, of as many digits.
version=$(/mnt/icd --version)
older=${version//[0-9]/0}
VERSION=$version OLDER=$older perl -pe 's/\Q$ENV{VERSION}\E/$ENV{OLDER}/g' /mnt/icd >/mnt/icd-older
chmod 755 /mnt/icd-older
[[ $(/mnt/icd-older --version) == "$older" ]] || fail "the older program cannot be made"
coordinate

note "a join file of other keys"
transcript 3 'refuses the keys' /mnt/icd worker --join other/join.json
note "an older program"
transcript 4 "$older.*$version\|$version.*$older" /mnt/icd-older worker --join keys/join.json
note "a join file that others can read"
as_user install -m 644 keys/join.json shared.json
transcript 3 'chmod 600' /mnt/icd worker --join shared.json
note "no join file"
transcript 3 'absent.json' /mnt/icd worker --join absent.json
note "a file that admits to the status only"
transcript 3 'status' /mnt/icd worker --join keys/status.json
note "a coordinator that is gone"
kill -KILL $coordinator
{ wait $coordinator; } 2>/dev/null || true
transcript 3 'tcp://head:7700' /mnt/icd worker --join keys/join.json
note "a machine that is gone"
cut_link node1
transcript 3 'tcp://head:7700' /mnt/icd worker --join keys/join.json
restore_link node1
