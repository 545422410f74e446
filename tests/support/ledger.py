"""A writer's own list of what it put into watched folders, held against what rang: nothing missed,
nothing doubled.

Each text has a mark of its own beside the word that every topic of these tests looks for, and a ring
quotes both.
"""
import collections
import json
import re
import time

from harness import TIMEOUT, until

MARK = re.compile(r"alarm of (mark\d+) ")


class Ledger:
    """Over a harness.Daemon that prints its rings as JSON."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.expected = []
        self.rung = collections.Counter()
        self.paths = {}  # mark -> where it was when it rang
        self.at = 0

    def text(self):
        """A new document, expected to ring once."""
        mark = f"mark{len(self.expected)}"
        self.expected.append(mark)
        return f"Report on {mark}.\n\nThe alarm of {mark} rang.\n"

    def drop(self, name):
        """Writes a new document into the daemon's folder as most programs do."""
        return self.daemon.drop(name, self.text())

    def read(self):
        """Takes up what rang since it was asked last."""
        with open(self.daemon.out_file, "rb") as f:
            f.seek(self.at)
            lines = f.read()
        lines = lines[:lines.rfind(b"\n") + 1]
        self.at += len(lines)
        for line in lines.splitlines():
            ring = json.loads(line)
            found = MARK.search(ring.get("quote", ""))
            if found:
                self.rung[found[1]] += 1
                self.paths[found[1]] = ring["path"]

    def missed(self):
        self.read()
        return [mark for mark in self.expected if not self.rung[mark]]

    def doubled(self):
        self.read()
        return [mark for mark, times in self.rung.items() if times > 1]

    def settle(self, timeout=TIMEOUT):
        """Waits until all of it rang and nothing is on its way; nothing of it rang twice."""
        def told():
            time.sleep(0.02)
            return not self.missed()
        try:
            until(told, "everything rang", timeout)
        except AssertionError as late:
            missed = self.missed()
            raise AssertionError(f"{len(missed)} of {len(self.expected)} missed: {missed[:10]}") from late
        self.daemon.idle()
        doubled = self.doubled()
        assert not doubled, f"{len(doubled)} of {len(self.expected)} doubled: {doubled[:10]}"
        unasked = set(self.rung) - set(self.expected)
        assert not unasked, unasked

    def source(self, name="docs"):
        """What the source counts."""
        return next(s for s in self.daemon.ask("source", "list") if s["name"] == name)
