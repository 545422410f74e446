#!/usr/bin/python3
"""What a hostile plugin costs the others: documents a second until all that `topics` found was told, with a
second detector that behaves, and with one that misbehaves on some documents.

usage: tests/bench/hostile.py [-n DOCUMENTS] [-p ONE-IN] [DEED]...   (in a tree in which `make check` was run)

5,000 documents, each with one alert, and one in 500 that the plugin cannot bear: it does its deed there, twice,
and is not asked about it again. With and without take turns, five times, so that whatever else the machine
does is the same for both; printed are the medians, and the median of the five ratios. A document that the plugin hangs on takes a host for its deadline of 1 s each time.

The state and the folder are in TMPDIR, else /var/tmp.
"""
import argparse
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, until  # noqa: E402

DEEDS = ("crash", "exit", "hang", "eat", "ptrace", "fork", "inet", "garble", "huge", "flood")
ROUNDS = 5


def rate(deed, n, one_in):
    """Documents a second."""
    with Daemon() as d:
        d.config["detectors"]["bad"] = {"plugin": "misdeed", "deadline": "1s", "memory": "64M",
                                        "options": {"deed": deed, "late": "yes", "only": "poison"}}
        d.write_config()
        d.start()
        began = time.monotonic()
        for i in range(n):
            d.drop(f"{i % 50}/doc{i}", f"Report {i}: an alarm{' and poison' if i % one_in == one_in - 1 else ''}.")
        until(lambda: time.sleep(0.05) or sum('"topics"' in line for line in open(d.out_file, encoding="utf-8")) >= n,
              "all was told", 600)
        took = time.monotonic() - began
        d.idle()
        assert sum(r["detector"] == "topics" for r in d.rang()) == n
        return n / took


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=5000)
    parser.add_argument("-p", type=int, default=500)
    parser.add_argument("deeds", nargs="*", default=DEEDS)
    given = parser.parse_args()
    tempfile.tempdir = os.environ.get("TMPDIR", "/var/tmp")
    print(f"{given.n} documents, one in {given.p} poisoned; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'deed':10}{'behaves/s':>12}{'misbehaves/s':>14}{'of it':>8}")
    for deed in given.deeds:
        rates = [(rate("none", given.n, given.p), rate(deed, given.n, given.p)) for _ in range(ROUNDS)]
        good, bad = (statistics.median(side) for side in zip(*rates))
        ratio = statistics.median(b / g for g, b in rates)
        print(f"{deed:10}{good:12.0f}{bad:14.0f}{ratio:8.0%}", flush=True)


if __name__ == "__main__":
    main()
