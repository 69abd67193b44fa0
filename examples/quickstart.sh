#!/usr/bin/env bash
# From nothing to a figure: installs what is missing, builds icd, runs a real sweep on all cores, prints its two
# tables and draws its figures. A second call resumes, which takes a moment.
#
#   bash examples/quickstart.sh [DIR]      results go to DIR, results/quickstart by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output=${1:-results/quickstart}
bash examples/install-packages.sh
swift build --configuration release --product icd
icd=$(swift build --configuration release --show-bin-path)/icd

"$icd" run examples/quickstart.yaml --output "$output" --figures
echo
echo "Tables and figures again:  $icd report $output --table weights --format markdown --figures"
