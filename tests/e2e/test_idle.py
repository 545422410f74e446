#!/usr/bin/python3
"""Nothing wakes an idle daemon: no thread of tocsind or of its hosts runs for 30 s once everything
that was asked of it is done, the listener for metrics among them. The kernel counts: each time a
thread goes back to waiting of its own accord, it had been woken. Without systemd there is no watchdog
to feed.
"""
import contextlib
import glob
import os
import select
import socket
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Skip, daemon, run, until  # noqa: E402

LATE = 6  # seconds: a file that was made is looked at again 5 s later, unless it was closed
LONG = 30


def family(pid):
    """tocsind and its hosts."""
    pids = [pid]
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with open(path, encoding="ascii") as f:
            pids += [int(child) for child in f.read().split()]
    return pids


def waits(pids):
    """How often each thread went to wait."""
    counts = {}
    for pid in pids:
        for task in glob.glob(f"/proc/{pid}/task/*"):
            with open(f"{task}/status", encoding="utf-8") as f:
                fields = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
            counts[f"{fields['Name']} ({os.path.basename(task)})"] = int(fields["voluntary_ctxt_switches"])
    return counts


def woken(pids, seconds):
    before = waits(pids)
    time.sleep(seconds)
    after = waits(pids)
    return {thread: after.get(thread, 0) - before.get(thread, 0)
            for thread in before | after if after.get(thread) != before.get(thread)}


class Mounts:
    """Tells whether the mount table was changed since it was made."""

    def __init__(self):
        self.file = open("/proc/self/mountinfo", encoding="utf-8")
        self.file.read()
        self.poll = select.poll()
        self.poll.register(self.file, select.POLLPRI)

    def changed(self):
        return bool(self.poll.poll(0))

    def close(self):
        self.file.close()


def woken_for_long(pids):
    """Which threads woke in a time without mounts."""
    for _ in range(5):
        with contextlib.closing(Mounts()) as mounts:
            until(lambda: not woken(pids, LATE), "everything is done and written")
            threads = woken(pids, LONG)
            if not threads or not mounts.changed():
                return threads
    raise Skip("something on this machine mounts and unmounts all the time")


def free_address():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{s.getsockname()[1]}"


def nothing_wakes_an_idle_daemon():
    listens = os.path.exists(os.path.join(PLUGINS, "metrics.so"))
    address = free_address() if listens else "none"
    with daemon(config={"metrics": {"listen": address}}) as d:
        with open(f"/proc/{d.process.pid}/maps", encoding="utf-8") as f:
            if "libtsan" in f.read():
                raise Skip("ThreadSanitizer has a thread of its own that wakes up")
        for i in range(20):
            d.drop(f"{i % 3}/doc{i}.txt", f"Report {i}. An alarm rang.")
        d.rings(20)
        d.idle()
        if listens:
            until(lambda: d.ask("status")["metrics"]["state"] == "up", "the listener is up")
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as page:
                assert b"tocsin_ready 1\n" in page.read()
        pids = family(d.process.pid)
        assert len(pids) == 3 + listens, f"tocsind, a detector's and a notifier's host, a listener: {pids}"
        threads = woken_for_long(pids)
        assert not threads, f"woken within {LONG} s, how often: {threads}"
        d.drop("last.txt", "Report. Another alarm rang.")  # it did not sleep for good
        d.rings(21)


run([nothing_wakes_an_idle_daemon])
