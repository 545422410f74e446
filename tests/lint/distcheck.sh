#!/bin/bash
# The tarball holds all that git tracks, builds out of tree, passes its unit tests, installs under
# DESTDIR and uninstalls clean.
# usage: distcheck.sh BUILD
set -eu
cd "$(dirname "$0")/../.."
# The scripts ran before, and some want root or a display: here it is the packing that is tested.
flags='--enable-werror --disable-hardening CFLAGS=-O0' # optimised it was tested before
if ! make -j"$(nproc)" -C "$1" distcheck SCRIPT_TESTS= AM_DISTCHECK_CONFIGURE_FLAGS="$flags" >"$1/distcheck.log" 2>&1; then
    tail -n 60 "$1/distcheck.log"
    exit 1
fi
forgotten=$(comm -23 <(git ls-files | grep -vE '^\.ci/|^\.gitignore$|/\.gitkeep$' | sort) \
    <(tar tf "$1"/tocsin-*.tar.xz | sed 's:^[^/]*/::' | sort))
if [ -n "$forgotten" ]; then
    printf 'not in the tarball:\n%s\n' "$forgotten"
    exit 1
fi
