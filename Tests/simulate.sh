#!/usr/bin/env bash
# The coordinator's and the workers' machines in one world of virtual time, with faults of all kinds; the first broken
# promise ends it with the command that shows it again.
#
#   bash Tests/simulate.sh [--seeds N] [--first SEED]           200 trials, 8 workers (10,000 seeds by default)
#   bash Tests/simulate.sh --first SEED --seeds 1 --trace TRIAL  tells what happens to one trial
#   bash Tests/simulate.sh --large [--seeds N] [--first SEED] [--seconds S] [--workers N] [--trials N]
#                                                                5,000 workers, 1,000,000 trials (1 seed by default)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests='SimulationTests/withAllFaultsTheTableIsTheSame'
export ICD_SIMULATION_SEEDS=10000
while [ $# -gt 0 ]; do
  case "$1" in
    --large)
      tests='SimulationTests/manyWorkersAndTrials'
      export ICD_SIMULATION_LARGE=1 ICD_SIMULATION_SEEDS=1
      shift
      continue
      ;;
    --seeds | --first | --seconds | --workers | --trials | --trace)
      name="ICD_SIMULATION_$(tr '[:lower:]' '[:upper:]' <<<"${1#--}")"
      export "$name=${2:?$1 needs a number}"
      shift 2
      ;;
    *)
      sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done

swift build --configuration release --build-tests
swift test --configuration release --skip-build --no-parallel --filter "$tests"
