#!/usr/bin/python3
"""A folder under what the kernel can do to it: watches and instances used up, mounts that come and
go, and silence. Each case has namespaces of its own; nothing of the machine is changed."""
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

PROBE = os.path.join(os.environ.get("TOCSIN_BUILDDIR", "."), "daemon/source/source_probe")
# Root passes every permission check.
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
PATIENCE_S = 20
IDLE_S = 8


class Watch:
    """The probe, run by a shell in new namespaces after `setup`, with its lines as they come."""

    def __init__(self, flags, setup, root, user=""):
        shell = f"set -e; {setup}; exec {user} '{PROBE}' '{root}' 20"
        self.process = subprocess.Popen(
            ["unshare", *flags, "bash", "-c", shell], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="surrogateescape")
        self.lines, self.seen = queue.Queue(), []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, *wanted):
        """The first line that holds all of `wanted`, among those not yet looked at."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {wanted} in {self.seen}") from None
            self.seen.append(line)
            if all(part in line for part in wanted):
                return line

    def inside(self, command):
        """Runs a command in the probe's namespaces."""
        subprocess.run(["nsenter", "-t", str(self.process.pid), "-U", "-m", "--preserve-credentials",
                        "sh", "-c", command], check=True)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE_S)
        self.reader.join()
        assert code == 0, f"ended with {code}"


def write(path, text="text"):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_old(root, n):
    for i in range(n):
        os.mkdir(f"{root}/d{i}")
        write(f"{root}/d{i}/f")
        os.utime(f"{root}/d{i}/f", (10**9, 10**9))


def watches_used_up(root):
    make_old(root, 20)
    watch = Watch(["-Ur"], "echo 5 > /proc/sys/user/max_inotify_watches", root)
    said = watch.until("state polling", "fs.inotify.max_user_watches")
    assert "16 of its directories" in said, said
    write(f"{root}/d19/late")
    watch.say("rescan")
    watch.until("added", "late")
    added = {line for line in watch.seen if line.startswith("added")}
    assert len(added) == 21, added
    watch.end()
    warned = [line for line in watch.seen if "sysctl" in line and not line.startswith("state")]
    assert len(warned) == 1, warned


def instances_used_up(root):
    make_old(root, 2)
    watch = Watch(["-Ur"], "echo 0 > /proc/sys/user/max_inotify_instances", root)
    watch.until("state polling", "fs.inotify.max_user_instances")
    watch.until("added")
    watch.until("added")
    watch.end()


def mounted_over(root):
    make_old(root, 1)
    watch = Watch(["-Urm"], "true", root)
    watch.until("added d0/f")
    watch.inside(f"mount -t tmpfs none '{root}'")
    watch.until("state unavailable", "is empty")
    watch.inside(f"umount '{root}'")
    watch.until("state watching")
    write(f"{root}/d0/new")
    watch.until("added d0/new")
    watch.end()
    assert not [line for line in watch.seen if line.startswith("removed")], watch.seen


def another_device(root):
    make_old(root, 1)
    watch = Watch(["-Urm"], "true", root)
    watch.until("added d0/f")
    other = root + "-other"
    os.mkdir(other)
    watch.inside(f"mount -t tmpfs none '{other}' && touch '{other}/foreign' && "
                 f"mount --bind '{other}' '{root}'")
    watch.until("state unavailable", "another device")
    watch.say("rescan")
    watch.until("state watching")
    watch.until("added foreign")
    watch.end()


def mounted_below(root):
    os.mkdir(f"{root}/disk")
    watch = Watch(["-Urm"], "true", root)
    watch.until("state watching")
    watch.inside(f"mount -t tmpfs none '{root}/disk' && echo 1 > '{root}/disk/f'")
    watch.until("added disk/f")
    watch.inside(f"echo 2 > '{root}/disk/g'")
    watch.until("added disk/g")
    watch.end()


def mounted_late(root):
    """An empty mount point at start; the disk comes later."""
    watch = Watch(["-Urm"], "true", root)
    watch.until("state watching")
    watch.inside(f"mount -t tmpfs none '{root}' && echo 1 > '{root}/f'")
    watch.until("added f")
    watch.end()


def switches(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as status:
            total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
    return total


def settled(pid):
    """Waits until what the changes left behind is over: a second without a wake-up."""
    end = time.monotonic() + PATIENCE_S
    before = switches(pid)
    while time.monotonic() < end:
        time.sleep(1)
        now = switches(pid)
        if now == before:
            return now
        before = now
    raise AssertionError("it does not come to rest")


def silent_when_idle(root):
    """Mounts of its own, so that nothing mounted elsewhere on the machine wakes it."""
    make_old(root, 3)
    watch = Watch(["-Urm"], "true", root)
    for _ in range(3):
        watch.until("added")
    before = settled(watch.process.pid)
    time.sleep(IDLE_S)
    woken = switches(watch.process.pid) - before
    assert woken == 0, f"{woken} wake-ups in {IDLE_S} s"
    watch.end()


def not_readable(root):
    make_old(root, 2)
    os.chmod(os.path.dirname(root), 0o755)
    os.chmod(f"{root}/d0", 0)
    os.chmod(f"{root}/d1/f", 0)
    watch = Watch([], "true", root, NOBODY)
    watch.until("scanned in part")
    watch.until("state watching", "1 of its directories cannot be read")
    os.chmod(f"{root}/d0", 0o755)
    watch.until("added d0/f")
    os.chmod(f"{root}/d1/f", 0o644)
    watch.until("added d1/f")
    watch.end()


CASES = [
    (watches_used_up, ["-Ur"], "test -w /proc/sys/user/max_inotify_watches"),
    (instances_used_up, ["-Ur"], "test -w /proc/sys/user/max_inotify_instances"),
    (mounted_over, ["-Urm"], "true"),
    (another_device, ["-Urm"], "true"),
    (mounted_below, ["-Urm"], "true"),
    (mounted_late, ["-Urm"], "true"),
    (silent_when_idle, ["-Urm"], "true"),
    (not_readable, [], f"{NOBODY} test -x '{PROBE}'"),
]


def main():
    print(f"1..{len(CASES)}", flush=True)
    failed = False
    for number, (case, flags, need) in enumerate(CASES, 1):
        name = case.__name__.replace("_", " ")
        able = subprocess.run(["unshare", *flags, "sh", "-c", need], capture_output=True, text=True)
        if able.returncode:
            why = able.stderr.strip() or f"not possible here: {need}"
            print(f"ok {number} - {name} # SKIP {why}", flush=True)
            continue
        base = tempfile.mkdtemp(prefix="tocsin-kernel-")
        root = os.path.join(base, "root")
        os.mkdir(root)
        try:
            case(root)
            print(f"ok {number} - {name}", flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            failed = True
            print(f"not ok {number} - {name}\n# {error}", flush=True)
        finally:
            shutil.rmtree(base, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
