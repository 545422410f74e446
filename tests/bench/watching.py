#!/usr/bin/python3
"""Figures of watching: a start over a large known tree, a steady writer, and rivals under the same deeds.

usage: tests/bench/watching.py [startup|steady|rivals]...   (all, in a built tree; see TOCSIN_BUILDDIR)

startup  from exec to the end of the first listing over FILES (1,000,000) known files, beside a bare
         walk that asks fstatat about each (bare_walk), in turns, wall and processor time; resident
         memory above that of a daemon that knows none; the latency of documents dropped meanwhile,
         beside idle. The store is filled with the rows that reading the tree would leave
steady   close to ring of other documents while one file is written anew every 5 ms
rivals   what tocsin and others (rivals.py) tell of the same deeds: names missed and told more than
         once, and the time until all was told. A rival that only tells of changes is given
         the best for it: each name that it prints counts, whatever of the file was there by then

The folders and the state are in TMPDIR, else /var/tmp.
"""
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import rivals  # noqa: E402
from harness import BUILD, Daemon, daemon, until  # noqa: E402
from ledger import Ledger  # noqa: E402

FILES = int(os.environ.get("FILES", "1000000"))
tempfile.tempdir = os.environ.get("TMPDIR", "/var/tmp")


def median(values):
    return sorted(values)[len(values) // 2]


def put(path, text):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(fd, text.encode())
    os.close(fd)


def latency(ledger, name):
    """Seconds from close to ring."""
    ledger.drop(name)
    began = time.monotonic()
    while ledger.missed():
        assert time.monotonic() < began + 600, f"{name} did not ring"
        time.sleep(0.0005)
    return time.monotonic() - began


# ---- start ----

def make_tree(root):
    for i in range(FILES):
        if i % 1000 == 0:
            directory = os.path.join(root, f"{i // 100000}", f"{i // 1000}")
            os.makedirs(directory)
        put(os.path.join(directory, f"document {i}.txt"), f"Report {i}.\n")


def rows(root):
    number = 0
    for directory, _, names in os.walk(root):
        for name in names:
            number += 1
            path = os.path.join(directory, name)
            st = os.stat(path)
            stands_for = number.to_bytes(32, "big")
            yield (number, os.path.relpath(path, root).encode(), st.st_ino, st.st_size, st.st_mtime_ns,
                   st.st_ctime_ns, stands_for, number, stands_for)


def know_tree(d):
    """Fills the store of a daemon that has ended."""
    with sqlite3.connect(os.path.join(d.state, "tocsin.db")) as db:
        db.executemany("INSERT INTO document(id, source, path, inode, size, mtime_ns, ctime_ns, origin, version, hash,"
                       " added_ms) VALUES(?, 'docs', ?, ?, ?, ?, ?, ?, ?, ?, 1)", rows(d.folder))
    db.close()


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS:"))


def processor(pid):
    """Seconds that its threads have run."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def walk(root):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([os.path.join(BUILD, "tests/bench/bare_walk"), root], stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(done.stdout.split()[1]), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def is_over(d, said):
    return "watching " in d.log()[said:]


def start(d):
    """Wall and processor time until the first listing is over."""
    said, began = len(d.log()), time.monotonic()
    d.start(ready=False)
    while not is_over(d, said):
        time.sleep(0.002)
    return time.monotonic() - began, processor(d.process.pid)


def live(d, ledger):
    """Latencies of what is dropped while a start lists, where it watches already: beside the tree. The first
    may have come before the watch."""
    said, n, took = len(d.log()), len(ledger.expected), []
    d.start(ready=False)
    until(lambda: os.path.exists(os.path.join(d.runtime, "control")), "it runs")
    while not is_over(d, said):
        took.append(latency(ledger, f"live{n + len(took)}.txt"))
    return took[1:]


def startup():
    with Daemon() as d:
        d.start()
        empty = resident(d.process.pid)
        d.stop()
        make_tree(d.folder)
        know_tree(d)
        walk(d.folder)
        walks, starts, memory = [], [], []
        for _ in range(3):
            walks.append(walk(d.folder))
            starts.append(start(d))
            memory.append(resident(d.process.pid) - empty)
            d.stop()
        for what, i in (("wall", 0), ("processor", 1)):
            w, s = median([each[i] for each in walks]), median([each[i] for each in starts])
            print(f"start over {FILES} known files, {what}: {s:.2f} s; bare walk {w:.2f} s; {s / w:.2f} times")
        print(f"resident memory a known file: {median(memory) / FILES:.1f} bytes", flush=True)
        ledger = Ledger(d)
        meanwhile = live(d, ledger)
        d.idle()
        idle = [latency(ledger, f"idle{i}.txt") for i in range(100)]
        print(f"close to ring, ms: idle median {median(idle) * 1e3:.1f}; while {FILES} files are listed "
              f"median {median(meanwhile) * 1e3:.1f}, most {max(meanwhile) * 1e3:.1f} (of {len(meanwhile)})", flush=True)


# ---- a steady writer ----

def steady():
    with daemon() as d:
        ledger = Ledger(d)
        stop = threading.Event()

        def write():
            i = 0
            while not stop.wait(0.005):
                i += 1
                put(os.path.join(d.folder, "steady.txt"), f"Nothing happened {i} times.")
        alone = [latency(ledger, f"alone{i}.txt") * 1e3 for i in range(200)]
        writer = threading.Thread(target=write)
        writer.start()
        beside = [latency(ledger, f"beside{i}.txt") * 1e3 for i in range(200)]
        stop.set()
        writer.join()
        print(f"close to ring beside a file written every 5 ms, ms: median {median(beside):.1f}, most {max(beside):.1f}"
              f" (alone: {median(alone):.1f}, {max(alone):.1f})", flush=True)


# ---- rivals ----

def flat(root, text):
    for i in range(5000):
        put(os.path.join(root, f"doc{i}.txt"), text())


def deep(root, text):
    """In directories made at that moment, four levels deep."""
    for i in range(5000):
        n = i % 250
        directory = os.path.join(root, f"a{n % 5}", f"b{n // 5 % 5}", f"c{n // 25}", f"d{n}")
        if i < 250:
            os.makedirs(directory)
        put(os.path.join(directory, f"doc{i}.txt"), text())


def moved_in(root, text):
    outside = tempfile.mkdtemp(prefix="tree-", dir=os.path.dirname(root))
    deep(outside, text)
    os.rename(outside, os.path.join(root, "tree"))


def linked(root, text):
    outside = tempfile.mkdtemp(prefix="tree-", dir=os.path.dirname(root))
    flat(outside, text)
    for name in os.listdir(outside):
        os.link(os.path.join(outside, name), os.path.join(root, name))


def saved(root, text):
    """Written under a temporary name, then moved to its own."""
    for i in range(5000):
        path = os.path.join(root, f"doc{i}.txt")
        put(path + ".tmp", text())
        os.rename(path + ".tmp", path)


DEEDS = (flat, deep, moved_in, linked, saved)


class Rival:
    """Prints names in lines of its own form."""

    def __init__(self, name, root):
        self.told, self.last = [], time.monotonic()
        self.process = subprocess.Popen(rivals.argv(name, root), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, start_new_session=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        probe = os.path.join(root, "probe.txt")
        until(lambda: put(probe, "x") or time.sleep(0.05) or "probe.txt" in self.told, "it watches")
        self.told.clear()

    def read(self):
        for line in self.process.stdout:
            self.last = time.monotonic()
            self.told += re.findall(r"\b(?:doc\d+|probe)\.txt\b(?!\.)", line)

    def result(self, began):
        """Once it has told nothing for three seconds."""
        until(lambda: time.monotonic() > max(self.last, began) + 3, "it has told all", 300)
        names = [name for name in self.told if name != "probe.txt"]
        return 5000 - len(set(names)), len(names) - len(set(names)), max(self.last - began, 0)

    def close(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def tocsins(deed):
    with daemon() as d:
        ledger = Ledger(d)
        began = time.monotonic()
        deed(d.folder, ledger.text)
        try:
            ledger.settle(300)
        except AssertionError as error:
            print("#", error)
        return len(ledger.missed()), len(ledger.doubled()), time.monotonic() - began


def rivals_at(name, deed):
    base = tempfile.mkdtemp(prefix="rival-")
    root = os.path.join(base, "docs")
    os.mkdir(root)
    rival = Rival(name, root)
    began = time.monotonic()
    deed(root, lambda: "Nothing.")
    result = rival.result(began)
    rival.close()
    shutil.rmtree(base)
    return result


def beside_rivals():
    names = rivals.installed()
    print(f"{'5,000 documents':14} {'':12} {'missed':>7} {'twice':>7} {'seconds':>8}")
    for deed in DEEDS:
        for name in ("tocsin", *names):
            missed, twice, took = tocsins(deed) if name == "tocsin" else rivals_at(name, deed)
            print(f"{deed.__name__:15} {name:12} {missed:7} {twice:7} {took:8.1f}", flush=True)


WHAT = {"startup": startup, "steady": steady, "rivals": beside_rivals}
for what in sys.argv[1:] or WHAT:
    WHAT[what]()
