#!/usr/bin/env bash
# The systemd units: verified, rated for what they could do, and their command lines run as the units' user.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

# What systemd-analyze may at most find exposed, out of 100: its own limit for OK is 50.
readonly exposure_max=20
readonly units=/mnt/source/cluster/systemd

make_files
make_network
# Where the units expect the program.
mount -t tmpfs tmpfs /usr/local/bin
cp /mnt/icd /usr/local/bin/icd
mount -t tmpfs tmpfs /etc/systemd/system
cp $units/*.service /etc/systemd/system/
cp $units/icd.sysusers /mnt/icd.conf
systemd-sysusers --dry-run --inline "$(grep ^u /mnt/icd.conf)" >/dev/null 2>&1 || fail "icd.sysusers"
echo "icd:x:7001:7001::/var/lib/icd:/usr/sbin/nologin" >>/etc/passwd
echo "icd:x:7001:" >>/etc/group

for unit in icd-coordinator icd-worker; do
  said=$(systemd-analyze verify --man=no --recursive-errors=no "$unit@test.service" 2>&1) ||
    fail "systemd-analyze verify $unit: $said"
  [[ -z $said ]] || fail "systemd-analyze verify $unit: $said"
  said=$(systemd-analyze security --offline=yes --threshold=$exposure_max "/etc/systemd/system/$unit@.service" 2>&1) ||
    fail "$unit is exposed more than $exposure_max: $(tail -n 1 <<<"$said")"
  note "$unit@.service: $(tail -n 1 <<<"$said" | sed 's/^[^A-Za-z]*//; s/ [^ -~]*$//')"
done

# The command line of a unit for the instance `test`, run as its user, with /etc/icd elsewhere. (systemd as the first
# process, which would confine it further, cannot be had here.)
run_unit() {
  local line
  line=$(sed -n 's/^ExecStart=//p' "/etc/systemd/system/$1@.service")
  line=${line//%i/test}
  line=${line//\/etc\/icd/\/mnt\/etc\/icd}
  # shellcheck disable=SC2016 # these are systemd's variables
  line=${line//'${LISTEN}'/tcp://*:7700}
  # shellcheck disable=SC2016
  line=${line//'${PROCESSES}'/2}
  read -ra words <<<"$line"
  exec setpriv --reuid 7001 --regid 7001 --clear-groups --no-new-privs --bounding-set=-all -- "${words[@]}"
}
mount -t tmpfs tmpfs /var/lib
install -d -m 700 -o 7001 -g 7001 /var/lib/icd /var/lib/icd/test
install -D -m 644 /mnt/source/examples/paper/figure-4a.yaml /mnt/etc/icd/test.yaml
umask 077
(run_unit icd-coordinator) >/mnt/coordinator.log 2>&1 &
coordinator=$!
evidence+=(/mnt/coordinator.log /mnt/worker.log)
eventually 30 test -e /var/lib/icd/test/join.json || fail "the coordinator does not start"
install -m 600 -o 7001 /var/lib/icd/test/join.json /mnt/etc/icd/test.join.json
(run_unit icd-worker) >/mnt/worker.log 2>&1 || fail "the worker ended with $?"
wait $coordinator || fail "the coordinator ended with $?"
note "the units' command lines did the sweep as a user without rights"
