#!/usr/bin/python3
"""The notifier `file` in a real daemon: whole lines, each once, whatever becomes of the file, the disk
and the host meanwhile."""
import errno
import glob
import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, Daemon, Skip, clean, need, run, sanitized, until  # noqa: E402

MANY = 150


class WithFile(Daemon):
    """A daemon whose one notifier `lines` appends to out.d/alerts.jsonl. `inside` is where the test sees
    what the daemon sees: "" or the root of the daemon's mounts."""

    def __init__(self, options=None, notifier=None, wrap=()):
        super().__init__(wrap=wrap)
        self.out_dir = os.path.join(self.dir, "out.d")
        self.path = os.path.join(self.out_dir, "alerts.jsonl")
        self.inside = ""
        os.mkdir(self.out_dir)
        self.config["notifiers"] = {"lines": {
            "plugin": "file", "retry-first": "100ms", "retry-max": "300ms",
            "options": {"path": self.path, **(options or {})}, **(notifier or {})}}
        self.write_config()

    def drop_alarm(self, name, more=""):
        return self.drop(name, f"In {os.path.basename(name)} the alarm went off.{more}\n")

    def text(self, path=None):
        try:
            with open(self.inside + (path or self.path), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return b""

    def alerts(self, path=None):
        """What a reader of lines makes of the file; every one of them must be whole."""
        text = self.text(path)
        assert text.endswith(b"\n") or not text, text[-200:]
        return [json.loads(line) for line in text.decode().split("\n")[:-1]]

    def alarms_so_far(self):
        """The revisions in it; the last line may just be written, or half of one that a kill left."""
        lines = [json.loads(line) for line in self.text().decode().split("\n")[:-1]]
        return {line["revision"] for line in lines if line["detector"] == "topics"}

    def wait_for(self, n):
        until(lambda: self.text().count(b"\n") >= n, f"{n} lines")
        return self.alerts()

    def reasons(self):
        return {delivery["reason"] for alert in self.ask("alert", "list")
                for told in self.ask("alert", "show", alert["id"])["told"]
                for delivery in told["deliveries"] if delivery["state"] == "deferred"}

    def wait_for_reason(self, text):
        until(lambda: any(text in reason for reason in self.reasons()), f"it says {text}")


def in_own_mounts(script):
    """Runs the daemon where SCRIPT, with the folder of the output as $0, mounted something."""
    if os.geteuid() != 0:
        raise Skip("only root can mount")
    need("unshare", "nsenter")
    d = WithFile()
    d.wrap = ["unshare", "-m", "--propagation", "private", "sh", "-ec", f'{script}; exec "$@"', d.out_dir]
    return d


def mount_inside(d, *args):
    subprocess.run(["nsenter", "-t", str(d.process.pid), "-m", "mount", *args], check=True)


def sent(d):
    return d.ask("status")["deliver"][0]["sent"]


def each_once(lines, n):
    told = [line["revision"] for line in lines]
    assert len(set(told)) == n, f"{len(set(told))} of {n}"
    assert len(told) == n, f"{len(told) - n} doubled"


# ---- what is written ----

def an_alert_is_a_line():
    with WithFile() as d:
        d.start()
        path = d.drop_alarm("a.txt")
        (alert,) = d.wait_for(1)
        assert alert["path"] == path and alert["topic"] == "alarm" and alert["status"] == "firing", alert
        assert stat.S_IMODE(os.stat(d.path).st_mode) == 0o600, os.stat(d.path)
        d.drop_alarm("b.txt")
        assert len(d.wait_for(2)) == 2
        until(lambda: sent(d) == 2, "both count as sent")


def an_end_is_a_line():
    with WithFile() as d:
        d.start()
        os.rename(d.folder, d.folder + ".away")
        (trouble,) = d.wait_for(1)
        assert trouble["detector"] == "tocsin" and trouble["status"] == "firing", trouble
        os.rename(d.folder + ".away", d.folder)
        _, end = d.wait_for(2)
        assert end["status"] == "resolved" and end["alert"] == trouble["alert"], end
        assert end["ended_ms"] >= trouble["started_ms"] == end["started_ms"], end


def a_file_of_another_mode_keeps_it():
    with WithFile() as d:
        with open(d.path, "w", encoding="utf-8"):
            os.chmod(d.path, 0o640)
        d.start()
        d.drop_alarm("a.txt")
        d.wait_for(1)
        assert stat.S_IMODE(os.stat(d.path).st_mode) == 0o640, os.stat(d.path)


def hostile_names_and_texts_stay_in_their_line():
    names = [b"a\nb.txt", b"\xff\xfe.txt", b'q"\\{}.txt', "\u2028\u202e\u0085.txt".encode(),
             b"\x1b[2Jx.txt", b"x" * 240 + b".txt"]
    with WithFile() as d:
        d.start()
        for i, name in enumerate(names):
            d.drop(os.fsdecode(name), f"The alarm\u202e of \x1b[31m number {i} \x9b2J went\x00 off.\u2028".encode()
                   + b"\xff\xfe")
        lines = d.wait_for(len(names))
        text = d.text().decode()
        assert clean(text) and len(text.splitlines()) == len(lines) == len(names), text
        seen = {line["path"].rsplit("/", 1)[1] for line in lines}
        assert seen == {name.decode(errors="replace") for name in names}, seen
        assert any("\u202e" in line["quote"] for line in lines), lines  # all of it is there


# ---- rotation ----

class Rotating(threading.Thread):
    """Moves the file away again and again, each time to another name, until it is told to end: mostly when
    there is something in it, but also when it was just made."""

    def __init__(self, d, create):
        super().__init__()
        self.d, self.create, self.over, self.n = d, create, threading.Event(), 0

    def run(self):
        while not self.over.is_set():
            try:
                if self.n % 3 and not os.path.getsize(self.d.path):
                    continue
                os.rename(self.d.path, f"{self.d.path}.{self.n}")
            except FileNotFoundError:
                continue
            self.n += 1
            if self.create and self.n % 2:
                os.close(os.open(self.d.path, os.O_WRONLY | os.O_CREAT, 0o600))


def all_lines(d):
    return [line for path in glob.glob(glob.escape(d.path) + "*") for line in d.alerts(path)]


def rotated_all_the_time(create, **notifier):
    with WithFile(notifier=notifier) as d:
        d.start()
        rotating = Rotating(d, create)
        rotating.start()
        try:
            for i in range(MANY):
                d.drop_alarm(f"{i}.txt")
            until(lambda: sent(d) >= MANY * 2 // 3, "most are told")
        finally:
            rotating.over.set()
            rotating.join()
        until(lambda: sent(d) == MANY, "all are told")
        each_once(all_lines(d), MANY)
        assert rotating.n > 3, rotating.n


def nothing_is_lost_or_doubled_by_rotations():
    rotated_all_the_time(False)


def nor_when_the_rotation_makes_the_new_file():
    rotated_all_the_time(True)


def nor_with_several_hosts():
    rotated_all_the_time(True, concurrency=4)


def logrotate_needs_no_more_than_the_example():
    need("logrotate")
    with WithFile() as d:
        rules = os.path.join(d.dir, "rules")
        with open(os.path.join(SRC, "conf/examples/logrotate/tocsin"), encoding="utf-8") as f:
            text = f.read()
        assert "/var/log/tocsin/alerts.jsonl {" in text, text
        with open(rules, "w", encoding="utf-8") as f:
            f.write("create\n" + text.replace("/var/log/tocsin/alerts.jsonl", d.path))
        os.chmod(rules, 0o644)
        d.start()
        for turn in range(3):
            for i in range(20):
                d.drop_alarm(f"{turn}-{i}.txt")
            until(lambda: len(d.text()) > 0, "some are told")
            subprocess.run(["logrotate", "-f", "-s", os.path.join(d.dir, "state.rotate"), rules], check=True)
        until(lambda: sent(d) == 60, "all are told")
        lines = d.alerts()
        for path in glob.glob(glob.escape(d.path) + ".*.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as f:
                lines += [json.loads(line) for line in f]
        lines += d.alerts(d.path + ".1")  # to be packed the next time
        names = sorted(os.listdir(d.out_dir))
        assert names == [f"alerts.jsonl{end}" for end in ("", ".1", ".2.gz", ".3.gz")], names
        each_once(lines, 60)


def a_file_that_was_copied_and_truncated_begins_anew():
    with WithFile() as d:
        d.start()
        d.drop_alarm("a.txt")
        d.wait_for(1)
        shutil.copy(d.path, d.path + ".1")
        os.truncate(d.path, 0)
        d.drop_alarm("b.txt")
        (line,) = d.wait_for(1)
        assert line["path"].endswith("b.txt") and d.text().startswith(b"{"), d.text()


def a_rotated_file_is_not_kept_on_the_disk():
    with WithFile() as d:
        d.start()
        d.drop_alarm("a.txt")
        until(lambda: sent(d) == 1, "it counts as sent")  # the line is there before it is synced
        os.unlink(d.path)
        processes = [p for p in glob.glob("/proc/[0-9]*/fd/*") if is_link_to(p, d.path)]
        assert not processes, processes


def is_link_to(link, path):
    try:
        return os.readlink(link).startswith(path)
    except OSError:
        return False


# ---- the disk ----

def fill(path):
    with open(path, "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 512):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC, error


def a_full_disk_delays_and_breaks_no_line():
    d = in_own_mounts('mount -t tmpfs -o size=64k tmpfs "$0"')
    with d:
        d.start()
        d.inside = f"/proc/{d.process.pid}/root"
        d.drop_alarm("a.txt")
        d.wait_for(1)
        filler = d.inside + d.out_dir + "/filler"
        fill(filler)
        for i in range(20):
            d.drop_alarm(f"{i}.txt", " A long way to go." * 10)
        d.wait_for_reason("No space left on device (free some space)")
        d.alerts()  # whole lines
        os.unlink(filler)
        d.wait_for(21)
        d.idle()
        each_once(d.alerts(), 21)


def a_disk_that_is_read_only_delays():
    d = in_own_mounts('mount -t tmpfs -o size=1m tmpfs "$0"')
    with d:
        d.start()
        d.inside = f"/proc/{d.process.pid}/root"
        mount_inside(d, "-o", "remount,ro", d.out_dir)
        d.drop_alarm("a.txt")
        d.wait_for_reason("Read-only file system (mount it writable, or let tocsin's unit write there by "
                          "ReadWritePaths=)")
        mount_inside(d, "-o", "remount,rw", d.out_dir)
        each_once(d.wait_for(1), 1)


def strace(d, *args):
    need("strace")
    if sanitized():
        raise Skip("a sanitizer's host cannot be traced")
    trace = os.path.join(d.dir, "trace")
    d.wrap = ["strace", "-D", "-f", "-qq", "-y", "-o", trace, "-P", d.path, *args]
    return trace


def it_is_sent_only_when_it_is_on_the_disk():
    d = WithFile()
    strace(d, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1..3")
    with open(d.path, "wb"):  # strace looks for the path once
        pass
    with d:
        d.start()
        d.drop_alarm("a.txt")
        d.wait_for_reason("Input/output error")
        until(lambda: sent(d) == 1, "it counts as sent")
        each_once(d.alerts(), 1)


def sync_no_does_not_wait_for_the_disk():
    for sync, waits in (("yes", 3), ("no", 0)):
        d = WithFile(options={"sync": sync})
        trace = strace(d, "-e", "trace=fdatasync,write")
        with open(d.path, "wb"):
            pass
        with d:
            d.start()
            for name in "abc":
                d.drop_alarm(f"{name}.txt")
                d.idle()
            assert len(d.alerts()) == 3
            d.stop()
            with open(trace, encoding="utf-8", errors="replace") as f:
                calls = f.read()
            assert calls.count("write(") == 3 and calls.count("fdatasync(") == waits, calls


# ---- what stands in its place ----

def what_is_no_file_is_refused_at_the_start():
    for make, what in ((os.mkdir, "is a folder; name a file in it"), (os.mkfifo, "is no regular file; name another"),
                       (lambda path: os.symlink("/etc/passwd", path),
                        "is a symbolic link; name the file that it leads to")):
        with WithFile() as d:
            make(d.path)
            d.start(ready=False)
            assert d.process.wait(60) == 78, d.log()
            assert f'option "path": {d.path} {what}' in d.log(), d.log()


def what_comes_in_its_place_is_said_and_hangs_nothing():
    for make, end, what in ((os.mkdir, os.rmdir, "is a folder (name a file in it)"),
                            (os.mkfifo, os.unlink, "is no regular file (name another)"),
                            (lambda path: os.symlink("/etc/passwd", path), os.unlink,
                             "is a symbolic link (name the file that it leads to)")):
        with WithFile(notifier={"deadline": "20s"}) as d:
            d.start()
            make(d.path)
            d.drop_alarm("a.txt")
            d.wait_for_reason(what)
            end(d.path)
            each_once(d.wait_for(1), 1)


def a_folder_that_goes_and_comes_back():
    with WithFile() as d:
        d.start()
        os.rmdir(d.out_dir)
        d.drop_alarm("a.txt")
        d.wait_for_reason("the folder is not there (make it)")
        os.mkdir(d.out_dir)
        each_once(d.wait_for(1), 1)


# ---- the host ----

def a_killed_host_loses_nothing(**notifier):
    with WithFile(notifier=notifier) as d:
        d.start()
        for i in range(MANY):
            d.drop_alarm(f"{i}.txt")
            if i % (MANY // 3) == 10:  # each makes the pause before the next host longer
                d.kill_hosts("notifier")
        # That hosts die is told as a trouble, too.
        until(lambda: len(d.alarms_so_far()) == MANY, "all are told")
        d.idle()
        ids = {}
        for line in d.alerts():
            if line["status"] == "firing":
                assert ids.setdefault(line["revision"], line["delivery"]) == line["delivery"], line


def several_killed_hosts_lose_nothing():
    a_killed_host_loses_nothing(concurrency=4)


def half_a_line_that_a_kill_left_is_cut_off():
    with WithFile() as d:
        d.start()
        d.drop_alarm("a.txt")
        (alert,) = d.wait_for(1)
        until(lambda: sent(d) == 1, "the store knows that it is sent")
        d.stop()
        with open(d.path, "a", encoding="utf-8") as f:
            f.write(json.dumps(alert, separators=(",", ":"))[:300])
        d.start()
        d.drop_alarm("b.txt")
        each_once(d.wait_for(2), 2)
        assert "cut off a line that was half written" in d.log(), d.log()


def a_reload_moves_it():
    with WithFile() as d:
        d.start()
        d.drop_alarm("a.txt")
        d.wait_for(1)
        other = os.path.join(d.out_dir, "other.jsonl")
        d.config["notifiers"]["lines"]["options"]["path"] = other
        d.write_config()
        assert d.ctl("reload")[0] == 0
        d.drop_alarm("b.txt")
        until(lambda: len(d.alerts(other)) == 1, "a line in the other file")
        assert len(d.alerts()) == 1


TESTS = [an_alert_is_a_line, an_end_is_a_line, a_file_of_another_mode_keeps_it,
         hostile_names_and_texts_stay_in_their_line, nothing_is_lost_or_doubled_by_rotations,
         nor_when_the_rotation_makes_the_new_file, nor_with_several_hosts,
         logrotate_needs_no_more_than_the_example, a_file_that_was_copied_and_truncated_begins_anew,
         a_rotated_file_is_not_kept_on_the_disk, a_full_disk_delays_and_breaks_no_line,
         a_disk_that_is_read_only_delays, it_is_sent_only_when_it_is_on_the_disk,
         sync_no_does_not_wait_for_the_disk, what_is_no_file_is_refused_at_the_start,
         what_comes_in_its_place_is_said_and_hangs_nothing, a_folder_that_goes_and_comes_back,
         a_killed_host_loses_nothing, several_killed_hosts_lose_nothing,
         half_a_line_that_a_kill_left_is_cut_off, a_reload_moves_it]

if __name__ == "__main__":
    run(TESTS)
