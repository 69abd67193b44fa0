#!/usr/bin/env bash
# Runs what is in this directory for real: a Slurm, hosts with sshd, manifests, units and the container's steps, on this
# machine, in namespaces that nothing outlives. Installs the Debian packages that it needs.
#
#   bash cluster/test.sh [PART ...]     all parts by default
#
# ICD names the program to test (.build/release/icd, built if it is missing). WORLD_SHOW=1 prints the logs of every part.
# A part that this machine cannot run is reported as SKIPPED, with the reason. Exits with 1 if a part failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly all_parts=(messages slurm ssh units manifests container)
parts=("$@")
((${#parts[@]})) || parts=("${all_parts[@]}")
for part in "${parts[@]}"; do
  [[ -f cluster/test/$part.sh && $part != world ]] || { echo "no such part: $part; there are ${all_parts[*]}" >&2; exit 2; }
done
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "SKIPPED: everything, since this needs root, and there is no sudo" >&2; exit 0; }
  exec sudo --preserve-env=ICD,WORLD_SHOW,PATH bash "$PWD/cluster/test.sh" "${parts[@]}"
fi

# --- packages

install_packages() {
  local -A needs=(
    [messages]=perl [slurm]="slurm-wlm munge" [ssh]="openssh-server openssh-client" [units]=systemd
    [manifests]="python3 python3-pip" [container]="debootstrap buildah binutils"
  )
  local wanted=(iproute2 procps util-linux) missing=() package
  for part in "${parts[@]}"; do read -ra more <<<"${needs[$part]:-}" && wanted+=("${more[@]}"); done
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "== packages: ${missing[*]}"
  # Their daemons are not to be started: the test has its own.
  local policy=/usr/sbin/policy-rc.d status=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update --quiet --quiet &&
    apt-get --option DPkg::Lock::Timeout=300 install --quiet --quiet --yes --no-install-recommends "${missing[@]}" \
      >/dev/null || status=$?
  if [[ $(trap -p EXIT) ]]; then
    rm -f $policy
    trap - EXIT
  fi
  return "$status"
}
install_packages

# --- what all parts work on

input=$(mktemp --directory --tmpdir icd-cluster-XXXXXX)
world=''
# Killing unshare kills the first process of the namespaces (--kill-child), and with it all that is in them.
clean_up() {
  [[ -z $world ]] || kill -KILL "$world" 2>/dev/null || true
  rm -rf "$input"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

icd=${ICD:-.build/release/icd}
# To the jobs of the test it would be the program's name.
unset ICD
[[ -x $icd ]] || swift build --configuration release --product icd
mkdir -p "$input/source" "$input/reference"
cp -a cluster examples "$input/source/"
cp "$icd" "$input/icd"
# Figure 4a, with enough epochs to be interrupted in the middle.
sed 's/^  epochs: 100$/  epochs: 600/' examples/paper/figure-4a.yaml >"$input/sweep.yaml"
grep -q 'epochs: 600' "$input/sweep.yaml" || { echo "figure-4a.yaml has no line with its epochs" >&2; exit 1; }
echo "== reference: a local run"
"$input/icd" run --quiet "$input/sweep.yaml" --output "$input/local"
for table in loss weights; do
  "$input/icd" report "$input/local" --table $table --format csv >"$input/reference/$table.csv"
done
rm -rf "$input/local"
chmod -R a+rX "$input"

if [[ " ${parts[*]} " == *" manifests "* ]]; then
  # The schemas of Kubernetes, which the part's own network could not fetch.
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$input/python" \
    kubernetes-validate==1.37.0
fi

# --- the parts

readonly namespaces=(--mount --pid --uts --ipc --fork --kill-child=KILL --mount-proc)
if ! unshare "${namespaces[@]}" --net true 2>/dev/null; then
  echo "SKIPPED: ${parts[*]}: this machine does not let root make namespaces ($(unshare "${namespaces[@]}" --net true 2>&1))"
  exit 0
fi
results=() failures=0
for part in "${parts[@]}"; do
  echo "== $part"
  # Only the container's part needs the network outside.
  own=(--net)
  [[ $part != container ]] || own=()
  begin=$SECONDS status=0
  # In the background, so that a signal to this script is not kept waiting.
  # Ended with this script, even by kill -9.
  WORLD_INPUT=$input setpriv --pdeathsig KILL unshare "${namespaces[@]}" "${own[@]}" bash "cluster/test/$part.sh" </dev/null &
  world=$!
  wait $world || status=$?
  world=''
  case $status in
    0) results+=("passed   $part, $((SECONDS - begin)) s") ;;
    # The part has said why.
    77) results+=("SKIPPED  $part") ;;
    *)
      results+=("FAILED   $part, $((SECONDS - begin)) s")
      failures=$((failures + 1))
      ;;
  esac
done
echo "== result"
printf '%s\n' "${results[@]}"
((failures == 0))
