#!/usr/bin/python3
"""The scripts of tests/scenario that say REAL, through the real tocsind on a wound clock; CRASH is SIGKILL.
The arguments are scripts to run instead."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, run  # noqa: E402
from scenario import Player  # noqa: E402


def is_real(path):
    with open(path, encoding="utf-8") as f:
        return "REAL" in f.read().splitlines()


def test(path):
    def play():
        Player(path).play()

    play.__name__ = os.path.basename(path)
    return play


scripts = sys.argv[1:] or sorted(filter(is_real, glob.glob(os.path.join(SRC, "tests/scenario/*.scn"))))
run([test(script) for script in scripts])
