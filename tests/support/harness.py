"""What the end-to-end tests share: a real daemon over a real folder, tocsinctl, and TAP.

A test file is a list of functions and `run([...])` at its end. A function that returns has passed,
one that raises has failed; `Skip(reason)` skips. Nothing sleeps for luck: `until` waits for a
condition, with a bound.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

SRC = os.environ.get("TOCSIN_SRCDIR", os.path.abspath(os.path.join(os.path.dirname(__file__), "../..")))
BUILD = os.environ.get("TOCSIN_BUILDDIR", os.path.join(SRC, "build"))
SHARED = os.environ.get("TOCSIN_SHARED", os.path.join(os.path.dirname(SRC), "shared"))
TOCSIND = os.path.join(BUILD, "tocsind")
TOCSINCTL = os.path.join(BUILD, "tocsinctl")
HOST = os.path.join(BUILD, "daemon", "host", "tocsin-host")
PLUGINS = os.path.join(BUILD, ".libs")
TIMEOUT = 60  # for what takes milliseconds on an idle machine


class Skip(Exception):
    """This machine lacks what the test needs; the text says what."""


def run(tests):
    """Runs the functions, prints TAP, ends the program."""
    # A shell lets what it starts in the background ignore it, and so would all that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except BaseException:  # the next test is to run whatever happened
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print("#", line)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


def until(condition, what, timeout=TIMEOUT):
    """Waits until condition() is true and returns its value; fails after the bound."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.01)


def clean(text):
    """Holds nothing that steers a terminal or turns a line around; lines may end."""
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


def built_with(macro):
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as f:
        return f"#define {macro} 1" in f.read()


def sanitized():
    """Hosts built so lift the limit of memory and the filter of system calls."""
    return built_with("TOCSIN_SANITIZED")


def counted():
    """Built for coverage: hosts lift all layers, for what they count is written when they end."""
    return built_with("TOCSIN_COVERAGE")


def lifts_layers():
    return sanitized() or counted()


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def yaml(value, indent=0):
    """Writes nested dicts, lists and scalars as YAML; texts are quoted."""
    pad = "  " * indent
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            if isinstance(item, (dict, list)) and item:
                lines.append(f"{pad}{key}:\n{yaml(item, indent + 1)}")
            elif isinstance(item, dict):
                lines.append(f"{pad}{key}: {{}}")
            else:
                lines.append(f"{pad}{key}: {scalar(item)}")
        return "\n".join(lines)
    return "\n".join(
        f"{pad}-\n{yaml(item, indent + 1)}" if isinstance(item, dict) else f"{pad}- {scalar(item)}"
        for item in value
    )


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    return "'" + str(value).replace("'", "''") + "'"


