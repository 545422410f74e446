#!/usr/bin/python3
"""kill -9 of tocsind and of its hosts at random moments under load: nothing is lost, and what comes twice
comes under the same key.

usage: test_crash.py [HITS]     so many kills in each window, default 2; TOCSIN_FIRE_HITS is the same
"""
import contextlib
import os
import random
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from fire import FireDaemon, Hits, json_line, need_access_times, random_moment, say, was_read, windows  # noqa: E402
from harness import run  # noqa: E402
from webserver import Recorder  # noqa: E402

HITS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TOCSIN_FIRE_HITS", "2"))
PADDING = b"Nothing else was said. " * 2000  # so that reading takes a while
ROUNDS_MAX = 100 * HITS  # then a window is not hit, and the test fails
HOST_WINDOWS = ["a document in hand", "a delivery in hand", "sent, unreported"]
WINDOWS = ["read, not committed", "committed, not judged", "committed, unsent", "sent, unmarked", "in reload"]


class Reload:
    """A reload asked for over the socket; the moment it is under way shows from outside: the configuration
    was read, and there is no answer."""

    def __init__(self, d):
        self.d = d
        d.config["notifiers"]["hook"]["options"]["timeout"] = f"{random.randint(10, 50)}s"
        d.config["folders"]["docs"]["settle"] = f"{random.randint(0, 1)}ms"
        d.write_config()
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(os.path.join(d.runtime, "control"))
            self.socket.sendall(json_line({"tocsin": 1, "id": 1, "verb": "reload"}))
        except OSError:  # it is not up yet
            pass

    def was_under_way(self):
        try:
            answer = self.socket.recv(4096)
        except OSError:
            answer = b""
        self.socket.close()
        # The start takes a configuration, too: then this one has to wait (75).
        assert b"error" not in answer or b'"code":75' in answer, answer
        return not answer and was_read(self.d.config_file)


def a_kill(d, hits):
    """Starts, feeds, kills at a random moment, and looks at what was left."""
    d.start(ready=False)
    feeder = threading.Thread(target=d.feed, args=(40, 0.004))
    feeder.start()
    random_moment(d)
    reload = Reload(d) if random.random() < 0.6 else None
    time.sleep(random.uniform(0, 0.06))
    assert d.process.poll() is None, d.log()
    d.kill()
    in_reload = reload is not None and reload.was_under_way()
    feeder.join()
    hits.add({**windows(d), "in reload": {hits.n_kills} if in_reload else set()})


def killed_at_random_moments_it_loses_nothing():
    with Recorder() as recorder, FireDaemon(recorder) as d:
        need_access_times(d.folder)
        hits = Hits(WINDOWS, HITS)
        while not hits.enough() and hits.n_kills < ROUNDS_MAX:
            a_kill(d, hits)
        say(hits)
        d.start()
        d.drained()
        say(d.toll)
        assert hits.enough(), hits


# ---- hosts ----

def hosts_of(d, name):
    """Their process ids, as the kernel has them: children of the daemon."""
    with open(f"/proc/{d.process.pid}/task/{d.process.pid}/children", encoding="ascii") as f:
        pids = f.read().split()
    found = []
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                if name in f.read():
                    found.append(int(pid))
    return found


def holds_a_document(d, pid):
    """The file, or the text that was made of it."""
    with contextlib.suppress(FileNotFoundError):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(f"/proc/{pid}/fd/{fd}").startswith((d.folder, "/memfd:")):
                    return True
    return False


def kill_a_host(d, pid):
    """Stopped first, so that what it holds is seen as it is when it is killed."""
    with contextlib.suppress(ProcessLookupError):
        pidfd = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(pidfd, signal.SIGSTOP)
            holds = holds_a_document(d, pid)
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            return holds
        finally:
            os.close(pidfd)
    return False


def killed_deliveries(d):
    """Attempts over which the host died."""
    samples = d.ask("metrics")["tocsin_delivery_failures_total"]["samples"]
    return sum(s["value"] for s in samples if s["labels"]["reason"] == "crashed")


def host_hits(d, hits):
    again = sum(n - 1 for keys in d.toll.look().values() for n in keys.values())
    hits["sent, unreported"] = again
    hits["a delivery in hand"] = killed_deliveries(d)
    return hits


def answer_late(handler):
    time.sleep(0.01)
    Recorder.no_content(handler)


def hosts_killed_at_random_moments_lose_nothing():
    with Recorder() as recorder, FireDaemon(recorder) as d:
        recorder.answers["/h"] = answer_late
        d.start()
        hits = dict.fromkeys(HOST_WINDOWS, 0)
        n_kills = 0
        while min(hits.values()) < HITS and n_kills < ROUNDS_MAX:
            feeder = threading.Thread(target=d.feed, args=(60, 0.002, PADDING))
            feeder.start()
            while feeder.is_alive():
                time.sleep(random.uniform(0, 0.03))
                pids = hosts_of(d, random.choice(["detect", "notify"]))
                if pids:
                    hits["a document in hand"] += kill_a_host(d, random.choice(pids))
                    n_kills += 1
            feeder.join()
            d.drained()
            host_hits(d, hits)
        say(f"{n_kills} kills; " + ", ".join(f"{name}: {n}" for name, n in hits.items()))
        say(d.toll)
        assert min(hits.values()) >= HITS, hits
        assert d.ask("status")["detect"]["quarantined"] == 0


run([
    killed_at_random_moments_it_loses_nothing,
    hosts_killed_at_random_moments_lose_nothing,
])
