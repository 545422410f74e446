#!/usr/bin/python3
"""Figures of the whole daemon, beside the least that could do the same, in one run.

usage: tests/bench/daemon.py [latency|loaded|burst|memory|idle]...   (all, in a built tree; see TOCSIN_BUILDDIR)

latency  from close() in the writer to the line that arrives from the notifier: settle 0, every
         step committed to disk; beside a bare inotify loop, inotifywait | while read | grep, and the
         programs of rivals.py, which tell the name and read nothing. They take turns, 50 documents
         each, so that whatever else the machine does is the same for all, as is what Python costs
loaded   the same, while another program writes 1,000 documents a second that match nothing into
         the folder whose turn it is
burst    20,000 small documents that are moved in together, 10 topics, archive and index on: documents
         a second until nothing is on its way, with no match, and with 2.3 alerts each. The end is
         the time of the last line and of the last commit, as their files have it
memory   start-up with 10,000 documents known, from exec to ready and to all of them looked at;
         resident memory of tocsind, and PSS of the whole family; of the rivals, when they watch the
         same tree, and their PSS
idle     wake-ups of tocsind and its hosts over 30 s, and of the rivals

Each figure is printed as it comes; all of them at the end as a table, and as JSON in
tests/bench/daemon.json of the build. The state and the folders are in TMPDIR, else /var/tmp: a
disk, whose fdatasync is printed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import rivals  # noqa: E402
from harness import BUILD, Daemon, until  # noqa: E402

N = 1000
N_LOADED = 300
N_BURST = 20000
WARM = 50
TURN = 50
LOAD_PER_S = 1000
TEXT = "Minutes of Tuesday.\n\n" + "The usual things were said and written down. " * 70 + "\nAn alarm rang.\n"


figures = []


def percentile(values, percent):
    return sorted(values)[len(values) * percent // 100]


def say(what, of, value, unit):
    """One figure: what was measured, of which program, and how much of what."""
    figures.append({"what": what, "of": of, "value": round(value, 3), "unit": unit, "load": os.getloadavg()[0]})
    print(f"{what}, {of}: {value:.4g} {unit}", flush=True)


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
        """None: it did not come."""
        with self.arrived:
            self.arrived.wait_for(lambda: name in self.at, timeout=30)
            return self.at.get(name)


class Runner:
    """A program that prints a line for each document that it finds in its folder."""

    def __init__(self, name, folder, process):
        self.name, self.folder, self.process = name, folder, process
        self.arrivals = Arrivals(process.stdout)
        self.arrivals.start()
        self.times = []
        self.is_lost = False  # one did not come: it is asked no more

    def run(self, i):
        """One document: microseconds from close() to the line."""
        name = f"doc{i}.txt"
        fd = os.open(os.path.join(self.folder, name), os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(fd, f"Report {i}. ".encode() + TEXT.encode())
        closed = time.monotonic_ns()
        os.close(fd)
        arrived = self.arrivals.wait_for(name)
        self.is_lost = arrived is None
        if not self.is_lost:
            self.times.append((arrived - closed) / 1000)

    def say(self, what):
        if self.is_lost:
            say(f"{what}, documents until one did not come", self.name, len(self.times), "")
            return
        times = self.times[WARM:]  # the first ones warm everything up
        for name, value in (("median", percentile(times, 50)), ("p99", percentile(times, 99)), ("worst", max(times))):
            say(f"{what}, {name}", self.name, value / 1000, "ms")


def start_tocsin(d):
    with open(d.log_file, "ab") as log:
        d.process = subprocess.Popen(d.command(), stdout=subprocess.PIPE, stderr=log, text=True, env=d.env)
    runner = Runner("tocsin", d.folder, d.process)
    until(d.is_ready, "the daemon is ready")
    return runner


def start_rival(name, argv, folder):
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               start_new_session=True)
    runner = Runner(name, folder, process)

    def sees():
        with open(os.path.join(folder, "docprobe.txt"), "w", encoding="utf-8") as f:
            f.write("alarm")
        time.sleep(0.02)
        return "docprobe.txt" in runner.arrivals.at

    until(sees, f"{name} watches")
    return runner


def folder_for(directory):
    """With its parent to itself."""
    folder = os.path.join(tempfile.mkdtemp(prefix="rival-", dir=directory), "docs")
    os.mkdir(folder)
    return folder


def start_readers(directory):
    """What finds the word, but keeps nothing."""
    folder = folder_for(directory)
    bare = [os.path.join(BUILD, "tests/bench/bare_inotify"), folder, "alarm"]
    runners = [start_rival("bare inotify loop, nothing kept", bare, folder)]
    if shutil.which("inotifywait"):
        folder = folder_for(directory)
        script = 'inotifywait -q -m -e close_write --format %w%f "$1" | while read -r f; do grep -l alarm "$f"; done'
        runners.append(start_rival("inotifywait | while read | grep", ["bash", "-c", script, "bash", folder], folder))
    return runners


def start_namers(directory):
    """What tells the names alone."""
    folders = [(name, folder_for(directory)) for name in rivals.installed()]
    return [start_rival(f"{name}, names alone", rivals.argv(name, folder), folder) for name, folder in folders]


def stop_rival(runner):
    os.killpg(runner.process.pid, 15)
    runner.process.wait()


LOADER = """
import os, sys, time
begin, i, parent = time.monotonic(), 0, os.getppid()
while os.getppid() == parent:
    with open(os.path.join(sys.argv[1], f"load{i}.txt"), "w") as f:
        f.write(f"{sys.argv[2]} {i}: nothing happened. " + "Nobody was there to see it. " * 120)
    i += 1
    time.sleep(max(0, begin + i / float(sys.argv[3]) - time.monotonic()))
