#!/usr/bin/python3
"""The whole daemon under a steady load for long: does anything grow?

usage: tests/bench/soak.py [MINUTES] [SERIES.csv]   (30 minutes and soak.csv unless said, in a built tree; see
                                                     TOCSIN_BUILDDIR)

100 documents a second: seven in ten are new, three are edits; with each new one beyond 5,000 the oldest is
deleted. One in ten holds an alarm, which goes to a web hook that is up for 20 s, then for 10 s answers 503,
or 429, or closes the connection. Every 15 s the configuration is reloaded with another setting, every fifth
minute with another topic, which replaces the detectors' host.

Every 5 s, for tocsind and each of its hosts: resident memory, the anonymous part of it, and descriptors, as
rows of SERIES.csv. At the end the slope of its second half is printed with its standard error, per kind of
process and figure. It is that of means over a minute, because what is measured every few seconds does not
vary independently; each process has a level of its own, and its first minute does not count. Fails when an
alarm did not arrive, and when the daemon fell behind.

The state and the folder are in TMPDIR, else /var/tmp.
"""
import collections
import csv
import os
import random
import re
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, until  # noqa: E402
from hook import hook  # noqa: E402
from webserver import Recorder  # noqa: E402

PER_SECOND = 100
LIVE = 5000
UP_S, DOWN_S = 20, 10
RELOAD_S, SAMPLE_S = 15, 5
TOPIC_MINUTES = 5
FIGURES = ("rss_kib", "anon_kib", "descriptors")
COLUMNS = ("seconds", "process", "pid", *FIGURES)
BODY = "The usual things were said and written down at some length. " * 20


class Flapping(Recorder):
    """A receiver that remembers which alarms it took, and fails by turns."""

    def __init__(self, began):
        super().__init__()
        self.began = began
        self.taken = set()
        self.refused = 0
        self.answers["/"] = self.answer

    def answer(self, handler):
        request = next(r for r in self.requests if r.peer == handler.client_address)
        self.requests.remove(request)
        round_, at = divmod(time.monotonic() - self.began, UP_S + DOWN_S)
        if at < UP_S:
            self.taken.update(re.findall("serial[0-9]+x", request.body.decode()))
            return handler.answer(204)
        self.refused += 1
        if round_ % 3 == 0:
            return handler.answer(503)
        if round_ % 3 == 1:
            return handler.answer(429, Retry_After="3")
        handler.close_connection = True
        return handler.connection.shutdown(socket.SHUT_RDWR)


class Writer:
    """What the world does to the folder. A document with an alarm is left alone until that has arrived."""

    def __init__(self, d, taken):
        self.d, self.taken = d, taken
        self.n = 0
        self.live = collections.deque()  # (name, serial of its alarm or None), oldest first
        self.awaited = set()
        self.random = random.Random(1)

    def text(self, alarm):
        return f"Report {self.n}. {BODY}{f'The alarm serial{self.n}x rang.' if alarm else ''}\n"

    def add(self):
        alarm = self.n % 10 == 0
        name = f"{self.n % 50}/doc{self.n}.txt"
        self.d.drop(name, self.text(alarm))
        serial = f"serial{self.n}x" if alarm else None
        self.live.append((name, serial))
        if serial:
            self.awaited.add(serial)

    def edit(self):
        name, serial = self.live[self.random.randrange(len(self.live))]
        if not serial:
            self.d.drop(name, self.text(False))

    def remove(self):
        name, serial = self.live.popleft()
        if serial and serial not in self.taken:
            self.live.append((name, serial))
        else:
            os.unlink(os.path.join(self.d.folder, name))

    def step(self):
        if self.n % 10 < 7 or not self.live:
            self.add()
        else:
            self.edit()
        self.n += 1
        if len(self.live) > LIVE:
            self.remove()


class Series:
    """The samples, in memory and in a file."""

    def __init__(self, d, path, began):
        self.d, self.began = d, began
        self.rows = []
        self.file = open(path, "w", encoding="ascii", newline="")  # closed by close()
        self.writer = csv.writer(self.file)
        self.writer.writerow(COLUMNS)

    def close(self):
        self.file.close()

    @staticmethod
    def figures(pid):
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            fields = dict(line.split(":", 1) for line in f)
        kib = [int(fields[name].split()[0]) for name in ("VmRSS", "RssAnon")]
        return [*kib, len(os.listdir(f"/proc/{pid}/fd"))]

    def sample(self):
        seconds = round(time.monotonic() - self.began, 1)
        hosts = [(host["role"], host["pid"]) for host in self.d.ask("status")["hosts"]]
        for process, pid in [("tocsind", self.d.process.pid), *hosts]:
            try:
                row = (seconds, process, pid, *self.figures(pid))
            except (FileNotFoundError, ProcessLookupError, KeyError):  # it has ended since
                continue
            self.rows.append(row)
            self.writer.writerow(row)
        self.file.flush()


