#!/usr/bin/python3
"""Every command of tocsinctl, taken from the program's own table: what it prints for people and as JSON
and what it ends with, on a live daemon with documents, alerts and a quarantine; with wrong arguments;
with names of nothing; and without a daemon. A command that has no case here makes this red, and so does
one that ends as its help does not say. Single verbs in depth: test_ctl.py."""
import atexit
import collections
import functools
import json
import os
import pwd
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, TIMEOUT, TOCSINCTL, Daemon, Skip, clean, run, until  # noqa: E402

GOOD = "There is a needle, and an alarm.\n"
POISON = "There is poison beside the needle, and an alarm.\n"


def table():
    done = subprocess.run([TOCSINCTL, "--output", "json", "--help"], capture_output=True, check=True, timeout=60)
    return {command["name"]: command for command in json.loads(done.stdout)["commands"]}


TABLE = table()


class World(Daemon):
    """A daemon to which everything happened that a command may tell of."""

    def __init__(self):
        super().__init__(topics={"alarm": {"query": "alarm"}, "fire": {"query": "fire AND hose"}})
        if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
            raise Skip("the plugin that misbehaves is not built (make check builds it)")
        self.config["detectors"]["bad"] = {"plugin": "misdeed",
                                           "options": {"deed": "crash", "late": "yes", "only": "poison"}}
        self.write_config()

    def live(self):
        self.start()
        self.good, self.poison = self.drop("good.txt", GOOD), self.drop("poison.txt", POISON)
        until(lambda: self.ask("quarantine", "list"), "a document is quarantined")
        until(lambda: len(self.ask("alert", "list")) == 4, "all alerts are made")  # alarm twice, needle, quarantine
        self.idle()
        (self.alert,) = [a for a in self.ask("alert", "list") if a["headline"] == "alarm: There is a needle, and an alarm."]
        return self

    def ends(self, code, *args, output="json"):
        """What was printed, or said if it failed; the status is this one, and one that the help names."""
        got, out, said = self.ctl(*args, output=output)
        name = next(n for n in (" ".join(args[:2]), args[0]) if n in TABLE)
        assert got == code, f"tocsinctl {' '.join(args)}: {got} instead of {code}: {said}"
        assert got in [status["status"] for status in TABLE[name]["statuses"]], f"{name} does not say that it ends so"
        assert clean(said) and (output == "json" or clean(out.replace("\t", ""))), (out, said)
        assert bool(said) == (code != 0), said
        return out if code == 0 else said

    def both(self, *args, text, code=0):
        """The JSON; what is printed for people matches."""
        shown = self.ends(code, *args, output="text")
        assert re.search(text, shown, re.M), f"tocsinctl {' '.join(args)}: {text!r} is not in:\n{shown}"
        return self.ends(code, *args)


# ---- one case a command ----

def status(d):
    told = d.both("status", text=r"^documents: 2 known;.*$")
    assert told["documents"]["known"] == 2 and told["detect"]["quarantined"] == 1 and told["ready"] is True, told


def metrics(d):
    told = d.both("metrics", text=r"^tocsin_ready 1$")
    assert told["tocsin_ready"]["samples"] == [{"labels": {}, "value": 1}], told


