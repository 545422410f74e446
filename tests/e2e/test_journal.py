#!/usr/bin/python3
"""The notifier `journal` and a real systemd-journald, started as a plain child in mounts of its own: what
an alert becomes there, and that nothing is lost while there is no journal, or none that listens."""
import json
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, Daemon, Skip, clean, run, until  # noqa: E402

JOURNALD = "/lib/systemd/systemd-journald"
NAMESPACE = "tocsin"  # a journald with a namespace leaves the kernel's log and audit alone
DIRECTORY = "/run/systemd/journal"
CATALOGS, CATALOG_DATABASE = "/usr/lib/systemd/catalog", "/var/lib/systemd/catalog"
FIRING, RESOLVED = "4ece60dc2f18474d8009779ebf69ee82", "40ad4784392947f29435b18c531f77ae"
SUMMARY, TROUBLE = "211ddde8e4de4015be7bd911d13871d5", "57548c5931ab4d2e9b64384b98dd1f6b"


class Journal:
    """A journald of this test's own, where everybody looks for it. Its socket outlives it, as where
    systemd holds it, unless it is taken away."""

    def __init__(self):
        self.process = self.socket = None

    def __enter__(self):
        self.start()
        return self

    def listen(self):
        directory = f"{DIRECTORY}.{NAMESPACE}"
        os.makedirs(directory, exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"{directory}/socket")
        os.chmod(f"{directory}/socket", 0o666)

    def __exit__(self, *unused):
        self.go_away()
        subprocess.run(["rm", "-rf", f"/var/log/journal/{machine()}.{NAMESPACE}", f"{DIRECTORY}.{NAMESPACE}"],
                       check=True)

    def start(self):
        if not self.socket:
            self.listen()
        passed = f"exec 3<&{self.socket.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec {JOURNALD} {NAMESPACE}"
        self.process = subprocess.Popen(["sh", "-c", passed], pass_fds=[self.socket.fileno()],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.listens, "journald listens")

    def listens(self):
        assert self.process.poll() is None, f"journald ended with {self.process.returncode}"
        return self.answers()

    def answers(self):
        done = subprocess.run(["journalctl", f"--namespace={NAMESPACE}", "--sync"], capture_output=True, check=False)
        return done.returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def go_away(self):
        self.stop()
        os.unlink(f"{DIRECTORY}.{NAMESPACE}/socket")
        self.socket.close()
        self.socket = None

    def ctl(self, *args):
        assert self.answers()
        done = subprocess.run(["journalctl", f"--namespace={NAMESPACE}", "--no-pager", "-q", *args],
                              stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()

    def entries(self, *matches):
        return [json.loads(line) for line in self.ctl("-o", "json", "--all", *matches).splitlines()]

    def wait_for(self, n, *matches, timeout=60):
        entries = until(lambda: (lambda e: e if len(e) >= n else None)(self.entries(*matches)), f"{n} entries", timeout)
        assert len(entries) == n, f"{len(entries)} instead of {n}"
        return entries


def machine():
    with open("/etc/machine-id", encoding="ascii") as f:
        return f.read().strip()


def in_own_mounts():
    """Starts this program again where /run and /var/log are its own; says why it cannot."""
    if os.environ.get("TOCSIN_OWN_MOUNTS"):
        return None
    if os.geteuid() != 0:
        return "only root can start a journald of its own"
    missing = [path for path in (JOURNALD, "/etc/machine-id", CATALOGS, CATALOG_DATABASE) if not os.path.exists(path)]
    if missing:
        return f"there is no {missing[0]}"
    script = (f"for d in /run /var/log {CATALOGS} {CATALOG_DATABASE}; do mount -t tmpfs tmpfs $d; done; "
              f"mkdir -p /run/systemd /var/log/journal; ln -s journal.{NAMESPACE} {DIRECTORY}; "
              f"cp '{SRC}/systemd/tocsin.catalog' {CATALOGS}; exec \"$@\"")
    os.execvpe("unshare", ["unshare", "-m", "--propagation", "private", "sh", "-ec", script, "sh", sys.executable,
                           os.path.abspath(__file__)], dict(os.environ, TOCSIN_OWN_MOUNTS="1"))


def daemon(topics=None, **notifier):
    d = Daemon(topics=topics)
    d.config["notifiers"] = {"system": {"plugin": "journal", "retry-first": "100ms", "retry-max": "300ms", **notifier}}
    d.write_config()
    return d


def deliveries(d):
    return [delivery for alert in d.ask("alert", "list") for told in d.ask("alert", "show", alert["id"])["told"]
            for delivery in told["deliveries"]]


def wait_for_reason(d, text):
    until(lambda: any(text in one["reason"] for one in deliveries(d) if one["state"] == "deferred"), f"it says {text}")


# ---- what an alert becomes ----

def an_alert_is_an_entry():
    topics = {"harbour": {"query": '"harbour bridge"', "severity": "high", "labels": ["city", "traffic"]}}
    with Journal() as journal, daemon(topics) as d:
        d.start()
        path = d.drop("a.txt", " date 2026-01-31 News of the day.\n\nThe harbour bridge closes on Monday. No more.\n")
        (entry,) = journal.wait_for(1, f"MESSAGE_ID={FIRING}")
        (alert,) = d.ask("alert", "list")
        (delivery,) = deliveries(d)
        quote = "The harbour bridge closes on Monday."
        expected = {
            "MESSAGE": f"{alert['headline']} \u2014 \u201c{quote}\u201d ({path})", "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "tocsin", "TOCSIN_ALERT": alert["id"], "TOCSIN_DELIVERY": delivery["id"],
            "TOCSIN_ATTEMPT": "1", "TOCSIN_NUMBER": "1", "TOCSIN_STATUS": "firing", "TOCSIN_DETECTOR": "topics",
            "TOCSIN_TOPIC": "harbour", "TOCSIN_HEADLINE": alert["headline"], "TOCSIN_SEVERITY": "high",
            "TOCSIN_LABELS": ["city", "traffic"], "TOCSIN_SOURCE": "docs", "TOCSIN_PATH": path,
            "TOCSIN_TITLE": "News of the day.", "TOCSIN_DATE": "2026-01-31", "TOCSIN_QUOTE": quote,
            "TOCSIN_SOURCES": "1", "_UID": str(os.geteuid())}
        for name, value in expected.items():
            assert entry.get(name) == value, (name, entry.get(name), value)
        assert re.fullmatch("[0-9a-f]{64}", entry["TOCSIN_REVISION"]), entry
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["TOCSIN_STARTED"]), entry
        assert "TOCSIN_ENDED" not in entry and "TOCSIN_CHANGE" not in entry, entry
        # As people look for it.
        assert journal.entries(f"TOCSIN_TOPIC=harbour", "TOCSIN_LABELS=traffic", f"TOCSIN_PATH={path}") == [entry]
        until(lambda: d.ask("status")["deliver"][0]["sent"] == 1, "it counts as sent")


