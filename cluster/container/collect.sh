#!/usr/bin/env bash
# Puts a program and the libraries of Swift that it needs, all stripped, where a Debian without Swift finds them.
#
#   bash cluster/container/collect.sh PROGRAM DIR        DIR/bin/PROGRAM, DIR/lib/libswiftCore.so and so on
set -euo pipefail
program=${1:?usage: collect.sh PROGRAM DIR} directory=${2:?usage: collect.sh PROGRAM DIR}

mkdir -p "$directory/bin" "$directory/lib"
strip --strip-all -o "$directory/bin/${program##*/}" "$program"
# What lies in a directory of Swift's; the others are packages of Debian, which the final image installs.
ldd "$program" | awk '$3 ~ "/swift/linux/" { print $3 }' | while read -r library; do
  strip --strip-unneeded -o "$directory/lib/${library##*/}" "$library"
done
