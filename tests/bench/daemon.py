#!/usr/bin/python3
"""Figures of the whole daemon, beside the least that could do the same, in one run.

usage: tests/bench/daemon.py [latency|memory|idle]...   (all, in a built tree; see TOCSIN_BUILDDIR)

latency  from close() in the writer to the line that arrives from the notifier: settle 0, every
         step committed to disk; beside a bare inotify loop, and inotifywait | while read | grep
memory   resident memory of tocsind with 10,000 documents known; PSS of the whole family
idle     wake-ups of tocsind and its hosts over 30 s
"""
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import BUILD, Daemon, until  # noqa: E402

N = 1000
TEXT = "Minutes of Tuesday.\n\n" + "The usual things were said and written down. " * 70 + "\nAn alarm rang.\n"


def fdatasync_us(directory, n=200):
    with tempfile.NamedTemporaryFile(dir=directory) as f:
        times = []
        for _ in range(n):
            f.write(b"x" * 4096)
            f.flush()
            begin = time.monotonic_ns()
            os.fdatasync(f.fileno())
            times.append((time.monotonic_ns() - begin) / 1000)
    return statistics.median(times)


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


def measure(folder, arrivals):
    """One document after the other: microseconds from close() to arrival."""
    times = []
    for i in range(N + 20):
        name = f"doc{i}.txt"
        fd = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(fd, f"Report {i}. ".encode() + TEXT.encode())
        closed = time.monotonic_ns()
        os.close(fd)
        times.append((arrivals.wait_for(name) - closed) / 1000)
    return sorted(times[20:])  # the first ones warm everything up


def row(name, times):
    median, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{name:40} {median / 1000:9.3f} {p99 / 1000:9.3f} {times[-1] / 1000:9.3f}", flush=True)


def latency():
    print(f"latency over {N} documents of {len(TEXT)} bytes, ms       median       p99       max")
    with Daemon() as d:
        print(f"(fdatasync of 4 KiB on this disk: median {fdatasync_us(d.dir):.0f} us)")
        with open(d.log_file, "ab") as log:
            d.process = subprocess.Popen(d.command(), stdout=subprocess.PIPE, stderr=log, text=True, env=d.env)
        arrivals = Arrivals(d.process.stdout)
        arrivals.start()
        until(d.is_ready, "the daemon is ready")
        row("tocsin", measure(d.folder, arrivals))
    rival("bare inotify loop, nothing kept", [os.path.join(BUILD, "tests/bench/bare_inotify"), "@", "alarm"])
    if shutil.which("inotifywait"):
        script = 'inotifywait -q -m -e close_write --format %w%f "$1" | while read -r f; do grep -l alarm "$f"; done'
        rival("inotifywait | while read | grep", ["bash", "-c", script, "bash", "@"])
    else:
        print("inotifywait is not installed (Debian: inotify-tools)")


def rival(name, argv):
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([folder if a == "@" else a for a in argv], stdout=subprocess.PIPE, text=True,
                                   start_new_session=True)
        arrivals = Arrivals(process.stdout)
        arrivals.start()
        probe = os.path.join(folder, "docprobe.txt")

        def sees():
            with open(probe, "w", encoding="utf-8") as f:
                f.write("alarm")
            time.sleep(0.02)
            return "docprobe.txt" in arrivals.at

        until(sees, f"{name} watches")
        row(name, measure(folder, arrivals))
        os.killpg(process.pid, 15)
        process.wait()


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


WHAT = {"latency": latency, "memory": memory, "idle": idle}
for what in sys.argv[1:] or WHAT:
    WHAT[what]()
