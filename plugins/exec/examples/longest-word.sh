#!/bin/sh
# A detector for tocsin in shell: finds documents that hold a very long word. It needs jq.
#
# Each line on standard input is a question in JSON, each line on standard output its answer;
# tocsin-exec(7) tells what may stand in them. In tocsin.yaml:
#
#     detectors:
#       longest-word:
#         plugin: exec
#         options:
#           command: [/usr/share/doc/tocsin/examples/exec/longest-word.sh, "20"]
least=${1:-20}

# shellcheck disable=SC2016 # the dollars are jq's
exec jq --unbuffered --compact-output --argjson least "$least" '
    def findings:
        . as $document
        | [.text | scan("[[:alpha:]]+") | select(length >= $least)] | unique
        | map({
            topic: "longest-word",
            summary: "\($document.title): \(.)",
            severity: "low",
            evidence: [{text: .}]
        });
    if has("hello") then {id, tocsin: 1}
    elif has("detect") then {id, findings: (.detect | findings)}
    else {id, error: "this program only detects"}
    end'
