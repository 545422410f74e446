#!/usr/bin/python3
"""How soon many topics are in force, and what a reload of some of them costs: a real daemon.

usage: tests/bench/topics_reload.py [--topics N] [--files N] [--json FILE]    (in a built tree)

N topics (100,000) of topics_data.py in 100 files, or --files. Measured in wall-clock seconds: from
the start of the daemon until a document that was there has rung, with all files to be compiled and
with the index from before; from the moment that a hundredth of the topics is written anew (with
fewer files: every hundredth line) until a topic that came with them has rung, while a document comes
every 20 ms; how long those waited, beside how long they wait without a reload, and which of them did
not ring once; the memory of the daemon with all of its hosts (Pss, which counts once what processes share, and the
memory files of their indexes whole, mapped or not) before the reload, at most during it, looked at
every SAMPLE_S, and after it, beside what was promised; and the memory of two hosts.
Debian: perl-doc.
"""
import argparse
import collections
import glob
import itertools
import json
import os
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]
import topics_data  # noqa: E402
from harness import Daemon, until  # noqa: E402

FILES = 100
CHANGED = 100  # one topic of so many is written anew
EVERY_S = 0.02
STREAM_S = 3
SAMPLE_S = 0.01
WAIT_S = 300
PROMISED = 1.3  # of the memory before, while a hundredth of the topics changes


