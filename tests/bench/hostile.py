#!/usr/bin/python3
"""What a hostile plugin costs the others: documents a second until all that `topics` found was told, with a
second detector that behaves, and with one that misbehaves on some documents.

usage: tests/bench/hostile.py [-n DOCUMENTS] [-p ONE-IN] [DEED]...   (in a tree in which `make check` was run)

10,000 documents, each with one alert, and one in 500 that the plugin cannot bear: it does its deed there; one
that ends its host it does twice, and is not asked about that document again. Two daemons get the same
documents at the same time, one with a plugin that behaves, so that whatever else the machine does is the same
for both. With -p 1 it misbehaves on all of them. Without a DEED, all that tests/support/misdeeds.py knows; what
they could spoil is the list of what was told.

The states and the folders are in TMPDIR, else /var/tmp.
"""
import argparse
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, until  # noqa: E402
from misdeeds import FATAL, REFUSED  # noqa: E402


def daemon(deed):
    d = Daemon()
    d.config["detectors"]["bad"] = {"plugin": "misdeed", "deadline": "1s", "memory": "64M",
                                    "options": {"deed": deed, "late": "yes", "only": "poison", "path": "@" + d.out_file}}
    d.write_config()
    return d


def told(d):
    with open(d.out_file, encoding="utf-8") as f:
        return sum('"topics"' in line for line in f)


def rates(deed, n, one_in):
    """Documents a second, with one that behaves and with one that does not."""
    with daemon("none") as good, daemon(deed) as bad:
        both = (good, bad)
        for d in both:
            d.start()
        began = time.monotonic()
        for i in range(n):
            poison = " and poison" if i % one_in == one_in - 1 else ""
            for d in both:
                d.drop(f"{i % 50}/doc{i}", f"Report {i}: an alarm{poison}.")
        took = {}

        def all_told():
            for d in both:
                if d not in took and told(d) >= n:
                    took[d] = time.monotonic() - began
            return len(took) == 2 or time.sleep(0.02)

        until(all_told, "all was told", 600)
        for d in both:
            d.stop()
            assert told(d) == n
        return [n / took[d] for d in both]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=10000)
    parser.add_argument("-p", type=int, default=500)
    parser.add_argument("deeds", nargs="*", default=(*FATAL, *REFUSED))
    given = parser.parse_args()
    tempfile.tempdir = os.environ.get("TMPDIR", "/var/tmp")
    print(f"{given.n} documents, one in {given.p} poisoned; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'deed':10}{'behaves/s':>12}{'misbehaves/s':>14}{'of it':>8}")
    for deed in given.deeds:
        good, bad = rates(deed, given.n, given.p)
        print(f"{deed:10}{good:12.0f}{bad:14.0f}{bad / good:8.0%}", flush=True)


if __name__ == "__main__":
    main()