def follow(d):
    for output, words in (("text", r"^paus"), ("json", r'^\{"event":"paus.*\}$')):
        process = subprocess.Popen([TOCSINCTL, "--socket", d.runtime + "/control", "--output", output, "follow"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = []
        reader = threading.Thread(target=lambda p, to: to.extend(iter(p.stdout.readline, "")), args=(process, lines), daemon=True)
        reader.start()

        def heard():  # it listens from the first event that it prints
            d.ask("pause")
            d.ask("resume")
            return re.search(words, "".join(lines), re.M)
        try:
            until(heard, "an event is told")
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
            reader.join()
            process.stdout.close()
            process.stderr.close()
        assert code == -signal.SIGINT and all(clean(line) for line in lines), (code, lines)
        assert output == "text" or all("event" in json.loads(line) for line in lines), lines


def pause(d):
    assert d.both("pause", text=r"\Apaused\n\Z") == {"paused": True}
    assert d.ask("status")["paused"] is True
    d.ask("resume")


def resume(d):
    d.ask("pause")
    assert d.both("resume", text=r"\Aresumed\n\Z") == {"paused": False}
    assert d.ask("status")["paused"] is False


def alert_list(d):
    alerts = d.both("alert", "list", text=r"^[0-9a-f]{8}  20.*  open +.*  \(topics: alarm, 1 source\)$")
    assert {a["topic"] for a in alerts} >= {"alarm", "needle"} and len(alerts) == 4, alerts
    assert d.both("alert", "list", "closed", text=r"\Ano alerts\n\Z") == []
    assert 'there is no state "opne" (did you mean "open"?)' in d.ends(64, "alert", "list", "opne")
    ids = [a["id"] for a in alerts]
    parts = [d.ask("alert", "list", "limit=2"), d.ask("alert", "list", f"after={ids[1][:8]}")]
    assert [a["id"] for part in parts for a in part] == ids, parts
    assert {a["topic"] for a in d.ask("alert", "list", "topic=ala*", "open", "since=1h")} == {"alarm"}
    assert d.ask("alert", "list", "until=2001-02-03") == d.ask("alert", "list", "since=2101-02-03 16:00") == []
    for wrong, said in (("since=soon", '"soon" is no time'), ("since=2026-02-30", "is no time"),
                        ("until=2026-02-03 24:00", "is no time"), ("limit=0", '"0" is no limit'),
                        ("state=x", 'no state "x"'), ("tpoic=x", 'no state "tpoic=x"')):
        assert said in d.ends(64, "alert", "list", wrong)
    assert "there is no alert" in d.ends(65, "alert", "list", "after=" + "0" * 64)


def alert_search(d):
    alerts = d.both("alert", "search", "needle", "an alarm", text=r"^[0-9a-f]{8}  20.*  \(topics: alarm, 1 source\)$")
    assert {a["topic"] for a in alerts} == {"alarm", "needle"}, alerts
    assert {a["detector"] for a in d.ask("alert", "search", "good.txt")} == {"topics", "bad"}
    assert {a["detector"] for a in d.ask("alert", "search", "POIS*")} == {"topics", "tocsin"}, d.ask("alert", "search", "POIS*")
    assert d.ask("alert", "search", "good.txt", "topic=alarm", "state=open", "since=1d")[0]["id"] == d.alert["id"]
    assert d.both("alert", "search", "needle", "topic=fire", text=r"\Ano alerts\n\Z") == []
    assert d.ask("alert", "search", "NOT", "a=b") == [] and d.ask("alert", "search", '"needle') != []
    assert '"(*" has no letters' in d.ends(65, "alert", "search", "(*")
    assert "is no time" in d.ends(64, "alert", "search", "needle", "since=soon")


def alert_suppressed(d):
    said = d.both("alert", "suppressed", text=r"^ +\d+  [a-z-]+ +[a-z]|^everything that was found rang$")
    assert all(reason["why"] and reason["n"] > 0 for reason in said["reasons"]), said
    assert 'there is no reason "nix"' in d.ends(65, "alert", "suppressed", "nix")
    assert "is no time" in d.ends(64, "alert", "suppressed", "since=soon")
    assert d.ask("alert", "suppressed", "muted", "since=1m")["findings"] == []


def alert_show(d):
    alert = d.alert
    shown = d.both("alert", "show", alert["id"][:8], text=r"^      “There is a needle, and an »alarm«\.”$")
    assert shown["id"] == alert["id"] and shown["findings"][0]["file"] == d.good, shown
    assert "there is no alert" in d.ends(65, "alert", "show", "0" * 64)
    assert "4 to 64 hex digits" in d.ends(65, "alert", "show", "xyz")


def alert_ack(d):
    alert = d.alert
    assert d.both("alert", "ack", alert["id"], text=rf"\Aacknowledged {alert['id']}\n\Z") == {"done": True}
    assert [a["id"] for a in d.ask("alert", "list", "acknowledged")] == [alert["id"]]
    assert "there is no alert" in d.ends(65, "alert", "ack", "0" * 64)


def poisoned(d):
    (alert,) = [a for a in d.ask("alert", "list") if a["headline"] == "alarm: There is poison beside the needle, and an alarm."]
    return alert["id"]


def alert_snooze(d):
    name = poisoned(d)
    assert d.both("alert", "snooze", name, "2h", text=rf"\Asnoozed {name} for 2h\n\Z") == {"done": True}
    until_ms = d.ask("alert", "show", name)["snoozed_until_ms"]
    assert 7100 < until_ms / 1000 - time.time() < 7300, until_ms
    d.both("alert", "snooze", name[:8], text=rf"\Asnoozed {name[:8]} for 1h\n\Z")
    d.both("alert", "list", text=rf"{name[:8]}  .*  snoozed ")
    assert '"soon" is no duration' in d.ends(64, "alert", "snooze", name, "soon")
    assert "there is no alert" in d.ends(65, "alert", "snooze", "0" * 64)


def alert_close(d):
    name = poisoned(d)
    assert d.both("alert", "close", name, text=rf"\Aclosed {name}\n\Z") == {"done": True}
    assert name in [a["id"] for a in d.ask("alert", "list", "closed")]
    assert "there is no alert" in d.ends(65, "alert", "close", "0" * 64)


def heard(d, text):
    """What came of an alarm in a new document: its outcome, and who or what decided."""
    path = d.drop(f"{len(os.listdir(d.folder))}.txt", text)
    until(lambda: path in [f["file"] for f in d.ask("document", "list")], "it is read")
    d.idle()
    (finding,) = [f for f in d.ask("document", "show", path)["findings"] if f["topic"] == "alarm"]
    outcome = finding["outcome"]
    assert d.both("explain", path, text=rf"^ +{outcome}: .*$")
    d.ask("document", "forget", path)
    os.remove(path)
    return outcome


def alert_mute(d):
    name = d.alert["id"]
    assert d.both("alert", "mute", name, "7d", text=rf"\Amuted the topic of {name} for 7d\n\Z") == {"done": True}
    assert heard(d, "An alarm while it is muted.") == "muted"
    d.both("alert", "mute", name, text=rf"\Amuted the topic of {name}\n\Z")
    assert "there is no alert" in d.ends(65, "alert", "mute", "0" * 64)


def alert_unmute(d):
    name = d.alert["id"]
    assert d.both("alert", "unmute", name, text=rf"\Athe topic of {name} is no longer muted\n\Z") == {"done": True}
    assert heard(d, "An alarm when it is not.") == "rang"
    assert "there is no alert" in d.ends(65, "alert", "unmute", "0" * 64)


def route_test(d):
    told = d.both("route", "test", "topic=alarm", text=r"\Aat 20\S+ \S+ this is told\n  stdout: at once\n\Z")
    assert [(t["notifier"], t["outcome"]) for t in told["told"]] == [("stdout", "rang")], told
    later = d.ends(0, "route", "test", "label=a", "label=b", "source=docs", "detector=bad", "severity=urgent", "--at", "2100-01-01 UTC")
    assert later["at_ms"] == 4102444800000, later
    d.config["routes"] = [{"topic": "al*", "notify": ["stdout"], "shadow": True}, {"topic": "alarm", "notify": ["stdout"]}]
    d.write_config()
    d.ask("reload")
    try:
        d.both("route", "test", "topic=alarm", text=r"\Aat \S+ \S+ this is told\n  stdout: at once \(\S+\)\n\Z")
        told = d.both("route", "test", "topic=alert", text=r"\Aat \S+ \S+ nobody is told: the alert is listed\n"
                      r"  stdout: not told: it is on trial, and rings nobody \(\S+:\d+\)\n\Z")
        assert [(t["notifier"], t["outcome"]) for t in told["told"]] == [("stdout", "shadow")], told
    finally:
        del d.config["routes"]
        d.write_config()
        d.ask("reload")
    assert "is not of the form topic=NAME" in d.ends(64, "route", "test", "alarm")
    assert '"huge" is none of low, normal, high and urgent' in d.ends(64, "route", "test", "severity=huge")
    assert "a hour from 0 to 23, not 25" in d.ends(64, "route", "test", "--at", "25:00")


def silence_list(d):
    assert d.both("silence", "list", text=r"\Ano silences\n\Z") == []
    assert '"some" is not "all"' in d.ends(64, "silence", "list", "some")


def silence_add(d):
    me = pwd.getpwuid(os.getuid()).pw_name
    made = d.both("silence", "add", "2h", "topic=al*", "source=docs", "comment=for a while",
                  text=r"\Asilence 1, for 2h\n\Z")
    assert made == {"id": 2}, made
    (one, two) = d.both("silence", "list", text=rf"^2  until 2.* source=docs  topic=al\*  \({me}: for a while\)$")
    assert one["matcher"] == two["matcher"] == {"topic": ["al*"], "source": ["docs"]}, one
    assert two["author"] == me and two["until_ms"] - two["from_ms"] == 7200000, two
    assert heard(d, "An alarm in a silence.") == "silenced"
    assert "is not of the form topic=PATTERN" in d.ends(64, "silence", "add", "2h", "alarm")
    assert "a silence lasts for a duration" in d.ends(64, "silence", "add", "soon", "topic=alarm")
    for wrong, why in ((["person=me"], 'there is no "person" to match'), (["comment=of all"], "a silence of everything is a pause")):
        assert why in d.ends(65, "silence", "add", "2h", *wrong)


def silence_end(d):
    assert d.ends(0, "silence", "end", "1", output="text") == "silence 1 has ended\n"
    assert d.ends(0, "silence", "end", "2") == {"id": 2}
    assert d.both("silence", "list", text=r"\Ano silences\n\Z") == []
    assert len(d.both("silence", "list", "all", text=r"^2  ended 2.*$")) == 2
    assert heard(d, "An alarm after the silence.") == "rang"
    assert "no silence 1 holds" in d.ends(65, "silence", "end", "1")
    assert '"x" is no number of a silence' in d.ends(64, "silence", "end", "x")


def fact_list(d):
    assert d.both("fact", "list", text=r"\Ano facts\n\Z") == []


def fact_extract(d):
    """What is found, with lists that know who is who: test_facts.py."""
    code, out, _ = d.ctl("fact", "extract", d.good, output="jsonl")
    assert code == 0 and json.loads(out) == {"doc": "good.txt", "lang": None, "findings": []}, out
    assert "No such file" in d.ends(66, "fact", "extract", d.dir + "/nix.txt")


def explain(d):
    told = d.both("explain", d.good, text=r"^✓ alarm \(topics\)$|^  ✓ alarm \(topics\)$")
    assert told["file"] == d.good and {f["topic"] for f in told["findings"]} == {"alarm", "needle"}, told
    one = d.both("explain", str(told["document"]), "fire", text=r"✗ fire: not in the text")
    assert [t["matches"] for t in one["topics"] if t["detector"] == "topics"] == [False], one
    assert "no document of that number or path" in d.ends(65, "explain", d.folder + "/nix")


def source_list(d):
    (source,) = d.both("source", "list", text=rf"^  docs  watching  {d.folder}$")
    assert source["name"] == "docs" and source["path"] == d.folder and source["opened"] >= 2, source


def source_rescan(d):
    assert d.both("source", "rescan", text=r"\Alisting 1 folder again\n\Z") == {"rescanning": 1}
    assert d.both("source", "rescan", "docs", text="1 folder") == {"rescanning": 1}
    assert 'no folder is named "nix"' in d.ends(65, "source", "rescan", "nix")


def document_list(d):
    rows = d.both("document", "list", text=r"^\d+ +docs +live +1 +20\S+ \S+ +good\.txt +There is a needle, and an alarm\.$")
    # What was dropped to be silenced and the like is gone again.
    assert {row["path"] for row in rows if row["state"] == "live"} == {"good.txt", "poison.txt"}, rows
    assert [row["path"] for row in d.ask("document", "list", "po*")] == ["poison.txt"]
    assert d.both("document", "list", "unread", text=r"\Aevery file could be read\n\Z") == []


def document_show(d):
    shown = d.both("document", "show", d.poison, text=r"^  version 1: detector bad is not asked any more, quarantined: ")
    assert shown["path"] == "poison.txt" and shown["pending"][0]["detector"] == "bad", shown
    assert "no document of that number or path" in d.ends(65, "document", "show", d.folder + "/nix")


def document_forget(d):
    path = d.drop("private.txt", "Nothing of note.\n")
    until(lambda: "private.txt" in str(d.ask("document", "list")), "it is a document")
    told = d.both("document", "forget", path, text=r"^forgot document \d+: 1 version, 1 text, 0 findings, 0 alerts, "
                                                   r"0 deliveries cancelled$")
    assert set(told) == {"document", "versions", "texts", "findings", "alerts", "cancelled"}, told
    assert "no document of that number or path" in d.ends(65, "document", "forget", d.folder + "/nix")
    os.unlink(path)
    until(lambda: d.ask("document", "show", path)["state"] == "removed", "it is gone")


def quarantine_list(d):
    (row,) = d.both("quarantine", "list", text=r"^\d+ +bad +2 +poison\.txt +\S")
    assert row["detector"] == "bad" and row["path"] == "poison.txt" and "crash" in row["reason"], row


def quarantine_release(d):
    (row,) = d.ask("quarantine", "list")
    shown = d.ends(0, "quarantine", "release", "bad", str(row["document"]), output="text")
    assert shown == "1 document to be tried again\n", shown
    until(lambda: d.ask("quarantine", "list"), "it is quarantined again")
    assert d.ends(0, "quarantine", "release", "bad") == {"released": 1}
    until(lambda: d.ask("quarantine", "list"), "it is quarantined again")
    assert d.both("quarantine", "release", "topics", text="nothing of that is quarantined") == {"released": 0}
    assert 'no detector is named "nix"' in d.ends(65, "quarantine", "release", "nix")
    assert "no document's number" in d.ends(64, "quarantine", "release", "bad", "x")


def topic_list(d):
    topics = d.both("topic", "list", text=rf"^fire  fire AND hose  {re.escape(d.topics_file)}:\d+$")
    assert {t["name"] for t in topics} >= {"alarm", "fire"}, topics


def topic_check(d):
    topics = d.both("topic", "check", d.topics_file, text=r"^fire: fire AND hose$")
    assert [t["name"] for t in topics] == ["alarm", "fire"], topics
    assert "No such file" in d.ends(78, "topic", "check", d.dir + "/nix.yaml")


def topic_tree(d):
    topics = d.both("topic", "tree", d.topics_file, text=r"^fire, filed under (fire|hose)$")
    tree = {t["name"]: t for t in topics}["fire"]["tree"]
    assert [part["query"] for part in tree["parts"]] == ["fire", "hose"], tree
    assert "No such file" in d.ends(78, "topic", "tree", d.dir + "/nix.yaml")


def topic_match(d):
    folder = os.path.join(d.dir, "batch")
    os.makedirs(folder, exist_ok=True)
    bulk = os.path.join(d.dir, "bulk.jsonl")
    with open(bulk, "w", encoding="utf-8") as f:
        f.write('{"name": "hose", "query": "\\"fire hose\\"~3", "labels": ["x"], "severity": "low"}\n')
    for name, text in (("a.txt", "A hose for the fire."), ("b.txt", "Nothing.")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    for jobs in "1", "3":
        code, out, said = d.ctl("topic", "match", "--topics", bulk, "--topics", d.topics_file,
                                "--jobs", jobs, "--stats", folder, output="text")
        assert (code, out) == (0, "".join(f"{folder}/a.txt\t{t}\n" for t in ("hose", "fire"))), (out, said)
        assert "documents 2\n" in said and "matches_per_document 1.00\n" in said, said
    assert "usage" in d.ends(64, "topic", "match", folder)
    d.ends(66, "topic", "match", "--topics", bulk, folder + "/nix")


def topic_backfill(d):
    assert d.both("topic", "backfill", "fire", "--since", "1d", text=r"\Alooking for fire in 2 versions\n\Z") == {"versions": 2}
    assert d.ask("topic", "backfill", "fire", "--since", "2101-02-03") == {"versions": 0}
    assert 'no topic "nix" is in force' in d.ends(65, "topic", "backfill", "nix")
    assert '"soon" is no time' in d.ends(64, "topic", "backfill", "fire", "--since", "soon")
    d.idle()
    assert d.ask("alert", "list", "topic=fire") == []


def topic_backtest(d):
    told = d.both("topic", "backtest", "alarm", text=r"^alarm: 2 rings, 2.0 a day, 14.0 a week, at most 2 \(20.*\)\n  20\S+  docs/\S+: “.*alarm")
    (topic,) = told["topics"]
    assert (topic["topic"], topic["rings"], told["versions"], told["gone"]) == ("alarm", 2, 2, 0), told
    # Topics that are not in force.
    path = os.path.join(d.dir, "trial.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("topics: {poison: {query: poison}, fog: {query: fog}}")
    told = d.both("topic", "backtest", path, "--since", "1d", text=r"^2 versions in 1 days, 1 rings; 1 topics ring for none$")
    assert {t["topic"]: t["rings"] for t in told["topics"]} == {"poison": 1, "fog": 0}, told
    told = d.both("topic", "backtest", "--since", "2101-02-03", text=r"^0 versions")
    assert {t["topic"] for t in told["topics"]} == {"alarm", "fire"}, told
    assert 'there is no topic "nix"' in d.ends(65, "topic", "backtest", "nix")
    assert '"soon" is no time' in d.ends(64, "topic", "backtest", "--since", "soon")
    with open(path, "w", encoding="utf-8") as f:
        f.write("topics: {poison: {query: (}}")
    assert "trial.yaml:1" in d.ends(78, "topic", "backtest", path)


def topic_test(d):
    folder = os.path.join(d.dir, "suites")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "a.test.yaml")

    def suite(tests, topics='{topics: {fire: {query: "fire AND NOT drill"}, hose: {query: \'"fire hose"\'}}}'):
        with open(os.path.join(folder, "a.yaml"), "w", encoding="utf-8") as f:
            f.write(topics)
        with open(path, "w", encoding="utf-8") as f:
            f.write(tests)
    suite('tests: [{text: A fire hose., expect: [fire, {topic: hose, quote: A fire hose}]}, {text: A drill., expect: []}]')
    d.both("topic", "test", folder, text=r"\A2 tests, 0 failed\n\Z")
    suite("""tests:
  - {name: a drill, text: A fire drill., expect: [fire]}
  - {text: A fire., expect: []}
  - {text: A fire., not: [fire, hose]}
  - {text: A fire., expect: [{topic: fire, quote: hose}]}
  - {text: A fire., expect: [fire, nix]}
  - {file: nix.txt, not: [fire]}
  - {text: Nothing., not: [fire]}
""")
    code, out, said = d.ctl("topic", "test", path, output="text")
    assert (code, said) == (1, "") and out.endswith("7 tests, 6 failed\n") and clean(out), (code, out, said)
    for words in (rf"^{path}:2: a drill\n  fire: expected, and does not match:\n    no  .*\n(.*\n)*      no  NOT drill: ",
                  r"^.*:3: test 2\n  fire: not expected, and matches:\n    yes fire", r"^.*:4: test 3\n  fire: not expected",
                  r'fire: matches, and not by "hose":$', r"nix: there is no such topic$", r"nix.txt: No such file"):
        assert re.search(words, out, re.M), (words, out)
    code, out, _ = d.ctl("topic", "test", path)
    assert code == 1 and [t["passed"] for t in json.loads(out)] == [False] * 6 + [True], out
    for wrong, words in (("tests: []", "there are no tests"), ("test: [{text: x, expect: []}]", 'did you mean "tests"'),
                         ("tests: [{text: x, file: y, expect: []}]", 'either "text" or "file"'),
                         ("tests: [{text: x}]", "says what it expects"), ("tests: [x]", "a test is a map"),
                         ("tests: [{text: x, expect: [[a]]}]", "an entry is a topic's name")):
        suite(wrong)
        assert words in d.ends(78, "topic", "test", path), wrong
    suite("tests: [{text: x, expect: []}]", topics="topics: {fire: {query: (}}")
    assert "a.yaml:1" in d.ends(78, "topic", "test", path)
    assert "there are no files NAME.test.yaml" in d.ends(66, "topic", "test", d.topics_file)


def test(d):
    (found,) = d.both("test", d.good, text=r"^  alarm: .*  \(topics: alarm\)$")
    assert {f["topic"] for f in found["findings"]} == {"alarm", "needle"}, found
    other = os.path.join(d.dir, "other.txt")
    with open(other, "w", encoding="utf-8") as f:
        f.write("Nothing of note.\n")
    code, out, _ = d.ctl("test", other, output="text")
    assert code == 1 and f"{other}: nothing found" in out, (code, out)
    assert "No such file" in d.ends(2, "test", d.dir + "/nix.txt")
    assert 1 in [s["status"] for s in TABLE["test"]["statuses"]]


def notifier_test(d):
    n = len(d.rang())
    assert d.both("notifier", "test", "stdout", text=r"\Astdout took it\n\Z") == {"done": True}
    until(lambda: len(d.rang()) == n + 2, "both tests came")
    assert 'no notifier is named "nix"' in d.ends(65, "notifier", "test", "nix")


def notifier_list(d):
    (notifier,) = d.both("notifier", "list", text=r"^stdout  up  plugin stdout, powers none, concurrency 1$")
    assert notifier["notifier"] == "stdout" and notifier["sent"] == 4 and notifier["hosts"], notifier


def delivery_list(d):
    rows = d.both("delivery", "list", text=r"^[0-9a-f]{8} +stdout +sent +1 +\d+[sm] +alarm: There is a needle")
    assert collections.Counter(row["state"] for row in rows) == {"sent": 4, "superseded": 1}, rows
    assert [row["reason"] for row in rows if row["state"] != "sent"] == ["closed"], rows  # a snooze that was not over
    assert d.both("delivery", "list", "dead", text=r"\Ano deliveries\n\Z") == []
    assert 'there is no state "deda" (did you mean "dead"?)' in d.ends(64, "delivery", "list", "deda")


def delivery_show(d):
    row = d.ask("delivery", "list", "sent")[0]
    shown = d.both("delivery", "show", row["id"][:8], text=r"^  stdout: sent, 1 attempt$")
    assert shown["id"] == row["id"] and len(shown["told"]) == 1, shown
    assert "there is no delivery" in d.ends(65, "delivery", "show", "0" * 64)
    assert "4 to 64 hex digits" in d.ends(65, "delivery", "show", "xyz")


def held_delivery(d):
    """One that waits for the end of a pause."""
    if not d.ask("delivery", "list", "open"):
        d.ask("pause")
        d.drop("held.txt", "There is an alarm that is held.\n")
        until(lambda: d.ask("delivery", "list", "open"), "a delivery is held")
    return d.ask("delivery", "list", "open")[0]


def delivery_retry(d):
    dropped = held_delivery(d)["id"]
    assert "is held back" in d.ends(65, "delivery", "retry", dropped)
    d.ask("delivery", "drop", dropped)
    d.ask("resume")
    assert d.both("delivery", "retry", "dead", "stdout", text=r"^stdout: 0 deliveries queued again$") == [
        {"what": "dead", "queued": 0}, {"what": "stdout", "queued": 0}]
    assert d.ends(0, "delivery", "retry", dropped) == [{"what": dropped, "queued": 1}]
    until(lambda: d.ask("delivery", "show", dropped)["state"] == "sent", "it is sent")
    assert "nothing is told twice" in d.ends(65, "delivery", "retry", dropped)


def delivery_drop(d):
    d.ask("pause")
    d.drop("dropped.txt", "There is an alarm that is dropped.\n")
    (row,) = until(lambda: d.ask("delivery", "list", "open"), "a delivery is held")
    assert d.ends(0, "delivery", "drop", row["id"][:8], output="text") == f"dropped {row['id'][:8]}\n"
    assert "is cancelled already" in d.ends(65, "delivery", "drop", row["id"])
    d.ask("resume")
    assert "there is no delivery" in d.ends(65, "delivery", "drop", "0" * 64)


def config_check(d):
    told = d.both("config", "check", text=rf"^{d.config_file} is good: 1 folder, 2 detectors, 1 notifier, 0 routes$")
    assert told == {"file": d.config_file, "folders": 1, "detectors": 2, "notifiers": 1, "routes": 0}, told
    assert "nonsense" in with_bad_config(d, "config", "check")


def config_show(d):
    told = d.both("config", "show", text=r"^ +settle: 0")
    assert told["file"] == d.config_file and "settle: 0" in told["yaml"], told
    assert "nonsense" in with_bad_config(d, "config", "show")


def with_bad_config(d, *args):
    """What the command says where the configuration is bad; it ends with 78."""
    with open(d.config_file, encoding="utf-8") as f:
        good = f.read()
    d.write_config(good + "nonsense: true\n")
    try:
        return d.ends(78, *args)
    finally:
        d.write_config(good)


def config_init(d):
    d.config_file, before = os.path.join(d.dir, "new", "tocsin.yaml"), d.config_file
    try:
        shown = d.ends(0, "config", "init", d.folder, output="text")
        assert shown.startswith(f"wrote {d.config_file} and "), shown
        assert "left as it is" in d.ends(73, "config", "init", d.folder)
        assert "no folder that can be watched" in d.ends(66, "config", "init", d.dir + "/nix")
        os.unlink(d.config_file)
        assert d.ends(0, "config", "init", d.folder)["config"] == d.config_file
    finally:
        d.config_file = before


def reload_(d):
    told = d.both("reload", text=r"\Areloaded\n\Z")
    assert told["reloaded"] is True and told["plan"]["notifiers"] == {"added": [], "changed": [], "removed": []}, told
    assert "nonsense" in with_bad_config(d, "reload")
    assert d.ask("status")["ready"] is True


def each_part_of_a_topic_counts(d):
    """Nothing of a topic changes unseen, and neither does what is expected of it."""
    whole = {"query": "gannet", "severity": "low", "labels": ["sea"], "description": "Birds.", "language": "en"}
    d.write_topics({"bird": whole})
    d.ask("reload")
    for changed in ({"query": "puffin"}, {"severity": "high"}, {"labels": ["sea", "land"]}, {"description": "Fowl."},
                    {"language": "de"}, {"shadow": True}, {"private": True}):
        d.write_topics({"bird": {**whole, **changed}})
        code, out, said = d.ctl("config", "diff", output="text")
        assert code == 1 and re.search(r"^~ topic bird \(\S+:\d+\)$", out, re.M), (changed, out, said)
    d.write_topics({"bird": whole})  # the file was written anew, and says what it said
    assert d.ctl("config", "diff", output="text")[1] == "~ detector topics\n"
    d.config["expect"] = [{"topic": "bird", "within": "1d"}]
    d.write_config()
    assert "+ expect {topic: [bird], within: 1d}\n" in d.ctl("config", "diff", output="text")[1]
    del d.config["expect"]
    d.write_config()


def many_changes_are_counted(d):
    """The first are named, of the rest it is said how many they are; by config diff and reload alike."""
    d.write_topics({f"t{i}": {"query": "word"} for i in range(100)})
    for command in (("config", "diff"), ("reload",)):
        out = d.ctl(*command, output="text")[1]
        assert len(re.findall(r"^\+ topic t\d+ \(", out, re.M)) == 20 and "\n+ topic: 80 more\n" in out, out


def config_diff(d):
    d.both("config", "diff", text=r"\Anothing differs\n\Z")
    own = [TOCSINCTL, "--socket", os.path.join(d.runtime, "control"), "config", "diff"]  # whatever the daemon reads
    assert subprocess.run(own, capture_output=True, timeout=TIMEOUT, check=True).stdout == b"nothing differs\n"
    held = d.ask("topic", "list")
    with open(d.topics_file, encoding="utf-8") as f:
        topics = f.read()
    try:
        d.write_topics({"alarm": {"query": "alarm OR siren"}, "bird": {"query": "gannet"}})
        d.config["notifiers"]["second"] = {"plugin": "stdout"}
        d.config["routes"] = [{"notify": ["stdout"]}]
        d.write_config()
        code, out, said = d.ctl("config", "diff", output="text")
        assert (code, said) == (1, "") and re.fullmatch(
            r"~ detector topics\n\+ topic bird \(\S+topics.yaml:\d+\)\n~ topic alarm \(\S+:\d+\)\n- topic fire \(\S+:\d+\)\n"
            r"\+ notifier second\n\+ route \{notify: \[stdout\]\}\n", out), (code, out, said)
        code, out, _ = d.ctl("config", "diff")
        plan = json.loads(out)
        assert code == 1 and plan["notifiers"] == {"added": ["second"], "changed": [], "removed": []}, plan
        assert [n["notifier"] for n in d.ask("notifier", "list")] == ["stdout"]
        now = d.ask("topic", "list")
        assert now == held, (now, held)
        before = d.ctl("config", "diff", output="text")[1]
        code, out, _ = d.ctl("reload", output="text")
        assert (code, out) == (0, before + "reloaded\n"), (before, out)
        each_part_of_a_topic_counts(d)
        many_changes_are_counted(d)
    finally:
        del d.config["notifiers"]["second"], d.config["routes"]
        with open(d.topics_file, "w", encoding="utf-8") as f:
            f.write(topics)
        d.write_config()
        d.ask("reload")
    assert "nonsense" in with_bad_config(d, "config", "diff")
    code, _, said = d.ctl("config", "diff", "--config", "/nix")
    assert code == 65 and "this daemon's configuration is" in said, (code, said)


def plugin_list(d):
    plugins = d.both("plugin", "list", text=r"^stdout +notifier +\d")
    assert {"topics", "stdout", "misdeed"} <= {p["name"] for p in plugins}, plugins


def plugin_info(d):
    told = d.both("plugin", "info", "stdout", text=r"^  format  choice \(text\|json\), default text$")
    assert told["kind"] == "notifier" and told["options"], told
    assert 'there is no plugin "nix"' in d.ends(78, "plugin", "info", "nix")


def plugin_check(d):
    good = os.path.join(PLUGINS, "topics.so")
    assert d.both("plugin", "check", good, text=r"^file: .*/topics\.so$")["name"] == "topics"
    assert "No such file" in d.ends(66, "plugin", "check", d.dir + "/nix.so")
    bad = os.path.join(d.dir, "bad.so")
    with open(bad, "wb") as f:
        f.write(b"\x7fELF rubbish")
    assert "bad" in d.ends(78, "plugin", "check", bad)


def state_backup(d):
    path = os.path.join(d.dir, "backup-1")
    shown = d.ends(0, "state", "backup", path, output="text")
    assert re.fullmatch(rf"the store was copied to {path}, \d+ bytes\n", shown), shown
    assert "File exists" in d.ends(73, "state", "backup", path)
    path = os.path.join(d.dir, "backup-2")
    assert d.ends(0, "state", "backup", path) == {"file": path, "size": os.stat(path).st_size}


def state_restore(d):
    backup, other = os.path.join(d.dir, "backup"), os.path.join(d.dir, "other-state")
    if d.process:
        assert "a daemon runs: end it first (`systemctl --user stop tocsin`)" in \
            d.ends(75, "state", "restore", d.config_file)
        return
    assert "No such file" in d.ends(66, "state", "restore", d.dir + "/nix", "--state", other)
    assert "nothing was changed" in d.ends(78, "state", "restore", d.config_file, "--state", other)
    with Daemon() as another:
        another.start().ask("state", "backup", backup)
    store = os.path.join(other, "tocsin.db")
    assert d.ends(0, "state", "restore", backup, "--state", other, output="text") == \
        f"{store} is now what was backed up in {backup}\n"
    told = d.ends(0, "state", "restore", backup, "--state", other)
    assert told["restored"] == store and told["kept"].startswith(store + ".replaced-"), told


def doctor(d):
    shown = d.ends(d.ctl("doctor", output="text")[0], "doctor", output="text")
    assert not shown or re.search(r"^\d+ checks: ", shown, re.M), shown
    code, found, _ = d.ctl("doctor")
    found = json.loads(found) if code else found
    assert code in (0, 78) and {"check", "result", "text", "mend"} == set(found[0]), found
    assert (code == 78) == any(f["result"] == "fault" for f in found), found
    assert [f for f in found if f["check"] == "daemon"][0]["text"].endswith("answers and is ready"), found


def completion_table(d):
    shown = d.ends(0, "completion", "table", output="text")
    assert "_tocsinctl_commands=(" in shown, shown


def completion_words(d):
    assert d.ends(0, "completion", "words", "folder", output="text") == f"docs\t{d.folder}\n"
    assert "no words of the kind" in d.ends(64, "completion", "words", "nix", output="text")


CASES = {name.replace("_", " ").strip(): case for name, case in list(globals().items())
         if callable(case) and name.replace("_", " ").strip() in TABLE}


# ---- all of them ----

def every_command_has_a_case():
    assert set(CASES) == set(TABLE), set(CASES) ^ set(TABLE)


@functools.cache
def world():
    """One for all the cases, in the order of the table."""
    d = World()
    atexit.register(d.__exit__)
    return d.live()


def on_the_live_daemon(name):
    def case():
        CASES[name](world())
    case.__name__ = f"{name} on a live daemon"
    return case


def number_of(command):
    """The fewest and the most arguments that it takes; None: any number."""
    args = command["arguments"]
    return sum(not a["optional"] for a in args), None if any(a["many"] for a in args) else len(args)


def a_wrong_number_of_arguments_is_64():
    with Daemon() as d:
        for name, command in TABLE.items():
            least, most = number_of(command)
            for n in ([least - 1] if least else []) + ([] if most is None else [most + 1]):
                code, out, said = d.ctl(*name.split(), *["1"] * n, output="text")
                assert (code, out) == (64, ""), (name, n, code, out)
                assert said == f"usage: tocsinctl {command['usage']}\nexample: {command['example']}\n", said


def an_argument_that_is_no_utf8_is_64_where_the_daemon_is_asked():
    with Daemon() as d:
        for name, command in TABLE.items():
            if not command["daemon"] or not command["arguments"] or command["hidden"]:
                continue
            least, _ = number_of(command)
            if command["arguments"][0]["kind"] == "document":  # whose path may be any bytes
                continue
            args = [os.fsdecode(b"\xff")] * max(least, 1)
            code, out, said = d.ctl(*name.split(), *args, output="text")
            assert code == 64 and out == "" and clean(said), (name, code, out, said)


def without_a_daemon_what_asks_it_is_69_and_says_what_to_do():
    with Daemon() as d:
        for name, command in TABLE.items():
            if not command["daemon"] or command["hidden"]:
                continue
            # Arguments that are not looked at before the daemon is.
            args = {"filter": "open", "delivery-state": "open", "duration": "1h", "silences": "all", "match": "topic=a", "example": "topic=a"}
            given = [args.get(a["kind"], "1234") for a in command["arguments"]]
            for n in {number_of(command)[0], len(given)}:
                for output in ("text", "json"):
                    code, out, said = d.ctl(*name.split(), *given[:n], output=output)
                    assert (code, out) == (69, ""), (name, n, code, out)
                    assert "no daemon answers at " + d.runtime in said, said
                    assert "systemctl --user start tocsin" in said, said
            assert 69 in [s["status"] for s in command["statuses"]], name


def without_a_daemon_the_rest_works():
    """The same cases as with one; what they say of a daemon is the doctor's alone."""
    with World() as d:
        d.good = d.drop("good.txt", GOOD)
        worked = 0
        for name, command in TABLE.items():
            if command["daemon"] or name == "doctor":
                continue
            CASES[name](d)
            assert not os.path.exists(d.state) and not os.path.exists(d.runtime), name
            worked += 1
        assert worked > 8


run([every_command_has_a_case,
     *(on_the_live_daemon(name) for name in TABLE if name in CASES),
     a_wrong_number_of_arguments_is_64,
     an_argument_that_is_no_utf8_is_64_where_the_daemon_is_asked,
     without_a_daemon_what_asks_it_is_69_and_says_what_to_do,
     without_a_daemon_the_rest_works])
