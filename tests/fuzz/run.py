#!/usr/bin/python3
"""Fuzzes: builds the targets with clang's libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer
and coverage, lets each run for a while, and prints a table.

usage: run.py [-s CPU_SECONDS] [-j JOBS] [-b BUILD] [--keep] [TARGET...]

What a target has found so far stays in BUILD/fuzz/TARGET/corpus, and its row counts all its runs
since that folder was made; -s 0 only prints the table. --keep minimises what was found and puts it
into the tree's corpus. Ends with 1 when a target has crashed or covers too little of its own files.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
LEAST_COVERED = 70  # percent of the lines of a target's own files
SLICE_S = 60  # of one process: what it has found is on the disk by then
CFLAGS = "-g -O1 -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping"

# Each with the files that read what a stranger has written; their lines are counted.
TARGETS = {
    "messages": ["daemon/ipc/messages.c"],
    "from_daemon": [f"daemon/host/{name}.c" for name in (
        "delivering", "describe", "detecting", "explaining", "options", "plugin", "post", "quote",
        "serve", "setup", "voice")],
    "from_host": ["daemon/ipc/channel.c", "daemon/metrics/listener.c",
                  *(f"daemon/hosts/{name}.c" for name in (
                      "deadline", "death", "hear", "host", "hosts", "outbox", "probe", "setup", "spec",
                      "tell")),
                  *(f"daemon/detect/{name}.c" for name in (
                      "apart", "ask", "job", "lineup", "pool", "result", "serve", "strikes"))],
    "config": [f"daemon/config/{name}.c" for name in (
        "build", "check", "diag", "diff", "print", "scalar", "schema", "syntax", "tree", "value")],
    "control": ["daemon/control/control.c", "daemon/control/peer.c"],
    "verbs": [f"daemon/verbs/{name}.c" for name in (
        "alert", "answer", "config", "daemon", "delivery", "document", "explain", "fact", "forget",
        "metrics", "notifier", "quarantine", "route", "silence", "source", "state", "status",
        "texts", "topic")],
    "decode": [f"daemon/host/{name}.c" for name in (
        "charset", "decode", "header", "media", "read", "version", "wide")],
    "webhook": [f"plugins/webhook/{name}.c" for name in ("send", "target", "verdict")],
    "exec": ["plugins/lib/program.c", *(f"plugins/exec/{name}.c" for name in (
        "detecting", "exec", "notifying", "process"))],
    "lemans": [f"plugins/lemans/{name}.c" for name in (
        "accents", "asides", "clauses", "cues", "epithets", "facts", "full_names", "headline",
        "language", "listed", "mentions", "merge", "names", "near", "pending", "persons", "phrases",
        "race", "reading", "sharing", "short_names", "slots", "speakers", "stand_ins", "status",
        "story", "who", "writing")],
    "query": [f"plugins/topics/{name}.c" for name in (
        "build", "build_finish", "build_names", "canon", "check", "class_finder", "classes", "code", "complain",
        "deciding", "engine", "eval", "evidence", "explain", "keys", "leaf", "lex", "lex_word",
        "near", "node", "parse", "places", "primary", "ranges", "sieve", "slips", "terms", "view",
        "view_map", "vocabulary", "why", "window")],
    "words": [f"plugins/lib/{name}.c" for name in (
        "abbrev", "diff", "display", "lines", "names", "paragraphs", "sentences", "words",
        "words_ascii", "words_avx2", "words_fold")],
}


class Target:
    def __init__(self, build, name):
        self.name = name
        self.program = os.path.join(build, "tests/fuzz/live_" + name)
        self.seeds = os.path.join(TOP, "tests/fuzz/corpus", name)
        self.work = os.path.join(build, "fuzz", name)
        self.corpus = os.path.join(self.work, "corpus")
        self.crashes = os.path.join(self.work, "crashes", "")
        self.dictionary = os.path.join(TOP, "tests/fuzz", name + ".dict")
        for folder in (self.corpus, self.crashes):
            os.makedirs(folder, exist_ok=True)
        self.done = {"runs": 0, "cpu_s": 0.0}
        if os.path.exists(self.path("done.json")):
            with open(self.path("done.json"), encoding="utf-8") as file:
                self.done = json.load(file)

    def path(self, name):
        return os.path.join(self.work, name)

    def start(self, *arguments, profile="/dev/null"):
        """Runs the program to its end: its exit status, seconds of CPU, and what it printed."""
        environment = dict(
            os.environ, LLVM_PROFILE_FILE=profile, TOCSIN_SRCDIR=TOP,
            ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1",
            UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
        with open(self.path("log"), "wb") as log:
            child = subprocess.Popen([self.program, "-artifact_prefix=" + self.crashes, *arguments],
                                     stdout=log, stderr=log, env=environment, cwd=self.work)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        with open(self.path("log"), encoding="utf-8", errors="replace") as log:
            return child.returncode, usage.ru_utime + usage.ru_stime, log.read()

    def fuzz(self, cpu_s):
        arguments = ["-print_final_stats=1", "-timeout=25", "-rss_limit_mb=2560", "-max_len=4096"]
        if os.path.exists(self.dictionary):
            arguments.append("-dict=" + self.dictionary)
        end = self.done["cpu_s"] + cpu_s
        while self.done["cpu_s"] < end and not os.listdir(self.crashes):
            left = end - self.done["cpu_s"]
            code, used, log = self.start(f"-max_total_time={max(1, round(min(left, SLICE_S)))}",
                                         *arguments, self.corpus, self.seeds)
            runs = re.search(r"number_of_executed_units: *(\d+)", log)
            self.done["runs"] += int(runs[1]) if runs else 0
            self.done["cpu_s"] += used
            with open(self.path("done.json"), "w", encoding="utf-8") as file:
                json.dump(self.done, file)
            if code:
                print(log[-6000:], file=sys.stderr)
                break

    def coverage(self, own):
        """Percent of the lines of these files that the corpora reach."""
        raw, indexed = self.path("raw.profile"), self.path("profile")
        self.start("-runs=0", self.corpus, self.seeds, profile=raw)
        subprocess.run(["llvm-profdata", "merge", "-o", indexed, raw], check=True)
        shown = subprocess.run(
            ["llvm-cov", "export", "-summary-only", "-instr-profile", indexed, self.program],
            check=True, capture_output=True)
        lines = {os.path.relpath(file["filename"], TOP): file["summary"]["lines"]
                 for file in json.loads(shown.stdout)["data"][0]["files"]}
        with open(self.path("coverage"), "w", encoding="utf-8") as file:
            for name in own:
                file.write(f"{lines[name]['percent']:6.1f} %  {name}\n")
        return (100.0 * sum(lines[name]["covered"] for name in own) /
                sum(lines[name]["count"] for name in own))

    def keep(self):
        """The least of what was found that reaches as much as all of it, beside what is there."""
        least = self.path("least")
        shutil.rmtree(least, ignore_errors=True)
        shutil.copytree(self.seeds, least)
        self.start("-set_cover_merge=1", "-use_counters=0", least, self.corpus)
        for name in os.listdir(least):
            shutil.copyfile(os.path.join(least, name), os.path.join(self.seeds, name))


def build_targets(build, names):
    os.makedirs(build, exist_ok=True)
    log = os.path.join(build, "fuzz.log")
    commands = [["make", f"-j{os.cpu_count()}", *(f"tests/fuzz/live_{name}" for name in names)]]
    if not os.path.exists(os.path.join(build, "Makefile")):
        commands.insert(0, [os.path.join(TOP, "configure"), "CC=clang", "CFLAGS=" + CFLAGS,
                            "--enable-asan", "--disable-hardening"])
    with open(log, "wb") as file:
        for command in commands:
            if subprocess.run(command, cwd=build, stdout=file, stderr=file, check=False).returncode:
                sys.exit(f"{command[0]} failed; see {log}")


def run(build, name, arguments):
    """Lets one target do what is asked for; its row, and whether something is wrong."""
    target = Target(build, name)
    target.fuzz(arguments.cpu_seconds)
    if arguments.keep:
        target.keep()
    crashes = len(os.listdir(target.crashes))
    covered = target.coverage(TARGETS[name])
    row = (f"{name:12} {target.done['runs']:12} {target.done['cpu_s'] / 60:8.1f} {crashes:8} "
           f"{covered:16.1f} %")
    return row, crashes > 0 or covered < LEAST_COVERED


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", "--cpu-seconds", type=float, default=60, help="of each target")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="targets at once")
    parser.add_argument("-b", "--build", default=os.path.join(TOP, "build-fuzz"))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("targets", nargs="*", metavar="TARGET", default=list(TARGETS))
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    build_targets(build, arguments.targets)
    print(f"{'target':12} {'runs':>12} {'CPU min':>8} {'crashes':>8} {'own lines covered':>18}")
    bad = False
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for row, is_bad in pool.map(lambda name: run(build, name, arguments), arguments.targets):
            print(row, flush=True)
            bad |= is_bad
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
