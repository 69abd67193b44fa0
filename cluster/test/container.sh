#!/usr/bin/env bash
# The final stage of the Containerfile, built by buildah on a Debian that debootstrap makes, and run as Kubernetes would:
# not as root, with nothing to write to but its volumes. No registry is asked; the program is the one under test, collected
# by the same script as in the build stage.
#
# Unlike the other parts this one sees the network, for Debian's packages.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

make_files
readonly context=/mnt/context
mkdir -p $context
debootstrap --variant=minbase bookworm /mnt/debian >/mnt/debootstrap.log 2>&1 || {
  tail -n 3 /mnt/debootstrap.log
  echo "SKIPPED: Debian cannot be had from here, and so no base image"
  exit 77
}
rm -rf /mnt/debian/var/cache/apt/archives/*.deb /mnt/debian/var/lib/apt/lists/*
note "a Debian of $(du -sm /mnt/debian | cut -f1) MiB"

bash /mnt/source/cluster/container/collect.sh /mnt/icd $context/built
# From the second FROM on; what the build stage would hold is in the context.
sed -n '/^ARG BASE/p; /^FROM \${BASE}/,$p' /mnt/source/cluster/container/Containerfile |
  sed 's|COPY --from=build /built/|COPY built/|' >$context/Containerfile
grep -q '^COPY built/' $context/Containerfile || fail "the Containerfile has no second stage that copies the first's product"
buildah() { command buildah --root /mnt/storage --runroot /mnt/storage-run --storage-driver vfs "$@"; }
export BUILDAH_ISOLATION=chroot TMPDIR=/tmp HOME=/tmp
evidence+=(/mnt/build.log)
{
  base=$(buildah from scratch)
  buildah add --quiet "$base" /mnt/debian /
  buildah commit --quiet "$base" localhost/debian
  buildah build --pull-never --layers=false --build-arg BASE=localhost/debian --tag icd --file $context/Containerfile $context
} >/mnt/build.log 2>&1 || fail "buildah does not build it"
container=$(buildah from --pull-never icd)
root=$(buildah mount "$container")
note "an image of $(du -sm "$root" | cut -f1) MiB, of which $(du -sm "$root/usr/local" | cut -f1) are icd and Swift's libraries"
[[ $(buildah inspect --type image --format '{{.OCIv1.Config.User}}' icd) == 65532:65532 ]] || fail "it would run as root"

# Run as the image says, in its root, which cannot be written to.
mount --bind "$root" "$root"
mkdir -p "$root/work"
mount -t tmpfs -o mode=1777 tmpfs "$root/work"
mount -t proc proc "$root/proc"
cp /mnt/source/examples/paper/figure-4a.yaml "$root/work/sweep.yaml"
mount -o remount,bind,ro "$root"
run() { chroot --userspec 65532:65532 "$root" /usr/bin/env -i TMPDIR=/work /bin/sh -c 'cd /work && exec /usr/local/bin/icd "$@"' icd "$@"; }
missing=$(chroot "$root" ldd /usr/local/bin/icd | grep 'not found' || true)
[[ -z $missing ]] || fail "libraries are missing: $missing"
run run --quiet sweep.yaml --output results || fail "it does not run"
run report results --table loss --format csv >/mnt/loss.csv
(($(wc -l </mnt/loss.csv) == 20)) || fail "the table of figure 4a has $(wc -l </mnt/loss.csv) lines instead of 20"
note "Figure 4a in it, as user 65532 in a root that cannot be written to"
umount "$root/proc" "$root/work" "$root"