def it_reads_well():
    with Journal() as journal, daemon() as d:
        d.start()
        for name in ("one", "two"):
            d.drop(f"{name}.txt", f"A note.\n\nThe alarm of {name}\nwent off.\n")
            d.idle()
        short = journal.ctl("-t", "tocsin")
        lines = short.splitlines()
        assert clean(short) and len(lines) == 2, short
        for line, name in zip(lines, ("one", "two")):
            assert re.search(rf" tocsin\[\d+\]: alarm: A note\. — “The alarm of {name} went off\.” \({d.folder}/{name}\.txt\)$", line), line
        verbose = journal.ctl("-t", "tocsin", "-o", "verbose")
        for line in ("TOCSIN_TOPIC=alarm", f"TOCSIN_PATH={d.folder}/one.txt", "TOCSIN_SEVERITY=normal", "PRIORITY=5",
                     f"MESSAGE_ID={FIRING}"):
            assert f"    {line}\n" in verbose, (line, verbose)
        assert verbose.count("MESSAGE=") == 2 and "blob data" not in verbose, verbose


def hostile_names_and_texts_stay_in_their_fields():
    names = [b"a\nPRIORITY=0\n.txt", b"\xff\xfe.txt", "\u202e.txt".encode(), b"\x1b[2Jx.txt"]
    with Journal() as journal, daemon() as d:
        d.start()
        for i, name in enumerate(names):
            d.drop(os.fsdecode(name), f"The alarm\u202e of \x1b[31m number {i}\nMESSAGE_ID=1\nwent off.".encode())
        entries = journal.wait_for(len(names), f"MESSAGE_ID={FIRING}")
        seen = set()
        for entry in entries:
            assert entry["PRIORITY"] == "5" and entry["MESSAGE_ID"] == FIRING, entry
            assert isinstance(entry["MESSAGE"], str) and clean(entry["MESSAGE"]) and "\n" not in entry["MESSAGE"], entry
            path = entry["TOCSIN_PATH"]  # bytes, where they are no text
            seen.add(bytes(path) if isinstance(path, list) else path.encode())
        assert seen == {os.fsencode(d.folder) + b"/" + name for name in names}, seen
        assert len(journal.ctl("-t", "tocsin").splitlines()) == len(names)


