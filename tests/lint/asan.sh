#!/bin/bash
# Every test once more under AddressSanitizer and UndefinedBehaviorSanitizer.
# usage: asan.sh BUILD
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$top/$1"
cd "$top/$1"
[ -f Makefile ] || "$top/configure" --enable-asan --enable-werror CFLAGS='-g -O1' >configure.log || {
    tail configure.log
    exit 1
}
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
"$top/scripts/check.sh" .
