#!/usr/bin/python3
"""Figures of the whole daemon, beside the least that could do the same, in one run.

usage: tests/bench/daemon.py [latency|burst|memory|idle]...   (all, in a built tree; see TOCSIN_BUILDDIR)

latency  from close() in the writer to the line that arrives from the notifier: settle 0, every
         step committed to disk; beside a bare inotify loop, and inotifywait | while read | grep.
         They take turns, 50 documents each, so that whatever else the machine does is the same
         for all, as is what Python costs
burst    10,000 small documents as fast as a program can write them, 10 topics: documents a second
         until nothing is on its way, with no match, and with two alerts each
memory   resident memory of tocsind with 10,000 documents known; PSS of the whole family
idle     wake-ups of tocsind and its hosts over 30 s

The state and the folders are in TMPDIR, else /var/tmp: a disk, whose fdatasync is printed.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import BUILD, Daemon, until  # noqa: E402

N = 1000
WARM = 50
TURN = 50
TEXT = "Minutes of Tuesday.\n\n" + "The usual things were said and written down. " * 70 + "\nAn alarm rang.\n"


def percentile(values, percent):
    return sorted(values)[len(values) * percent // 100]


def say_disk(directory, n=200):
    """What a commit costs here at least."""
    with tempfile.NamedTemporaryFile(dir=directory) as f:
        times = []
        for _ in range(n):
            f.write(b"x" * 4096)
            f.flush()
            begin = time.monotonic_ns()
            os.fdatasync(f.fileno())
            times.append((time.monotonic_ns() - begin) / 1000)
    print(f"disk: fdatasync of 4 KiB: median {percentile(times, 50):.0f} us, p99 {percentile(times, 99):.0f} us "
          f"({directory}); load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


class Arrivals(threading.Thread):
    """Notes when each line arrives from a stream, by the document's name that it holds."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream = stream
        self.at = {}
        self.arrived = threading.Condition()

    def run(self):
        for line in self.stream:
            now = time.monotonic_ns()
            for word in line.replace('"', " ").replace("/", " ").split():
                if word.startswith("doc") and word.endswith(".txt"):
                    with self.arrived:
                        self.at.setdefault(word, now)
                        self.arrived.notify_all()

    def wait_for(self, name):
        with self.arrived:
            if not self.arrived.wait_for(lambda: name in self.at, timeout=30):
                raise AssertionError(f"{name} did not arrive")
            return self.at[name]