def explained(journal, message_id, *texts):
    """By the catalog, which is all that `journalctl -x` knows here."""
    told = journal.ctl("-x", f"MESSAGE_ID={message_id}")
    for text in (*texts, "Defined-By: tocsin"):
        assert text in told, (text, told)
    assert "@" not in told, told


def the_catalog_explains_an_alert():
    with Journal() as journal, daemon() as d:
        d.start()
        path = d.drop("a.txt", "The alarm went off.\n")
        journal.wait_for(1, f"MESSAGE_ID={FIRING}")
        (alert,) = d.ask("alert", "list")
        explained(journal, FIRING, "The alarm went off.", f"It is {path}.", f"tocsinctl alert ack {alert['id']}")


def trouble_and_its_end_have_ids_of_their_own():
    with Journal() as journal, daemon() as d:
        d.start()
        os.rename(d.folder, d.folder + ".away")
        (trouble,) = journal.wait_for(1, f"MESSAGE_ID={TROUBLE}")
        assert trouble["TOCSIN_DETECTOR"] == "tocsin" and "is unavailable" in trouble["MESSAGE"], trouble
        assert trouble["PRIORITY"] == "4", trouble
        os.rename(d.folder + ".away", d.folder)
        (end,) = journal.wait_for(1, f"MESSAGE_ID={RESOLVED}")
        assert end["TOCSIN_ALERT"] == trouble["TOCSIN_ALERT"] and end["MESSAGE"].startswith("Ended: folder"), end
        assert end["PRIORITY"] == "5" and end["TOCSIN_ENDED"] > end["TOCSIN_STARTED"], end
        explained(journal, TROUBLE, "tocsin is in trouble: folder", "tocsinctl status")
        explained(journal, RESOLVED, "An alert has ended: folder", f"ended at {end['TOCSIN_ENDED']}")


def a_summary_has_an_id_of_its_own():
    with Journal() as journal, daemon(**{"per-minute": 1}) as d:
        d.start()
        for i in range(5):
            d.drop(f"{i}.txt", f"The alarm number {i} went off.\n")
        (summary,) = journal.wait_for(1, f"MESSAGE_ID={SUMMARY}", timeout=120)  # a minute it is
        assert "4 more alerts" in summary["MESSAGE"] and summary["TOCSIN_COUNT"], summary
        carried = journal.entries(f"MESSAGE_ID={FIRING}", f"TOCSIN_DELIVERY={summary['TOCSIN_DELIVERY']}")
        assert len(carried) == int(summary["TOCSIN_COUNT"]), carried
        explained(journal, SUMMARY, "tocsinctl alert list")


