#!/usr/bin/python3
"""The power fails at random moments, under the store alone: nothing is lost, and what was reported as done
is done.

usage: test_power.py [LOSSES]     so many, default 2; TOCSIN_FIRE_HITS is the same
"""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from disk import Disk  # noqa: E402
from fire import FireDaemon, random_moment, say  # noqa: E402
from harness import run  # noqa: E402
from webserver import Recorder  # noqa: E402

LOSSES = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TOCSIN_FIRE_HITS", "2"))


class Reported:
    """Asks what is done, over and over, until the daemon is gone."""

    def __init__(self, d):
        self.d = d
        self.alerts, self.sent = set(), set()
        self.n_answers = 0
        self.over = False
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.over:
            for args, found in ((("alert", "list"), self.alerts), (("delivery", "list", "sent"), self.sent)):
                code, rows, _ = self.d.ctl(*args)
                if code == 0:
                    found.update(row["id"] for row in rows)
                    self.n_answers += 1

    def end(self):
        self.over = True
        self.thread.join()

    def check(self):
        """All of it is in the store that is left."""
        alerts = {key for (key,) in self.d.rows("SELECT lower(hex(id)) FROM alert")}
        sent = {key for (key,) in self.d.rows("SELECT lower(hex(id)) FROM delivery WHERE state = 'sent'")}
        assert self.alerts <= alerts, f"{len(self.alerts - alerts)} alerts were reported and are gone"
        assert self.sent <= sent, f"{len(self.sent - sent)} deliveries were reported as sent and are not"
        return len(self.alerts) + len(self.sent)


def a_loss(d, disk):
    """Returns how much had been reported as done; all of it is there."""
    d.start(ready=False)
    feeder = threading.Thread(target=d.feed, args=(60, 0.005))
    feeder.start()
    reported = Reported(d)
    random_moment(d)
    disk.lose_power()
    d.kill()
    feeder.join()
    reported.end()
    disk.remount()
    return reported.check()


def the_power_fails_and_nothing_is_lost():
    with Disk(mib=512) as disk, Recorder() as recorder, \
            FireDaemon(recorder, state=os.path.join(disk.path, "state")) as d:
        n_reported = n_with = 0
        for _ in range(LOSSES):
            n = a_loss(d, disk)
            n_reported += n
            n_with += n > 0
        d.start()
        d.drained()
        assert not [name for name in os.listdir(d.state) if "damaged" in name]
        (check,) = d.rows("PRAGMA integrity_check")
        assert check == ("ok",), check
        say(f"{LOSSES} losses of power, {n_with} of them after something had been reported as done: "
            f"{n_reported} times, all of it there")
        say(d.toll)
        d.stop()


run([
    the_power_fails_and_nothing_is_lost,
])
