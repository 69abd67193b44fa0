# shellcheck shell=bash
# To be sourced: builds for the processor at hand, as the peers do.
if [[ -z ${ICD_PROCESSOR:-} ]] && grep -qw avx512vl /proc/cpuinfo 2>/dev/null; then
  export ICD_PROCESSOR=x86-64-v4
fi
