#!/usr/bin/env bash
# Builds the readers with coverage counters beside the ordinary build, and lets libFuzzer look for inputs that reach new
# code: Tests/fuzz.sh --coverage calls it. What it finds stays in .build-fuzz: the corpus, and inputs that fail.
#
#   bash Tests/coverage-fuzzing/run.sh SECONDS TARGET ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:?seconds}
shift
build=.build-fuzz
products=$build/release
swift build --configuration release --target Fuzzing --scratch-path "$build" \
  -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link >&2
# A target has no archive of its own, so its objects and those below it are linked as they are. The numeric ones are taken
# from the ordinary build: they read no bytes from outside, and with counters they crash.
swift build --configuration release --target Denoising >&2
objects=()
while IFS= read -r -d '' object; do objects+=("$object"); done < <(
  find "$products/" -name '*.o' -not -path '*/Numerics.build/*' -not -path '*/Denoising.build/*' -print0
  find .build/release/Numerics.build/ .build/release/Denoising.build/ -name '*.o' -print0
)
swiftc -O -sanitize=fuzzer -parse-as-library -I "$products/Modules" -I Sources/CZeroMQ -I Sources/CMessagePack \
  -I Sources/CSodium -I Sources/CIntrinsics -I "$build/checkouts/GRDB.swift/Sources/GRDBSQLite" \
  -I "$build/checkouts/Yams/Sources/CYaml/include" Tests/coverage-fuzzing/entry.swift "${objects[@]}" -o "$build/fuzz" \
  -lzmq -lmsgpackc -lsodium -lsqlite3
# libFuzzer ends the process where it stands, so what the targets keep in temporary files is removed here.
export TMPDIR=$PWD/$build/tmp
# Else glibc keeps ever larger blocks to itself, and the limit of the memory says nothing.
export MALLOC_MMAP_THRESHOLD_=65536
trap 'rm -rf "$TMPDIR"' EXIT
mkdir -p "$TMPDIR"
for target in "$@"; do
  corpus=$build/corpus/$target
  mkdir -p "$corpus" "$build/failures"
  echo "fuzz: $target, $seconds s"
  ICD_FUZZ_TARGET=$target "$build/fuzz" "$corpus" -max_total_time="$seconds" -max_len=65536 -timeout=60 \
    -rss_limit_mb=2048 -malloc_limit_mb=64 -artifact_prefix="$build/failures/$target-" -print_final_stats=1 -verbosity=1 2>&1 |
    grep -E 'ERROR|SUMMARY|Test unit|Done|stat::|cov:.*(INITED|DONE)|case ' | tail -15
done
