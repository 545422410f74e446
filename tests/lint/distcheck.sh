#!/bin/bash
# The tarball builds out of tree, passes its unit tests, installs under DESTDIR and uninstalls clean.
# usage: distcheck.sh BUILD
set -eu
cd "$(dirname "$0")/../../$1"
# The scripts ran before, and some want root or a display: here it is the packing that is tested.
if ! make distcheck SCRIPT_TESTS= AM_DISTCHECK_CONFIGURE_FLAGS=--enable-werror >distcheck.log 2>&1; then
    tail -n 60 distcheck.log
    exit 1
fi
