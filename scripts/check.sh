#!/bin/bash
# Builds and runs every test of a configured tree, then sums up from the tests' own results.
# usage: check.sh BUILD [MAKE-ARGUMENT...]
set -u
build=$1
shift
jobs=$(nproc)
find "$build" -name '*.trs' -delete
make -j"$jobs" -C "$build" all "$@" >"$build/build.log" 2>&1 || {
    tail -n 60 "$build/build.log" >&2
    echo "check: the build failed (all of it: $build/build.log)" >&2
    exit 1
}
status=0
# Most tests wait for something most of the time: two a core keep the cores at work.
make -k -j"$((jobs * 2))" -C "$build" check "$@" 2>&1 | grep --line-buffered -vE '^(make|#|=|$)|^  (CC|CCLD|GEN)' || :
status=${PIPESTATUS[0]}

count() { find "$build" -name '*.trs' -exec cat {} + | grep -cE "^:test-result: ($1)" || :; }
passed=$(count 'PASS|XFAIL')
failed=$(count 'FAIL|XPASS|ERROR')
skipped=$(count SKIP)
if [ "$skipped" -gt 0 ]; then
    echo "skipped, and why:"
    # The reasons stand in the logs beside the results, not in them.
    find "$build" -name '*.trs' | sed 's/trs$/log/' | xargs grep -hE '^SKIP: ' | sed 's/^SKIP:/ /' | sort
fi
if [ "$failed" -gt 0 ]; then
    echo "failed:"
    find "$build" -name '*.trs' -exec grep -HE '^:test-result: (FAIL|XPASS|ERROR)' {} + |
        sed -E "s|^$build/||; s|\.trs::test-result:| |"
fi
# A make that failed without a failed test (a test program that did not compile) is a failure, too.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "check: make check ended with $status before every test could run" >&2
    failed=1
fi
if [ $((passed + failed)) -eq 0 ]; then
    echo "check: no test ran" >&2
    failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
