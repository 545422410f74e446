#!/bin/bash
# Style and static analysis over the tracked files; says every complaint, ends non-zero on any.
# usage: tests/lint/run.sh   (needs a configured tree in build/ for config.h)
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
complain() {
    echo "lint: $*"
    bad=1
}
mapfile -t sources < <(git ls-files '*.c' '*.h')
mapfile -t code < <(git ls-files '*.c')
mapfile -t scripts < <(git ls-files | while read -r f; do
    head -n 1 "$f" | tr -d '\0' | grep -qE '^#!.*\b(sh|bash)$|^# shellcheck shell=' && echo "$f"
done)
mapfile -t pages < <(git ls-files 'man/*.[1-9]')

clang-format --dry-run --Werror "${sources[@]}" || complain "format: run clang-format -i on these"
shellcheck "${scripts[@]}" || complain "shellcheck"
[ ${#pages[@]} -eq 0 ] || mandoc -T lint -W warning "${pages[@]}" || complain "mandoc"
git ls-files -z | grep -zvE '^(tests/fuzz/corpus|conf/(lemans|examples)|tests/((lemans|reference)/|stories/set\.jsonl$)|plugins/(lemans|lib)/|plugins/topics/(frequency_table\.h|lang\.c|test_parse\.c)$|.*\.(svg|png)$)' |
    xargs -0 codespell --ignore-words=tests/lint/words.txt || complain "codespell"
git grep -nIE '[[:space:]]+$' -- '*.c' '*.h' '*.am' '*.mk' '*.sh' && complain "white space at the end of a line"

folders=(-I. -Idaemon -Iplugins/include -Iplugins -Itests/support)
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability \
    --suppressions-list=tests/lint/cppcheck.txt --library=tests/lint/cppcheck.cfg -j "$(nproc)" \
    "${folders[@]}" -D_GNU_SOURCE "${code[@]}" || complain "cppcheck"

flags=(-std=c17 -Ibuild -include config.h "${folders[@]}")
# The folders of an installation, which the makefiles hand over.
for macro in $(git grep -hoE -- '-D[A-Z_]+=' -- '*.mk' '*.am' | sort -u); do
    flags+=("$macro\"x\"")
done
for module in libnotify gio-2.0 cmocka uchardet libhs; do
    read -ra more < <(pkg-config --cflags "$module")
    flags+=("${more[@]}")
done
# One line a file, so that a complaint is printed whole; what it counts on standard error is noise.
printf '%s\n' "${code[@]}" |
    xargs -P "$(nproc)" -I FILE clang-tidy --quiet --warnings-as-errors='*' FILE -- "${flags[@]}" 2>/dev/null ||
    complain "clang-tidy"
exit "$bad"
