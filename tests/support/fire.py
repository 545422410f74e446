"""What the tests under fire share: documents whose writer keeps a list, a receiver of web hooks that is
held against it, and what can be seen of the moment at which a daemon was killed, from outside and after
the fact: the store it left behind, what the receiver had, and which files had been read.

A file is made with an access time of 1970, so that the first read shows in it (mount option relatime or
strictatime; elsewhere that window is not told from others, and the test skips).
"""
import collections
import contextlib
import json
import os
import random
import shutil
import sqlite3
import tempfile
import time

from harness import Skip, until
from hook import HookDaemon, hook

OPEN = "('queued', 'held', 'unknown', 'deferred')"


class Toll:
    """A receiver held against the list of what was written."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.wanted = set()
        self.n_seen = 0
        self.keys = collections.defaultdict(collections.Counter)  # path -> delivery id -> how often

    def look(self):
        """Takes in what came since."""
        requests = self.recorder.requests
        while self.n_seen < len(requests):
            request = requests[self.n_seen]
            self.n_seen += 1
            for alert in request.json()["alerts"]:
                if alert["labels"]["detector"] == "topics":
                    self.keys[alert["annotations"]["path"]][request.headers["idempotency-key"]] += 1
        return self.keys

    def had(self):
        """The delivery ids that the receiver has."""
        return {key for keys in self.look().values() for key in keys}

    def missing(self):
        return self.wanted - self.look().keys()

    def wait(self, timeout=300):
        until(lambda: not self.missing(), "every document's alert is at the receiver", timeout)

    def check(self):
        """Nothing is lost; what came twice has the same key, and nothing came that was not written."""
        lost = self.missing()
        assert not lost, f"{len(lost)} of {len(self.wanted)} lost, one is {sorted(lost)[0]}"
        assert self.keys.keys() <= self.wanted, sorted(self.keys.keys() - self.wanted)[:3]
        doubled = {path: dict(keys) for path, keys in self.keys.items() if len(keys) > 1}
        assert not doubled, f"{len(doubled)} rang twice as news: {list(doubled.items())[0]}"

    def __str__(self):
        again = sum(n - 1 for keys in self.keys.values() for n in keys.values())
        return f"{len(self.wanted)} alerts expected, {len(self.missing())} lost, {again} came twice, all under the same key"


class FireDaemon(HookDaemon):
    """A daemon that tells one receiver, with documents that are counted."""

    def __init__(self, recorder, state=None, wrap=(), **options):
        super().__init__({"hook": hook(recorder.url + "/h", **{"concurrency": 4, **options})}, wrap=wrap)
        self.toll = Toll(recorder)
        self.n = 0
        if state:
            self.state = state

    def feed(self, n=1, pace=0.0, padding=b""):
        """Writes n more documents; returns the path of the last."""
        for _ in range(n):
            self.n += 1
            path = os.path.join(self.folder, f"{self.n}.txt")
            self.toll.wanted.add(path)
            with open(path, "wb") as f:
                f.write(f"Report {self.n}.\n\nThe harbour bridge is closed, it says in report {self.n}.\n".encode())
                f.write(padding)
                f.flush()
                os.utime(f.fileno(), ns=(0, time.time_ns()))
            if pace:
                time.sleep(pace)
        return path

    def write_config(self, text=None):
        super().write_config(text)
        os.utime(self.config_file, ns=(0, time.time_ns()))

    def kill(self):
        """kill -9, and what can be seen then."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def rows(self, question):
        """What the store that was left behind has, with its log and without touching it."""
        with tempfile.TemporaryDirectory(prefix="tocsin-wreck-") as copy:
            for name in ("tocsin.db", "tocsin.db-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copy(os.path.join(self.state, name), copy)
            with contextlib.closing(sqlite3.connect(os.path.join(copy, "tocsin.db"))) as db:
                try:
                    return db.execute(question).fetchall()
                except sqlite3.OperationalError as error:
                    if "no such table" in str(error):  # killed before the store was made
                        return []
                    raise

    def drained(self, timeout=300):
        """Everything was told and nothing is left to do."""
        self.toll.wait(timeout)
        self.idle()
        self.toll.check()


def random_moment(d):
    """While it starts, or after it has told of some, so that there is something to lose."""
    if random.random() < 0.3:
        time.sleep(random.uniform(0, 0.7))
        return
    wanted = len(d.toll.look()) + random.randint(1, 40)
    until(lambda: len(d.toll.look()) >= wanted, "some are told")
    time.sleep(random.uniform(0, 0.1))


def was_read(path):
    return os.stat(path).st_atime_ns > 0


def need_access_times(directory):
    path = os.path.join(directory, "access-time")
    with open(path, "wb") as f:
        f.write(b"x")
        f.flush()
        os.utime(f.fileno(), ns=(0, time.time_ns()))
    with open(path, "rb") as f:
        f.read()
    seen = was_read(path)
    os.unlink(path)
    if not seen:
        raise Skip(f"{directory} keeps no access times")


def windows(d):
    """The documents and deliveries that a killed daemon left behind between two of its steps."""
    known = {os.path.join(d.folder, os.fsdecode(path)) for (path,) in d.rows("SELECT path FROM document")}
    deliveries = {key: state for key, state in d.rows("SELECT lower(hex(id)), state FROM delivery")}
    unmarked = {key for key, state in deliveries.items() if state != "sent"}
    had = d.toll.had()
    return {
        "read, not committed": {path for path in d.toll.wanted - known if was_read(path)},
        "committed, not judged": set(d.rows("SELECT version, detector FROM pending")),
        "committed, unsent": unmarked - had,
        "sent, unmarked": unmarked & had,
    }


class Hits:
    """Counts the kills that hit each window, until all have their number. What an earlier kill had left
    there is no hit of this one."""

    def __init__(self, names, wanted):
        self.counts = {name: 0 for name in names}
        self.before = {name: set() for name in names}
        self.wanted = wanted
        self.n_kills = 0

    def add(self, found):
        self.n_kills += 1
        for name, left in found.items():
            self.counts[name] += bool(left - self.before[name])
        self.before = found

    def enough(self):
        return all(n >= self.wanted for n in self.counts.values())

    def __str__(self):
        return f"{self.n_kills} kills; " + ", ".join(f"{name}: {n}" for name, n in self.counts.items())


def say(text):
    print(f"# {text}", flush=True)


def json_line(text):
    return json.dumps(text).encode() + b"\n"