def priorities_are_options():
    with Journal() as journal, daemon(options={"normal": "err"}) as d:
        d.start()
        d.drop("a.txt", "The alarm went off.\n")
        (entry,) = journal.wait_for(1, f"MESSAGE_ID={FIRING}")
        assert entry["PRIORITY"] == "3", entry


# ---- while there is none ----

def nothing_is_lost_while_there_is_no_journal():
    with Journal() as journal, daemon() as d:
        d.start()
        journal.go_away()
        d.drop("a.txt", "The alarm went off.\n")
        wait_for_reason(d, "there is no journal (is systemd-journald running?)")
        journal.start()
        (entry,) = journal.wait_for(1, f"MESSAGE_ID={FIRING}")
        assert int(entry["TOCSIN_ATTEMPT"]) > 1, entry


def nor_while_it_is_started_again():
    with Journal() as journal, daemon() as d:
        d.start()
        for i in range(60):
            d.drop(f"{i}.txt", f"The alarm number {i} went off.\n")
            if i % 20 == 10:
                journal.stop()
                journal.start()
        until(lambda: d.ask("status")["deliver"][0]["sent"] == 60, "all count as sent")
        seen = [entry["TOCSIN_REVISION"] for entry in journal.entries(f"MESSAGE_ID={FIRING}")]
        assert len(seen) == len(set(seen)) == 60, (len(seen), len(set(seen)))


def nor_while_its_queue_is_full():
    with Journal() as journal, daemon(deadline="20s") as d:
        with open("/proc/sys/net/unix/max_dgram_qlen", encoding="ascii") as f:
            n = int(f.read()) + 20
        if n > 1000:
            raise Skip(f"the queue holds {n} entries")
        d.start()
        journal.process.send_signal(signal.SIGSTOP)
        try:
            for i in range(n):
                d.drop(f"{i}.txt", f"The alarm number {i} went off.\n")
            wait_for_reason(d, "the journal takes no more at the moment: its queue is full")
        finally:
            journal.process.send_signal(signal.SIGCONT)
        until(lambda: d.ask("status")["deliver"][0]["sent"] == n, "all count as sent")
        seen = [entry["TOCSIN_REVISION"] for entry in journal.entries(f"MESSAGE_ID={FIRING}")]
        assert len(seen) == len(set(seen)) == n, (len(seen), len(set(seen)), n)


def a_killed_host_loses_nothing():
    with Journal() as journal, daemon() as d:
        d.start()
        for i in range(40):
            d.drop(f"{i}.txt", f"The alarm number {i} went off.\n")
            if i in (10, 30):
                d.kill_hosts("notifier")
        ids = {}

        def look():
            for entry in journal.entries(f"MESSAGE_ID={FIRING}"):
                assert ids.setdefault(entry["TOCSIN_REVISION"], entry["TOCSIN_DELIVERY"]) == entry["TOCSIN_DELIVERY"]
            return len(ids) == 40

        until(look, "all are told")


def an_entry_larger_than_a_packet_arrives():
    with Journal() as journal, daemon(plugin="culprit-journal", options={"deed": "tell-large"}) as d:
        d.start()
        d.drop("a.txt", "The alarm went off.\n")
        (entry,) = journal.wait_for(1, "SYSLOG_IDENTIFIER=tocsin-culprit")
        assert entry["TOCSIN_VALUE"] == "x" * (1024 * 1024), len(entry["TOCSIN_VALUE"])


if __name__ == "__main__":
    reason = in_own_mounts()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    subprocess.run(["journalctl", "--update-catalog"], check=True)
    run([an_alert_is_an_entry, it_reads_well, hostile_names_and_texts_stay_in_their_fields, the_catalog_explains_an_alert,
         trouble_and_its_end_have_ids_of_their_own, a_summary_has_an_id_of_its_own, priorities_are_options,
         nothing_is_lost_while_there_is_no_journal, nor_while_it_is_started_again,
         nor_while_its_queue_is_full, a_killed_host_loses_nothing, an_entry_larger_than_a_packet_arrives])
