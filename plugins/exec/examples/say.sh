#!/bin/sh
# A notifier for tocsin in shell: hands the headline of each alert to a command, by default espeak-ng.
# It needs jq.
#
# Each line on standard input is a question in JSON, each line on standard output its answer;
# tocsin-exec(7) tells what may stand in them. In tocsin.yaml:
#
#     notifiers:
#       say:
#         plugin: exec
#         options:
#           command: [/usr/share/doc/tocsin/examples/exec/say.sh, espeak-ng, -s, "150"]
[ $# -gt 0 ] || set -- espeak-ng

while IFS= read -r question; do
    ask() { printf '%s\n' "$question" | jq --raw-output "$1"; }
    id=$(ask .id)
    if [ "$(ask 'has("hello")')" = true ]; then
        echo "{\"id\": $id, \"tocsin\": 1}"
        continue
    fi
    # A headline is data: it is an argument, never a piece of this script.
    if headline=$(ask '.notify.summary // .notify.alerts[0].headline') && "$@" -- "$headline" </dev/null >&2; then
        echo "{\"id\": $id, \"result\": \"ok\"}"
    else
        echo "{\"id\": $id, \"result\": \"later\", \"reason\": \"$1 failed\"}"
    fi
done
