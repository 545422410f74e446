#!/usr/bin/python3
"""Watching where roots go and come back, where the kernel has no more watches, and where it does not
tell: each document rings exactly once, says the list that its writer kept. Mounts and limits are in
namespaces of their own; only FUSE is mounted for all to see."""
import contextlib
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, Skip, need, run, sanitized, until  # noqa: E402
from ledger import Ledger  # noqa: E402

POLLED = 120  # what is polled is looked at every 30 s


def state(d, name="docs"):
    return next(s for s in d.ask("source", "list") if s["name"] == name)["state"]


def inside(d, command):
    """Runs a shell's command in the daemon's namespaces."""
    subprocess.run(["nsenter", "-t", str(d.process.pid), "-U", "-m", "--preserve-credentials", "sh", "-ec", command],
                   check=True)


def in_namespace(flags, setup="true"):
    """The words before a command that run it in new namespaces, after `setup`."""
    able = subprocess.run(["unshare", flags, "sh", "-ec", setup], capture_output=True, text=True, check=False)
    if able.returncode:
        raise Skip(f"no namespaces to be had: {able.stderr.strip()}")
    return ["unshare", flags, "sh", "-ec", f'{setup}; exec "$@"', "sh"]


# ---- roots ----

def a_root_is_deleted_and_made_anew():
    with Daemon() as d:
        d.start()
        ledger = Ledger(d)
        for i in range(10):
            for name in ("a.txt", "b/c.txt", f"{i}/d.txt"):
                ledger.drop(name)
            ledger.settle()
            shutil.rmtree(d.folder)
            os.mkdir(d.folder)
        ledger.drop("b/last.txt")
        ledger.settle()
        assert d.ask("status")["documents"]["known"] == 1, d.ask("status")["documents"]


def a_root_is_unmounted_and_mounted_over():
    with Daemon(wrap=in_namespace("-Urm")) as d:
        far = os.path.join(d.dir, "far")
        os.mkdir(far)
        d.start()
        inside(d, f"mount --bind '{far}' '{d.folder}'")
        ledger = Ledger(d)

        def put(name):
            with open(os.path.join(far, name), "w", encoding="utf-8") as f:
                f.write(ledger.text())
        for i in range(5):
            put(f"{i}.txt")
            ledger.settle()
            inside(d, f"umount '{d.folder}'")
            until(lambda: state(d) == "unavailable", "it is away")
            put(f"{i}-away.txt")
            inside(d, f"mount --bind '{far}' '{d.folder}'")
            ledger.settle()
            inside(d, f"mount -t tmpfs none '{d.folder}'")
            until(lambda: state(d) == "unavailable", "it is covered")
            put(f"{i}-covered.txt")
            inside(d, f"umount '{d.folder}'")
            ledger.settle()
            inside(d, f"umount '{d.folder}' && mount --bind '{far}' '{d.folder}'")  # before anybody looks
        put("last.txt")
        ledger.settle()
        assert d.ask("status")["documents"]["removed"] == 0, d.ask("status")["documents"]


# ---- where it has to be looked ----

class Passthrough:
    """A file system in user space whose far side is a folder."""

    def __init__(self, directory):
        need("bindfs", "fusermount3")
        self.far, self.near = os.path.join(directory, "far"), os.path.join(directory, "near")
        os.mkdir(self.far)
        os.mkdir(self.near)
        self.process = subprocess.Popen(["bindfs", "-f", self.far, self.near], stderr=subprocess.PIPE, text=True)
        until(lambda: os.path.ismount(self.near) or self.process.poll() is not None, "it is mounted")
        if self.process.poll() is not None:
            raise Skip(f"FUSE is not to be had: {self.process.stderr.read().strip()}")

    def put(self, name, text):
        """Behind the mount: no event tells of it."""
        path = os.path.join(self.far, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        self.go_on()
        subprocess.run(["fusermount3", "-u", "-z", self.near], check=False)
        self.process.wait()
        self.process.stderr.close()


def limited(what, n):
    return in_namespace("-Ur", f"echo {n} > /proc/sys/user/max_inotify_{what}")


def said_once(d, sysctl):
    assert d.log().count(f"sysctl -w fs.inotify.{sysctl}=") == 1, d.log()
    assert f"sysctl -w fs.inotify.{sysctl}=" in d.ask("source", "list")[0]["why"], d.ask("source", "list")


def what_events_do_not_tell_is_looked_for():
    """Watches used up, instances used up, a passthrough: side by side, because each look takes its time."""
    with contextlib.ExitStack() as stack:
        few, none, fuse = (stack.enter_context(Daemon(wrap=wrap)) for wrap in (
            limited("watches", 5), limited("instances", 0), []))
        through = Passthrough(fuse.dir)
        stack.callback(through.close)
        fuse.config["folders"]["docs"]["path"] = through.near
        fuse.write_config()
        daemons, ledgers = (few, none, fuse), [Ledger(d) for d in (few, none, fuse)]
        for i in range(20):
            ledgers[0].drop(f"d{i}/known.txt")
            ledgers[1].drop(f"d{i}/known.txt")
            through.put(f"d{i}/known.txt", ledgers[2].text())
        for d, ledger in zip(daemons, ledgers):
            d.start()
            ledger.settle()
            assert state(d) == "polling", d.ask("source", "list")
        for i in range(20):
            for ledger in ledgers[:2]:
                ledger.drop(f"d{i}/new.txt")
                ledger.drop(f"new{i}/a.txt")
            through.put(f"d{i}/new.txt", ledgers[2].text())
            through.put(f"new{i}/a.txt", ledgers[2].text())
        for d, ledger in zip(daemons, ledgers):
            folder = through.far if d is fuse else d.folder
            with open(os.path.join(folder, "d3", "known.txt"), "a", encoding="utf-8") as f:
                f.write(ledger.text())
            os.rename(os.path.join(folder, "d4"), os.path.join(folder, "moved"))
            os.unlink(os.path.join(folder, "d5", "known.txt"))
        for ledger in ledgers:
            ledger.settle(POLLED)
        said_once(few, "max_user_watches")
        said_once(none, "max_user_instances")
        for d in daemons:
            until(lambda d=d: d.ask("status")["documents"]["known"] == 59, "what is gone is known", POLLED)


def a_dead_mount_hangs_its_source_alone():
    if sanitized():
        raise Skip("a sanitizer that looks for leaks waits for every thread, also one that hangs")
    with contextlib.ExitStack() as stack:
        d = stack.enter_context(Daemon())
        through = Passthrough(d.dir)
        stack.callback(through.close)
        d.config["folders"]["far"] = {"path": through.near, "first-start": "all", "settle": "0"}
        d.write_config()
        ledger = Ledger(d)
        through.put("a.txt", ledger.text())
        d.start()
        ledger.settle()
        through.hang()
        d.ask("source", "rescan", "far")
        for i in range(20):
            ledger.drop(f"{i}.txt")
        ledger.settle()
        d.config["folders"]["docs"]["settle"] = "1ms"
        d.write_config()
        d.ask("reload")
        ledger.drop("reloaded.txt")
        ledger.settle()
        assert d.stop() == 0
        d.start(ready=False)
        ledger.drop("restarted.txt")
        ledger.settle()
        through.put("b.txt", ledger.text())
        through.go_on()
        ledger.settle(POLLED)


run([
    a_root_is_deleted_and_made_anew,
    a_root_is_unmounted_and_mounted_over,
    what_events_do_not_tell_is_looked_for,
    a_dead_mount_hangs_its_source_alone,
])
