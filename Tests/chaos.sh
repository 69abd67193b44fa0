#!/usr/bin/env bash
# Runs real processes of the built program under faults and holds what is left against an undisturbed run: kill -9 of
# workers and coordinator, a stopped coordinator, a bad network, a full disk, hostile peers, damaged frames, a thousand
# workers. Without a name all of them, which takes about half an hour.
#
#   bash Tests/chaos.sh [--short] [kills | pause | network | disk | hostile | frames | crowd ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift build --configuration release --product icd >&2
exec python3 Tests/chaos "$@"
