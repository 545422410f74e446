#!/bin/bash
# make run: the daemon in the foreground over one folder, with a state that is thrown away.
# usage: [SEEDS=DIR] [ONCE=1] run.sh BUILD
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
seeds=${SEEDS:-conf/examples/documents}
[ -d "$seeds" ] || { echo "make run: SEEDS=$seeds is no folder" >&2; exit 66; }
seeds=$(cd "$seeds" && pwd)

home=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-run-XXXXXX")
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/state" "$home/run"

# A YAML scalar that may hold anything but is read as written.
quoted() { printf "'%s'" "${1//\'/\'\'}"; }

{
    echo "folders:"
    echo "  documents:"
    echo "    path: $(quoted "$seeds")"
    echo "    first-start: all"
    echo "detectors:"
    echo "  topics:"
    echo "    options:"
    echo "      files: $(quoted "$top/conf/topics.d/*.yaml")"
    echo "  lemans:"
    echo "    options:"
    echo "      lists: $(quoted "$top/conf/lemans")"
    echo "notifiers:"
    echo "  stdout:"
    # A popup needs a session bus and, when run as root under sudo, that of the person.
    if [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] && [ -z "${ONCE:-}" ]; then
        echo "  desktop:"
    fi
} >"$home/tocsin.yaml"

set -- --config "$home/tocsin.yaml" --state "$home/state" --runtime "$home/run" \
    --host "$build/daemon/host/tocsin-host" --plugins "$build/.libs"
[ -z "${ONCE:-}" ] || set -- "$@" --once
# The daemon is a child so that the state is thrown away at the end; it gets Ctrl-C by itself.
trap : INT TERM
"$build/tocsind" "$@" &
daemon=$!
trap 'kill -TERM $daemon 2>/dev/null || :' TERM
while :; do
    status=0
    wait "$daemon" || status=$?
    kill -0 "$daemon" 2>/dev/null || break
done
exit "$status"
