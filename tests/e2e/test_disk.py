#!/usr/bin/python3
"""The disk under the store: full and with room again, read-only, failing to bring anything down. Nothing is
lost, people are told, and the rest goes on."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from disk import Disk  # noqa: E402
from fire import FireDaemon  # noqa: E402
from harness import TIMEOUT, Skip, need, run, until  # noqa: E402
from webserver import Recorder  # noqa: E402

EX_TEMPFAIL = 75


@contextlib.contextmanager
def on_disk(**size):
    """A daemon whose store is on a disk of its own."""
    with Disk(**size) as disk, Recorder() as recorder, \
            FireDaemon(recorder, state=os.path.join(disk.path, "state")) as d:
        d.start()
        d.feed(3)
        d.drained()
        yield disk, d
        d.stop()


def fault(d):
    return d.ask("status").get("store_fault")


def troubles(d):
    """What the receiver was told of the store."""
    return {r.headers["idempotency-key"]: a["annotations"]["summary"] for r in list(d.toll.recorder.requests)
            for a in r.json()["alerts"]
            if a["labels"]["detector"] == "tocsin" and a["labels"]["alertname"] == "store" and a["status"] == "firing"}


def assert_fault_is_seen(d, text):
    """While it lasts: in the status, by the doctor, in the log, and by whoever gets alerts."""
    until(lambda: fault(d), "the fault is seen")
    assert text in fault(d), fault(d)
    code, out, _ = d.ctl("status", output="text")
    assert code == 0 and "the store fails: " in out, out
    _, out, _ = d.ctl("doctor", output="text")
    assert "the store fails: " in out, out
    assert "nothing is lost, but nothing rings until it can" in d.log()


def assert_it_goes_on(d, n_faults=1):
    """All that came meanwhile rings once, and so did each fault."""
    until(lambda: not fault(d), "the store works again")
    d.drained()
    assert all(sum(keys.values()) == 1 for keys in d.toll.look().values()), d.toll
    assert "the store can be written again" in d.log()
    until(lambda: troubles(d), "the fault was told")
    assert 1 <= len(troubles(d)) <= n_faults and "cannot be written" in list(troubles(d).values())[0], troubles(d)


# ---- full ----

def a_full_disk_loses_nothing_and_is_told_of():
    with on_disk(mib=8) as (disk, d):
        disk.fill()
        d.feed(200, padding=os.urandom(6000).hex().encode())
        assert_fault_is_seen(d, "full")
        d.feed(20)
        disk.empty()
        assert_it_goes_on(d)


def what_a_full_disk_kept_waiting_comes_after_a_kill():
    with on_disk(mib=8) as (disk, d):
        disk.fill()
        d.feed(200, padding=os.urandom(6000).hex().encode())
        until(lambda: fault(d), "the fault is seen")
        d.kill()
        d.feed(5)
        disk.empty()
        d.start()
        d.drained()


WAL_KEPT_BYTES = 8 << 20  # daemon/store/open.c


def log_bytes(d):
    """Of the store's write-ahead log."""
    return os.stat(os.path.join(d.state, "tocsin.db-wal")).st_size


@contextlib.contextmanager
def long_reader(d):
    """A program that reads one and the same moment of the store, so that its log can only grow."""
    path = os.path.join(d.state, "tocsin.db")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM document").fetchone()
        yield


def a_log_that_a_long_reader_let_grow_is_cut_when_it_is_gone():
    with on_disk(mib=48) as (_, d):
        with long_reader(d):
            def grows():
                d.feed(50, padding=os.urandom(20000).hex().encode())
                d.drained()
                return log_bytes(d) > WAL_KEPT_BYTES + (2 << 20)
            until(grows, "the log outgrows what is kept of it", 120)

        def is_cut():
            d.feed(1)
            d.drained()
            return log_bytes(d) <= WAL_KEPT_BYTES
        until(is_cut, "the log is cut")
        assert not fault(d) and all(sum(keys.values()) == 1 for keys in d.toll.look().values()), d.toll


