#!/bin/bash
# The threads of tocsind under ThreadSanitizer: the tests in which they work beside each other.
# usage: tsan.sh BUILD
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$top/$1"
cd "$top/$1"
[ -f Makefile ] || "$top/configure" --enable-tsan --enable-werror CFLAGS='-g -O1' >configure.log || {
    tail configure.log
    exit 1
}
programs=(
    daemon/base/test_loop
    daemon/detect/test_detect
    daemon/document/test_{archive,documents}
    daemon/source/test_{disk,folder,odd}
    daemon/store/test_{documents,forget,restore,store}
)
scripts=(tests/e2e/test_{config,deliveries,documents,flow,promises,state}.py)
# The first race ends its program, and so its test.
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
"$top/scripts/check.sh" . TESTS="${programs[*]} ${scripts[*]}" \
    check_PROGRAMS="${programs[*]} tests/support/fake_host" check_DATA=