class Daemon:
    """tocsind over a folder of its own, in a directory that goes away with it. `plugins` is a folder in
    which plugins are looked for before those of the build."""

    def __init__(self, topics=None, config=None, env=None, folder=None, wrap=(), user=None, plugins=None):
        self.dir = tempfile.mkdtemp(prefix="tocsin-e2e-")
        self.folder = folder or os.path.join(self.dir, "docs")
        self.state = os.path.join(self.dir, "state")
        self.runtime = os.path.join(self.dir, "run")
        self.config_file = os.path.join(self.dir, "tocsin.yaml")
        self.topics_file = os.path.join(self.dir, "topics.yaml")
        self.log_file = os.path.join(self.dir, "log")
        self.out_file = os.path.join(self.dir, "out")
        # Debian's programs, whatever the person who runs the tests has beside them: a sandbox may not read
        # what is in a home.
        self.env = dict(os.environ, **{"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **(env or {})})
        self.wrap = list(wrap)
        self.plugins = PLUGINS if plugins is None else f"{plugins}:{PLUGINS}"
        self.process = None
        os.makedirs(self.folder, exist_ok=True)
        self.write_topics(topics or {"alarm": {"query": "alarm"}})
        self.config = {
            "folders": {"docs": {"path": self.folder, "first-start": "all", "settle": "0"}},
            "detectors": {"topics": {"options": {"files": self.topics_file}}},
            "notifiers": {"stdout": {"options": {"format": "json"}}},
        }
        for key, value in (config or {}).items():
            self.config[key] = value
        self.write_config()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
        if sys.exc_info()[0]:
            for line in self.log().splitlines()[-40:]:
                print("# log:", line)
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- files ----

    def write_topics(self, topics):
        with open(self.topics_file, "w", encoding="utf-8") as f:
            f.write(yaml({"topics": topics}) + "\n")

    def write_config(self, text=None):
        with open(self.config_file, "w", encoding="utf-8") as f:
            f.write(text if text is not None else yaml(self.config) + "\n")

    def drop(self, name, text):
        """Writes a document as most programs do: open, write, close."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def log(self):
        try:
            with open(self.log_file, encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def kept(self):
        """Every file below the state directory but the lock, with its bytes."""
        found = {}
        for folder, _, names in os.walk(self.state):
            for name in set(names) - {"lock"}:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, self.state)] = f.read()
        return found

    # ---- the process ----

    def command(self, *more):
        return self.wrap + [TOCSIND, "--config", self.config_file, "--state", self.state, "--runtime",
                            self.runtime, "--host", HOST, "--plugins", self.plugins, *more]

    def start(self, *more, ready=True):
        with open(self.log_file, "ab") as log, open(self.out_file, "ab") as out:
            self.process = subprocess.Popen(self.command(*more), stdout=out, stderr=log, env=self.env)
        if ready:
            until(lambda: self.is_ready(), "the daemon is ready")
        return self

    def is_ready(self):
        assert self.process.poll() is None, f"tocsind ended with {self.process.returncode}:\n{self.log()}"
        code, status, _ = self.ctl("status")
        return code == 0 and status["ready"] and all(s["state"] != "starting" for s in status["sources"])

    def stop(self, sig=signal.SIGTERM):
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            code = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("tocsind did not end") from None
        finally:
            self.process = None
        return code

    def restart(self, sig=signal.SIGTERM):
        self.stop(sig)
        return self.start()

    def kill_hosts(self, role):
        """Kills the hosts of a role; one that has died since it was listed is nobody to signal."""
        for host in self.ask("status")["hosts"]:
            if host["role"] != role:
                continue
            try:
                pidfd = os.pidfd_open(host["pid"])
            except ProcessLookupError:
                continue
            try:
                # Its number may be another's by now.
                with open(f"/proc/{host['pid']}/stat", encoding="utf-8", errors="replace") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                if parent == self.process.pid:
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass
            finally:
                os.close(pidfd)

    # ---- tocsinctl ----

    def ctl(self, *args, output="json"):
        """Exit status, what it printed (parsed if JSON), what it said on standard error."""
        done = subprocess.run(
            [TOCSINCTL, "--socket", os.path.join(self.runtime, "control"), "--config", self.config_file,
             "--host", HOST, "--plugins", self.plugins, "--output", output, *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env, timeout=TIMEOUT, check=False)
        text = done.stdout.decode()
        if output == "json" and done.returncode == 0:
            text = json.loads(text)
        return done.returncode, text, done.stderr.decode()

    def ask(self, *args):
        code, value, errors = self.ctl(*args)
        assert code == 0, f"tocsinctl {' '.join(args)}: {code}: {errors}"
        return value

    # ---- what happened ----

    def rang(self):
        """What the stdout notifier was told so far: a list of revisions."""
        with open(self.out_file, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.startswith("{") and line.endswith("\n")]

    def rings(self, n, timeout=TIMEOUT):
        """Waits until n revisions rang, and fails if there are more."""
        rang = until(lambda: (lambda r: r if len(r) >= n else None)(self.rang()), f"{n} rings", timeout)
        assert len(rang) == n, f"{len(rang)} rings instead of {n}: {[r['headline'] for r in rang]}"
        return rang

    def idle(self):
        """Everything that was dropped is read, detected, decided and delivered."""
        def quiet():
            status = self.ask("status")
            waiting = sum(s["waiting"] for s in status["sources"])
            detect, deliver = status["detect"], status["deliver"]
            busy = detect["queued"] + detect["running"] + status["store_backlog"] + waiting
            busy += sum(d["queued"] + d["sending"] for d in deliver)
            return status if busy == 0 else None

        for _ in range(3):  # one look may fall between two stages
            status = until(quiet, "nothing on its way")
            time.sleep(0.02)
        return status

    def silent(self, rings):
        """After everything settled, nothing more rang than that many."""
        self.idle()
        rang = self.rang()
        assert len(rang) == rings, f"{len(rang)} rings instead of {rings}: {[r['headline'] for r in rang]}"


@contextlib.contextmanager
def daemon(**options):
    with Daemon(**options) as d:
        d.start()
        yield d