def its_own_log_never_fills_a_small_disk():
    with on_disk(mib=6) as (_, d):
        for _ in range(8):
            d.feed(20, padding=os.urandom(2000).hex().encode())
            d.drained()
        assert "cannot be written" not in d.log(), d.log()


def a_long_reader_on_a_small_disk_only_holds_things_up():
    with on_disk(mib=8) as (_, d):
        with long_reader(d):
            d.feed(250, padding=os.urandom(4000).hex().encode())
            assert_fault_is_seen(d, "its disk is full")
        assert_it_goes_on(d)


# ---- read-only ----

def an_error_that_makes_it_read_only_loses_nothing():
    """It stays so until it is mounted anew, and that needs a restart."""
    with on_disk() as (disk, d):
        disk.go_wrong()
        d.feed(20)
        assert_fault_is_seen(d, "")
        assert d.stop() == 0
        disk.remount()
        d.start()
        d.drained()


def it_does_not_start_where_it_cannot_write_and_says_so():
    with on_disk() as (disk, d):
        d.stop()
        disk.go_wrong()
        done = subprocess.run(d.command(), stderr=subprocess.PIPE, check=False, timeout=TIMEOUT)
        assert done.returncode == EX_TEMPFAIL and b"Read-only file system" in done.stderr, done
        disk.remount()
        d.feed(1)
        d.start()
        d.drained()


# ---- calls that fail ----

class Faults:
    """System calls of the thread that writes the store fail, until the end of the block."""

    def __init__(self, d, *calls):
        need("strace")
        (thread,) = [t for t in os.listdir(f"/proc/{d.process.pid}/task") if self.name(d, t) == "store-write"]
        inject = [a for call in calls for a in ("-e", f"inject={call}")]
        names = ",".join(call.split(":")[0] for call in calls)
        self.trace = os.path.join(d.dir, "trace")
        self.command = ["strace", "-o", self.trace, "-p", thread, "-e", f"trace={names}", *inject]

    @staticmethod
    def name(d, thread):
        with open(f"/proc/{d.process.pid}/task/{thread}/comm", encoding="ascii") as f:
            return f.read().strip()

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE)
        said = self.process.stderr.readline()
        if b"attached" not in said:
            self.process.wait()
            raise Skip(f"nothing can be traced here: {said}")

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(TIMEOUT)
        self.process.stderr.close()


def failing(name, text, *calls, n_faults=1):
    def test():
        with on_disk() as (_, d):
            with Faults(d, *calls):
                d.feed(20)
                until(lambda: "cannot be written" in d.log(), "the fault is said")
                if n_faults == 1:
                    assert_fault_is_seen(d, text)
            assert_it_goes_on(d, n_faults)
            d.restart()
            d.feed(1)
            d.drained()
            assert "damaged" not in d.log()
    test.__name__ = name
    return test


run([
    a_full_disk_loses_nothing_and_is_told_of,
    what_a_full_disk_kept_waiting_comes_after_a_kill,
    a_log_that_a_long_reader_let_grow_is_cut_when_it_is_gone,
    its_own_log_never_fills_a_small_disk,
    a_long_reader_on_a_small_disk_only_holds_things_up,
    an_error_that_makes_it_read_only_loses_nothing,
    it_does_not_start_where_it_cannot_write_and_says_so,
    failing("syncs_that_fail_for_a_while_lose_nothing", "disk I/O error", "fdatasync:error=EIO", "fsync:error=EIO"),
    failing("a_sync_that_fails_now_and_then_loses_nothing", "disk I/O error", "fdatasync:error=EIO:when=2+2",
            n_faults=100),
    failing("writes_that_fail_for_a_while_lose_nothing", "disk I/O error", "pwrite64:error=EIO"),
    failing("writes_to_a_disk_that_is_read_only_for_a_while_lose_nothing", "", "pwrite64:error=EROFS"),
])