class Runner:
    """A program that prints a line for each document that it finds in its folder."""

    def __init__(self, name, folder, process):
        self.name, self.folder, self.process = name, folder, process
        self.arrivals = Arrivals(process.stdout)
        self.arrivals.start()
        self.times = []

    def run(self, i):
        """One document: microseconds from close() to the line."""
        name = f"doc{i}.txt"
        fd = os.open(os.path.join(self.folder, name), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(fd, f"Report {i}. ".encode() + TEXT.encode())
        closed = time.monotonic_ns()
        os.close(fd)
        self.times.append((self.arrivals.wait_for(name) - closed) / 1000)

    def say(self):
        times = self.times[WARM:]  # the first ones warm everything up
        print(f"{self.name:40} {percentile(times, 50) / 1000:9.3f} {percentile(times, 99) / 1000:9.3f} "
              f"{max(times) / 1000:9.3f}", flush=True)


def start_tocsin(d):
    with open(d.log_file, "ab") as log:
        d.process = subprocess.Popen(d.command(), stdout=subprocess.PIPE, stderr=log, text=True, env=d.env)
    runner = Runner("tocsin", d.folder, d.process)
    until(d.is_ready, "the daemon is ready")
    return runner


def start_rival(name, argv, directory):
    folder = os.path.join(directory, f"rival{len(os.listdir(directory))}")
    os.mkdir(folder)
    process = subprocess.Popen([folder if a == "@" else a for a in argv], stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    runner = Runner(name, folder, process)

    def sees():
        with open(os.path.join(folder, "docprobe.txt"), "w", encoding="utf-8") as f:
            f.write("alarm")
        time.sleep(0.02)
        return "docprobe.txt" in runner.arrivals.at

    until(sees, f"{name} watches")
    return runner


def start_rivals(directory):
    bare = [os.path.join(BUILD, "tests/bench/bare_inotify"), "@", "alarm"]
    rivals = [start_rival("bare inotify loop, nothing kept", bare, directory)]
    if shutil.which("inotifywait"):
        script = 'inotifywait -q -m -e close_write --format %w%f "$1" | while read -r f; do grep -l alarm "$f"; done'
        rivals.append(start_rival("inotifywait | while read | grep", ["bash", "-c", script, "bash", "@"], directory))
    else:
        print("inotifywait is not installed (Debian: inotify-tools)")
    return rivals


def latency():
    with Daemon() as d:
        say_disk(d.dir)
        runners = [start_tocsin(d)] + start_rivals(d.dir)
        for first in range(0, WARM + N, TURN):
            for runner in runners:
                for i in range(first, min(first + TURN, WARM + N)):
                    runner.run(i)
                time.sleep(0.05)  # so that what it still has to write is not in the next one's way
        until(lambda: d.idle()["deliver"][0]["sent"] == WARM + N, "each is sent, says the store")
        print(f"latency over {N} documents of {len(TEXT)} bytes, ms       median       p99       max")
        for runner in runners:
            runner.say()
        for rival in runners[1:]:
            os.killpg(rival.process.pid, 15)
            rival.process.wait()


def burst_of(alerts, n=10000):
    words = {f"topic{i}": {"query": f"word{i} OR other{i}"} for i in range(10)}
    with Daemon(topics=words) as d:
        d.start()
        begin = time.monotonic()
        for i in range(n):
            found = f"Then word{i % 10} came. Then other{(i + 3) % 10} went." if alerts else "Nothing happened."
            d.drop(f"doc{i}.txt", f"Report {i} of town {i}. {found}")
        written = time.monotonic()
        # Seldom, because each question costs the daemon something, too.
        until(lambda: time.sleep(0.1) or len(d.rang()) >= n * alerts, "all has rung", 300)
        until(lambda: d.idle()["documents"]["known"] == n or time.sleep(0.1), "all are known", 300)
        end = time.monotonic()
        assert len(d.rang()) == n * alerts, f"{len(d.rang())} rings"
        print(f"burst of {n} documents with {alerts} alerts each, written in {written - begin:.1f} s: "
              f"{n / (end - begin):.0f} documents/s until all was told")


def burst():
    burst_of(0)
    burst_of(2)


def family(pid):
    """tocsind and its hosts."""
    pids = [pid]
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="ascii", errors="replace") as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            pids.append(int(path.split("/")[2]))
    return pids


def field_kib(path, name):
    with open(path, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(name + ":"))


def memory():
    with Daemon() as d:
        for i in range(10000):
            d.drop(f"{i % 100}/doc{i}.txt", f"Report {i}. {TEXT if i % 500 == 0 else 'Nothing happened today.'}")
        d.start()
        until(lambda: d.idle()["documents"]["known"] == 10000, "10,000 documents known", 300)
        pid = d.process.pid
        pss = {p: field_kib(f"/proc/{p}/smaps_rollup", "Pss") for p in family(pid)}
        print(f"memory with 10,000 documents known: tocsind resident {field_kib(f'/proc/{pid}/status', 'VmRSS')} KiB; "
              f"PSS of the family {sum(pss.values())} KiB: tocsind {pss.pop(pid)} KiB, "
              f"{len(pss)} hosts {sorted(pss.values())} KiB")


def switches(pids):
    total = 0
    for pid in pids:
        for path in glob.glob(f"/proc/{pid}/task/*/status"):
            total += field_kib(path, "voluntary_ctxt_switches")
    return total


def idle(seconds=30):
    with Daemon() as d:
        d.start()
        d.drop("doc.txt", TEXT)
        d.rings(1)
        d.idle()
        time.sleep(2)  # the status line is sent within a second
        pids = family(d.process.pid)
        before = switches(pids)
        time.sleep(seconds)
        print(f"idle: {switches(pids) - before} wake-ups of {len(pids)} processes in {seconds} s")


def choose_disk():
    directory = os.environ.get("TMPDIR", "/var/tmp")
    kind = subprocess.run(["stat", "--file-system", "--format=%T", directory], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        sys.exit(f"{directory} is in memory ({kind}): set TMPDIR to a directory on a disk")
    tempfile.tempdir = directory


choose_disk()
WHAT = {"latency": latency, "burst": burst, "memory": memory, "idle": idle}
for what in sys.argv[1:] or WHAT:
    WHAT[what]()
