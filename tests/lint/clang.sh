#!/bin/bash
# The whole tree, tests included, under clang with warnings as errors.
# usage: clang.sh BUILD
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$top/$1"
cd "$top/$1"
[ -f Makefile ] || "$top/configure" CC=clang --enable-werror >configure.log || {
    tail configure.log
    exit 1
}
if ! make -j"$(nproc)" check TESTS= >build.log 2>&1; then
    grep -E 'error|warning' build.log || tail -n 40 build.log
    exit 1
fi
