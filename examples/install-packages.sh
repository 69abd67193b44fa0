#!/usr/bin/env bash
# Installs the Debian packages that icd needs and that are missing. Does nothing when all are there.
#
#   bash examples/install-packages.sh              to build and to run
#   bash examples/install-packages.sh --testing    also what the tests use
set -euo pipefail

packages=(libzmq3-dev libmsgpack-dev libsodium-dev libsqlite3-dev gnuplot-nox fonts-dejavu-core)
if [[ ${1:-} == --testing ]]; then
  packages+=(shellcheck sqlite3)
  if ! command -v python3 >/dev/null; then packages+=(python3); fi
fi

if ! command -v swift >/dev/null; then
  echo "icd: no Swift toolchain in PATH; install Swift 6.2 or later from https://www.swift.org/install" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
    missing+=("$package")
  fi
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "icd: install these packages as root, then run this again: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update --quiet --quiet >&2
"${as_root[@]}" apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" >&2