class Bench(Daemon):
    """A daemon over N topics in some files, and one file of the topics that are waited for."""

    def __init__(self, n, n_files):
        super().__init__(topics={"begin": {"query": "startingpoint"}, "stream": {"query": "streampiece"}})
        with tempfile.TemporaryDirectory() as texts:
            self.maker = topics_data.Maker(topics_data.write_documents(texts, 4000)[1])
        self.queries = [[self.maker.topic() for _ in range(n // n_files)] for _ in range(n_files)]
        self.n_changed = n // CHANGED
        files = [self.write(i) for i in range(n_files)]
        self.config["detectors"]["topics"]["deadline"] = "60s"
        self.config["detectors"]["topics"]["memory"] = "4G"
        self.config["detectors"]["topics"]["options"]["files"] = [self.topics_file, *files]
        self.write_config()

    def write(self, number, *more):
        path = os.path.join(self.dir, f"topics{number:03}.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            for i, query in enumerate(self.queries[number]):
                f.write(json.dumps({"name": f"t{number:03}-{i}", "query": query}) + "\n")
            for word in more:
                f.write(json.dumps({"name": word, "query": word}) + "\n")
        return path

    def change(self, *more):
        """Writes the last file with other topics in some places, evenly taken."""
        queries = self.queries[-1]
        for i in range(0, len(queries), max(1, len(queries) // self.n_changed)):
            queries[i] = self.maker.topic()
        self.write(len(self.queries) - 1, *more)

    def rung(self, what):
        return [ring for ring in self.rang() if ring["topic"] == what]

    def start_s(self, name):
        """Seconds from the start of the process until a document has rung."""
        self.drop(name, f"A startingpoint, {name}.")
        before = len(self.rung("begin")) if os.path.exists(self.out_file) else 0
        begun = time.monotonic()
        self.start(ready=False)
        until(lambda: os.path.exists(self.out_file) and len(self.rung("begin")) > before, "it rings", WAIT_S)
        return time.monotonic() - begun


class Stream:
    """A document every EVERY_S; `waited` is how long each took to ring, in seconds."""

    def __init__(self, d, name):
        self.d, self.name, self.dropped, self.waited, self.ends = d, name, {}, [], False
        self.read = len(d.rang())
        self.threads = [threading.Thread(target=self.write), threading.Thread(target=self.listen)]
        for thread in self.threads:
            thread.start()

    def write(self):
        while not self.ends:
            name = f"{self.name}{len(self.dropped)}.txt"
            self.dropped[name] = time.monotonic()
            self.d.drop(name, f"A streampiece, {name}.")
            time.sleep(EVERY_S)

    def listen(self):
        while not self.ends or len(self.waited) < len(self.dropped):
            rang = self.d.rang()
            for ring in rang[self.read:]:
                name = os.path.basename(ring["path"])
                if name in self.dropped:
                    self.waited.append(time.monotonic() - self.dropped[name])
            self.read = len(rang)
            time.sleep(0.005)

    def end(self):
        self.ends = True
        for thread in self.threads:
            thread.join()
        return self.waited


def kib_of(pid, kind):
    """A line of a process's smaps_rollup; 0 when the process has gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            return int(dict(line.split()[:2] for line in f.readlines()[1:])[kind + ":"])
    except (OSError, KeyError):
        return 0


def family(pid):
    """A process and all that it has started, as far as they are there."""
    pids = [pid]
    for at in pids:
        for path in glob.glob(f"/proc/{at}/task/*/children"):
            try:
                with open(path, encoding="ascii") as f:
                    pids += map(int, f.read().split())
            except OSError:
                pass  # that thread has ended
    return pids


def memory_files(pid):
    """The memory files that a process has open or mapped: bytes by inode."""
    files = {}
    for path in glob.glob(f"/proc/{pid}/fd/*") + glob.glob(f"/proc/{pid}/map_files/*"):
        try:
            if os.readlink(path).startswith("/memfd:"):
                st = os.stat(path)
                files[st.st_ino] = st.st_blocks * 512
        except OSError:
            pass  # it has gone
    return files


class Memory:
    """Samples what a daemon and its hosts take together, in MiB, until `end`."""

    def __init__(self, d):
        self.pid, self.most, self.parts, self.n, self.ends = d.process.pid, 0, {}, 0, False
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def now(self):
        pids, files = family(self.pid), {}
        parts = {pid: (kib_of(pid, "Pss") - kib_of(pid, "Pss_Shmem")) / 1024 for pid in pids}
        for pid in pids:
            files |= memory_files(pid)
        parts |= {"memory file": sum(files.values()) / 2**20}
        return sum(parts.values()), parts

    def watch(self):
        while not self.ends:
            total, parts = self.now()
            if total > self.most:
                self.most, self.parts = total, {self.name(pid): mib for pid, mib in parts.items() if mib}
            self.n += 1
            time.sleep(SAMPLE_S)

    @staticmethod
    def name(pid):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                return f"{pid} " + " ".join(f.read().split("\0")[:2]).rpartition("/")[2]
        except OSError:
            return str(pid)

    def end(self):
        self.ends = True
        self.thread.join()
        return self.most


def memory_of_hosts(d):
    """(Rss, Pss) of each detector host, in MiB, while two are at work."""
    names = (f"backlog{i}.txt" for i in itertools.count())

    def two():
        for name in itertools.islice(names, 500):
            d.drop(name, f"Much to do, {name}. " + "Something to read. " * 100)
        hosts = [h for h in d.ask("status")["hosts"] if h["role"] == "detector" and h["state"] == "ready"]
        return hosts if len(hosts) == 2 else None

    sizes = []
    for host in until(two, "two hosts", WAIT_S):
        sizes.append((kib_of(host["pid"], "Rss") / 1024, kib_of(host["pid"], "Pss") / 1024))
    return sizes


def measure(n, n_files):
    result = {"topics": n, "files": n_files}
    with Bench(n, n_files) as d:
        result["start_from_files_s"] = d.start_s("first.txt")
        indexes = os.path.join(d.state, "index", "*.index")
        (index,) = until(lambda: glob.glob(indexes), "the index is kept", WAIT_S)
        result["index_mib"] = os.path.getsize(index) / 2**20
        d.stop()
        result["start_from_index_s"] = d.start_s("second.txt")
        until(d.is_ready, "the daemon is ready")
        stream = Stream(d, "quiet")
        time.sleep(STREAM_S)
        quiet = stream.end()
        memory = Memory(d)
        stream = Stream(d, "busy")
        time.sleep(STREAM_S / 3)
        before = memory.end()
        memory = Memory(d)
        begun = time.monotonic()
        d.change("latecomer")
        written = time.monotonic()
        code, _, said = d.ctl("reload")
        assert code == 0, said
        result["reload_s"] = time.monotonic() - written
        d.drop("new.txt", "A latecomer.")
        until(lambda: d.rung("latecomer"), "the new topic rings", WAIT_S)
        result["changed_in_force_s"] = time.monotonic() - written
        result["writing_the_file_s"] = written - begun
        time.sleep(STREAM_S / 3)
        during, after = memory.end(), memory.now()[0]
        busy = stream.end()
        result["memory_mib"] = {"before": before, "most": during, "after": after, "samples": memory.n,
                                "at_most_of": memory.parts}
        result["memory_ratio"] = {"measured": during / before, "promised": PROMISED}
        result["documents"] = {"quiet": len(quiet), "during": len(busy)}
        result["longest_wait_s"] = {"quiet": max(quiet), "during": max(busy)}
        result["hosts_rss_pss_mib"] = memory_of_hosts(d)
        rang = collections.Counter(os.path.basename(ring["path"]) for ring in d.rang())
        result["rang_not_once"] = {name: rang[name] for name in stream.dropped if rang[name] != 1}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--topics", type=int, default=100000)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--json")
    args = parser.parse_args()
    result = measure(args.topics, args.files)
    print(json.dumps(result, indent=1))
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
