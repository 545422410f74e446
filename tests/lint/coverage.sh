#!/bin/bash
# Every test once more, counting: which lines of daemon/ and plugins/ ran, the least covered first.
# A process that is killed takes its counts with it.
# usage: coverage.sh BUILD [MAKE-ARGUMENT...]   (e.g. TESTS="..." for a part of it)
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$top/$1
shift
mkdir -p "$build"
cd "$build"
[ -f Makefile ] || "$top/configure" --enable-coverage --enable-werror CFLAGS='-g -Og' >configure.log || {
    tail configure.log
    exit 1
}
find . -name '*.gcda' -delete
status=0
"$top/scripts/check.sh" . "$@" || status=$?
gcovr --root "$top" --object-directory . --filter "$top/daemon/" --filter "$top/plugins/" \
    --exclude '.*/test_[^/]*' --exclude '.*/check_[^/]*' --sort-percentage --print-summary \
    --html-details coverage.html --txt coverage.txt >summary.txt
grep -vE '^-+$' coverage.txt | cut -c 1-90
tail -n 2 summary.txt
exit "$status"
