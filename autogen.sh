#!/bin/sh
# Make configure and the Makefile templates from their sources.
set -e
cd "$(dirname "$0")"
mkdir -p m4 build-aux
exec autoreconf --install --force --warnings=all