# ---- slopes ----

def minutes(rows, process, column):
    """Means over whole minutes, of processes that lived for three at least, without their first: lists of
    (minute, mean), one a process."""
    by_pid = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row[1] == process:
            by_pid[row[2]][int(row[0] // 60)].append(row[column])
    return [[(minute, sum(v) / len(v)) for minute, v in sorted(means.items())][1:]
            for means in by_pid.values() if len(means) >= 4]


def slope(lines):
    """Of lines with levels of their own and one slope, by least squares: it, its standard error, and how
    many points it is of; None without enough of them."""
    points = []
    for line in lines:
        x0, y0 = (sum(p[i] for p in line) / len(line) for i in (0, 1))
        points += [(x - x0, y - y0) for x, y in line]
    free = len(points) - len(lines) - 1
    sxx = sum(x * x for x, _ in points)
    if free < 1 or not sxx:
        return None
    b = sum(x * y for x, y in points) / sxx
    left = sum((y - b * x) ** 2 for x, y in points)
    return b, (left / free / sxx) ** 0.5, len(points)


def say_slopes(rows, seconds):
    later = [row for row in rows if row[0] >= seconds / 2]
    print(f"{'second half of the series':26}{'processes':>10}{'last':>10}{'slope/hour':>14}{'std. error':>12}{'minutes':>9}")
    for process in dict.fromkeys(row[1] for row in later):
        for column, name in enumerate(FIGURES, COLUMNS.index(FIGURES[0])):
            own = [row for row in later if row[1] == process]
            found = slope(minutes(own, process, column))
            text = f"{found[0] * 60:14.2f}{found[1] * 60:12.2f}{found[2]:9}" if found else f"{'too short':>14}"
            print(f"{process + ' ' + name:26}{len({row[2] for row in own}):10}{own[-1][column]:10}{text}")


# ---- the run ----

def reload(d, n):
    d.config["folders"]["docs"]["settle"] = f"{n % 2}ms"
    d.config["notifiers"]["hook"]["retry-max"] = f"{5 + n % 2}s"
    d.write_config()
    if n % (TOPIC_MINUTES * 60 // RELOAD_S) == 0:
        d.write_topics({"alarm": {"query": "alarm"}, f"other{n}": {"query": f"other{n}"}})
    d.ask("reload")


def load(writer, series, seconds):
    """The world goes on for so long; how far the writer was behind its pace at worst."""
    d, began = series.d, series.began
    reloads = samples = 0
    behind = 0
    while (now := time.monotonic() - began) < seconds:
        if now * PER_SECOND > writer.n:
            writer.step()
            behind = max(behind, now - writer.n / PER_SECOND)
        elif now > (reloads + 1) * RELOAD_S:
            reloads += 1
            reload(d, reloads)
        elif now > samples * SAMPLE_S:
            samples += 1
            series.sample()
        else:
            time.sleep(0.002)
    return reloads, behind


def soak(seconds, path):
    began = time.monotonic()
    with Flapping(began) as receiver, Daemon() as d:
        d.config["notifiers"] = {"hook": hook(receiver.url + "/", retry="1s", retry_max="5s", concurrency=2)}
        d.write_config()
        d.start()
        writer, series = Writer(d, receiver.taken), Series(d, path, began)
        try:
            reloads, behind = load(writer, series, seconds)
            backlog = d.ask("status")["detect"]["documents"]
            until(lambda: time.sleep(0.5) or writer.awaited <= receiver.taken, "every alarm arrived", 300)
            status = d.idle()
            series.sample()
        finally:
            series.close()
        print(f"{writer.n} documents in {seconds:.0f} s, {len(writer.awaited)} alarms, all arrived "
              f"({receiver.refused} tries refused); {reloads} reloads; {backlog} documents in hand at the end; "
              f"the writer was {behind:.1f} s late at most; longest turn {status['longest_turn_us'] / 1000:.0f} ms")
        say_slopes(series.rows, seconds)


if __name__ == "__main__":
    tempfile.tempdir = os.environ.get("TMPDIR", "/var/tmp")
    soak(float(sys.argv[1] if len(sys.argv) > 1 else 30) * 60, sys.argv[2] if len(sys.argv) > 2 else "soak.csv")
