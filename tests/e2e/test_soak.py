#!/usr/bin/python3
"""The soak of tests/bench/soak.py, for a quarter of a minute: it finds what it is for, and nothing is lost."""
import csv
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bench"))
import soak  # noqa: E402  (brings harness)
from harness import run  # noqa: E402

SECONDS = 20  # one reload, one change of the web hook


def a_slope_is_that_of_its_lines():
    lines = [[(0, 10.0), (1, 12.0), (2, 14.0)], [(5, 100.0), (6, 102.0)]]
    assert soak.slope(lines) == (2.0, 0.0, 5)
    lines[0][1] = (1, 15.0)  # off by 3: whose square, less the mean's, is what is left
    slope, error, n = soak.slope(lines)
    assert abs(slope - 2) < 1e-9 and abs(error - (6 / 2 / 2.5) ** 0.5) < 1e-9 and n == 5, (slope, error, n)
    assert soak.slope([[(0, 1.0), (1, 2.0)]]) is None
    rows = [(60.0 * minute, "host", 7, 100 + minute) for minute in range(6)]
    assert soak.minutes(rows, "host", 3) == [[(minute, 100 + minute) for minute in range(1, 6)]]
    assert soak.minutes(rows[:3], "host", 3) == [] == soak.minutes(rows, "other", 3)


def a_short_one_loses_nothing():
    with tempfile.NamedTemporaryFile("r", suffix=".csv") as f:
        soak.soak(SECONDS, f.name)
        rows = list(csv.DictReader(f))
    assert tuple(rows[0]) == soak.COLUMNS and {"tocsind", "detector", "notifier"} <= {row["process"] for row in rows}
    last = [row for row in rows if row["process"] == "tocsind"][-1]
    assert int(last["descriptors"]) < 32, last


run([
    a_slope_is_that_of_its_lines,
    a_short_one_loses_nothing,
])