"""


def run_turn(runner, numbers, loaded):
    loader = loaded and subprocess.Popen([sys.executable, "-c", LOADER, runner.folder, f"Turn {numbers[0]}",
                                          str(LOAD_PER_S)])
    if loaded:
        time.sleep(0.5)
    for i in numbers:
        if not runner.is_lost:
            runner.run(i)
        if loaded:
            time.sleep(0.01)
    if loaded:
        loader.kill()
        loader.wait()
    time.sleep(0.05)  # so that what is still to be written is not in the next one's way


def latency_of(what, n, loaded=False):
    with Daemon() as d:
        say_disk(d.dir)
        runners = [start_tocsin(d)] + start_readers(d.dir) + start_namers(d.dir)
        for first in range(0, WARM + n, TURN):
            for runner in runners:
                run_turn(runner, range(first, min(first + TURN, WARM + n)), loaded)
                d.idle()
        assert not runners[0].is_lost, "tocsin did not tell"
        until(lambda: d.idle()["deliver"][0]["sent"] == WARM + n, "each is sent, says the store")
        for runner in runners:
            runner.say(what)
        for rival in runners[1:]:
            stop_rival(rival)


def latency():
    latency_of("latency", N)


def loaded():
    latency_of(f"latency at {LOAD_PER_S} documents/s", N_LOADED, loaded=True)


class Lines:
    """Counts the lines of a file that grows, each time from where it stopped: to read all of it again would
    take a core from what is measured."""

    def __init__(self, path):
        self.path, self.read, self.n = path, 0, 0

    def count(self):
        with open(self.path, "rb") as f:
            f.seek(self.read)
            new = f.read()
        self.read += len(new)
        self.n += new.count(b"\n")
        return self.n


def burst_of(tenths, n=N_BURST):
    """Ten documents have `tenths` alerts. They are made before, and moved in together: what is measured is not the
    program that writes them."""
    words = {f"topic{i}": {"query": f"word{i} OR other{i}"} for i in range(10)}
    with Daemon(topics=words) as d:
        d.start()
        made = os.path.join(d.dir, "made")
        os.mkdir(made)
        for i in range(n):
            n_found = tenths // 10 + (i % 10 < tenths % 10)
            found = " ".join(f"Then word{(i + 3 * k) % 10} came." for k in range(n_found)) or "Nothing happened."
            with open(os.path.join(made, f"doc{i}.txt"), "w", encoding="utf-8") as f:
                f.write(f"Report {i} of town {i}. {found}")
        wanted = n * tenths // 10
        rang = Lines(d.out_file)
        begin = time.time()
        os.rename(made, os.path.join(d.folder, "made"))
        # Seldom, because each question costs the daemon something, too.
        until(lambda: time.sleep(0.1) or rang.count() >= wanted, "all has rung", 300)
        until(lambda: d.idle()["documents"]["known"] == n or time.sleep(0.1), "all are known", 300)
        end = max(os.stat(path).st_mtime for path in (d.out_file, os.path.join(d.state, "tocsin.db-wal")))
        assert len(d.rang()) == wanted, f"{len(d.rang())} rings"
        say(f"burst of {n} documents, {tenths / 10:g} alerts each, until all was told", "tocsin", n / (end - begin),
            "documents/s")


def burst():
    burst_of(0)
    burst_of(23)


PARENT, SESSION = 1, 3  # in /proc/PID/stat, behind the name


def all_of(field, pid):
    """Every process that has this one as its parent, or the leader of its session."""
    pids = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="ascii", errors="replace") as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[field]) == pid:
            pids.append(int(path.split("/")[2]))
    return pids


def family(pid):
    """tocsind and its hosts."""
    return [pid] + all_of(PARENT, pid)


def field_kib(path, name):
    with open(path, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(name + ":"))


def pss(pids):
    return sum(field_kib(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids)


def memory(n=10000):
    with Daemon() as d:
        for i in range(n):
            d.drop(f"{i % 100}/doc{i}.txt", f"Report {i}. {TEXT if i % 500 == 0 else 'Nothing happened today.'}")
        d.start()
        until(lambda: d.idle()["documents"]["known"] == n, f"{n} documents known", 300)
        d.stop()
        begin = time.monotonic()
        d.start()
        say(f"start-up with {n} documents known, to ready", "tocsin", 1000 * (time.monotonic() - begin), "ms")
        until(lambda: d.idle()["documents"]["known"] == n, f"{n} documents known", 300)
        say(f"start-up with {n} documents known, all looked at", "tocsin", 1000 * (time.monotonic() - begin), "ms")
        pid = d.process.pid
        what = f"memory with {n} documents known"
        say(f"{what}, resident", "tocsind", field_kib(f"/proc/{pid}/status", "VmRSS"), "KiB")
        say(f"{what}, PSS", f"tocsind and {len(family(pid)) - 1} hosts", pss(family(pid)), "KiB")
        d.stop()
        for name in rivals.installed():
            begin = time.monotonic()
            rival = start_rival(name, rivals.argv(name, d.folder), d.folder)
            say(f"start-up with {n} documents there, watches", name, 1000 * (time.monotonic() - begin), "ms")
            say(f"{what}, PSS", name, pss(all_of(SESSION, rival.process.pid)), "KiB")
            stop_rival(rival)


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
        namers = start_namers(d.dir)
        time.sleep(2)  # the status line is sent within a second
        watched = {rival.name: all_of(SESSION, rival.process.pid) for rival in namers}
        pids = family(d.process.pid)
        watched[f"tocsind and {len(pids) - 1} hosts"] = pids
        before = {name: switches(pids) for name, pids in watched.items()}
        time.sleep(seconds)
        for name, pids in watched.items():
            say(f"wake-ups in {seconds} s", name, switches(pids) - before[name], "")
        for rival in namers:
            stop_rival(rival)


def choose_disk():
    directory = os.environ.get("TMPDIR", "/var/tmp")
    kind = subprocess.run(["stat", "--file-system", "--format=%T", directory], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        sys.exit(f"{directory} is in memory ({kind}): set TMPDIR to a directory on a disk")
    tempfile.tempdir = directory


def say_all():
    wide = [max(len(str(f[key])) for f in figures) for key in ("what", "of", "value")]
    print()
    for f in figures:
        print(f"{f['what']:{wide[0]}}  {f['of']:{wide[1]}}  {f['value']:>{wide[2]}} {f['unit']}")
    path = os.path.join(BUILD, "tests/bench/daemon.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(figures, f, indent=1)
    print(f"also in {path}")


choose_disk()
WHAT = {"latency": latency, "loaded": loaded, "burst": burst, "memory": memory, "idle": idle}
for chosen in sys.argv[1:] or WHAT:
    WHAT[chosen]()
say_all()
