#!/usr/bin/env bash
# The Kubernetes manifests: rendered, checked against the schemas of several versions of Kubernetes and against one
# another, and the command lines of their containers run as the pods would run them.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

# From the first with podReplacementPolicy on by default to the newest that the validator knows.
readonly versions=(1.29 1.33 1.37)
readonly overlay=/mnt/source/cluster/kubernetes/overlays/example

if ! command -v kubectl >/dev/null; then
  echo "SKIPPED: there is no kubectl here to render the manifests (kubectl kustomize, kustomize 5)"
  exit 77
fi
make_files
make_network
# Where this was started may be hidden by now.
cd /mnt
cp /mnt/source/examples/paper/figure-4a.yaml $overlay/sweep.yaml
(cd $overlay && /mnt/icd keygen sweep.yaml --to keys --advertise icd-coordinator:7700 2>/dev/null)
HOME=/tmp kubectl kustomize /mnt/source/cluster/kubernetes/base >/mnt/base.yaml
HOME=/tmp kubectl kustomize $overlay >/mnt/rendered.yaml
export PYTHONPATH=/mnt/python
for version in "${versions[@]}"; do
  for file in /mnt/base.yaml /mnt/rendered.yaml; do
    said=$(python3 -m kubernetes_validate --strict --kubernetes-version "$version" $file 2>&1) || fail "$version: $said"
  done
done
note "$(grep -c '^kind:' /mnt/base.yaml) objects of the base and $(grep -c '^kind:' /mnt/rendered.yaml) of the overlay" \
  "are valid for Kubernetes ${versions[*]}"
python3 /mnt/source/cluster/test/manifests.py /mnt/base.yaml /mnt/rendered.yaml || fail "the objects do not fit together"
note "names, labels, ports, rights and limits fit together"

# The containers' command lines, with the volumes' paths elsewhere and as the pods' user.
echo "127.0.0.1 icd-coordinator" >>/mnt/etc/hosts
mkdir -p /mnt/pod/results /mnt/pod/sweep /mnt/pod/keys
cp $overlay/sweep.yaml /mnt/pod/sweep/
cp $overlay/keys/* /mnt/pod/keys/
chown -R 65532:65532 /mnt/pod/results /mnt/pod/keys
run_container() {
  local words
  mapfile -t words < <(python3 /mnt/source/cluster/test/manifests.py --arguments "$1" /mnt/rendered.yaml)
  ((${#words[@]})) || fail "no container $1"
  words=("${words[@]/#\/sweep/\/mnt\/pod\/sweep}")
  words=("${words[@]/=\/keys/=\/mnt\/pod\/keys}")
  words=("${words[@]/=\/results/=\/mnt\/pod\/results}")
  exec setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs -- /mnt/icd "${words[@]}"
}
evidence+=(/mnt/coordinator.log /mnt/worker.log)
(run_container coordinator) >/mnt/coordinator.log 2>&1 &
coordinator=$!
eventually 30 grep -q listening /mnt/coordinator.log || fail "the coordinator does not start"
(run_container worker) >/mnt/worker.log 2>&1 || fail "the worker ended with $?"
wait $coordinator || fail "the coordinator ended with $?"
note "the containers' command lines did the sweep"
