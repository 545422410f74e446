#!/usr/bin/python3
"""The clock is set forward and back, and time passes in which nothing runs: no alert is lost, doubled or put
off for longer than it would have been."""
import contextlib
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from clock import faketime  # noqa: E402
from fire import FireDaemon  # noqa: E402
from harness import run, until  # noqa: E402
from webserver import Recorder  # noqa: E402

HOUR, DAY = 3600, 86400
YEAR = 365 * DAY


class ClockDaemon(FireDaemon):
    """A daemon whose wall clock the test sets; what measures durations is left alone."""

    def __init__(self, recorder, **options):
        library = faketime()
        super().__init__(recorder, **options)
        self.offset_file = os.path.join(self.dir, "clock")
        self.set_clock(0)
        self.env.update(LD_PRELOAD=library, FAKETIME_TIMESTAMP_FILE=self.offset_file, FAKETIME_NO_CACHE="1",
                        FAKETIME_DONT_FAKE_MONOTONIC="1")

    def set_clock(self, offset):
        """So many seconds from the real one."""
        with open(self.offset_file + ".new", "w", encoding="ascii") as f:
            f.write(f"{offset:+}\n")
        os.rename(self.offset_file + ".new", self.offset_file)

    def ctl(self, *args, output="json"):
        """tocsinctl lives in the real time."""
        env, self.env = self.env, {k: v for k, v in self.env.items() if k != "LD_PRELOAD"}
        try:
            return super().ctl(*args, output=output)
        finally:
            self.env = env

    def now_ms(self):
        with open(self.offset_file, encoding="ascii") as f:
            return int((time.time() + int(f.read())) * 1000)


def refuse(handler):
    handler.answer(503)


@contextlib.contextmanager
def clocked(**options):
    with Recorder() as recorder, ClockDaemon(recorder, **options) as d:
        d.start()
        yield d


@contextlib.contextmanager
def put_off(offset, **options):
    """A daemon whose one delivery could not be made at that time."""
    with Recorder() as recorder, ClockDaemon(recorder, **options) as d:
        d.set_clock(offset)
        d.start()
        recorder.answers["/h"] = refuse
        d.feed()
        until(lambda: d.deliveries() and d.deliveries()[0]["attempts"] >= 2, "it was tried")
        yield d


def comes(d):
    d.toll.recorder.answers.clear()
    until(lambda: d.deliveries()[0]["state"] == "sent", "the delivery is made")
    d.drained()


# ---- jumps ----

def jumps_under_load_lose_nothing():
    with clocked() as d:
        for offset in (0, 2 * HOUR, YEAR, -DAY, 0, -10 * YEAR, 2, 0):
            d.set_clock(offset)
            d.feed(10)
        d.drained()
        d.restart()
        d.feed(1)
        d.drained()
        assert all(sum(keys.values()) == 1 for keys in d.toll.look().values()), d.toll


def what_is_put_off_does_not_wait_for_a_clock_that_was_set_back():
    with put_off(0, retry="1s", retry_max="1s") as d:
        d.set_clock(-DAY)
        comes(d)


def what_was_put_off_under_a_wrong_clock_comes_after_a_start_under_the_right_one():
    with put_off(YEAR, retry="1s", retry_max="1s") as d:
        d.stop()
        d.set_clock(0)
        d.start()
        comes(d)


def what_a_storm_holds_is_released_though_the_clock_is_set_back():
    with clocked(per_minute=1) as d:
        d.feed(3)
        until(lambda: [r["state"] for r in d.deliveries()].count("held") == 2, "two are held")
        d.set_clock(-DAY)
        until(lambda: all(r["next_ms"] < d.now_ms() + 2 * 60000 for r in d.deliveries() if r["state"] == "held"
                          and d.ask("status")), "they are released within the minute")


# ---- gaps ----

def a_gap_longer_than_giving_up_kills_no_letter():
    """The machine slept, and its network is not up yet when it wakes."""
    with put_off(0, retry="1s", retry_max="1s") as d:
        d.set_clock(4 * DAY)
        tried = d.deliveries()[0]["attempts"]
        until(lambda: d.deliveries()[0]["attempts"] >= tried + 2, "it was tried again")
        assert d.deliveries()[0]["state"] == "deferred", d.deliveries()
        comes(d)


def a_start_after_longer_than_giving_up_kills_no_letter():
    with put_off(0, retry="1s", retry_max="1s") as d:
        d.stop()
        tried = d.deliveries()[0]["attempts"]
        d.set_clock(4 * DAY)
        d.start()
        until(lambda: d.deliveries()[0]["attempts"] >= tried + 2, "it was tried again")
        assert d.deliveries()[0]["state"] == "deferred", d.deliveries()
        comes(d)


def stopped_for_longer_than_a_deadline_it_goes_on():
    """All of it, as when a machine is frozen; the deadlines pass meanwhile."""
    with Recorder() as recorder, FireDaemon(recorder) as d:
        d.config["detectors"]["topics"]["deadline"] = "1s"
        d.config["notifiers"]["hook"]["deadline"] = "1s"
        d.write_config()
        d.start()
        for _ in range(2):
            d.feed(100)
            with open(f"/proc/{d.process.pid}/task/{d.process.pid}/children", encoding="ascii") as f:
                pids = [d.process.pid, *map(int, f.read().split())]
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            time.sleep(1.5)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            d.feed(10)
            d.drained()
        assert d.ask("status")["detect"]["quarantined"] == 0


run([
    jumps_under_load_lose_nothing,
    what_is_put_off_does_not_wait_for_a_clock_that_was_set_back,
    what_was_put_off_under_a_wrong_clock_comes_after_a_start_under_the_right_one,
    what_a_storm_holds_is_released_though_the_clock_is_set_back,
    a_gap_longer_than_giving_up_kills_no_letter,
    a_start_after_longer_than_giving_up_kills_no_letter,
    stopped_for_longer_than_a_deadline_it_goes_on,
])
