#!/usr/bin/python3
"""Topics that change while documents come: nothing is missed, repeated or held up; and the index that is
kept on disk is used when it is right, and built anew when it is not."""
import glob
import json
import os
import re
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, Daemon, run, until  # noqa: E402

DOCUMENTS = 300
RELOADS = 5


def write_bulk(path, names, word="gannet"):
    with open(path, "w", encoding="utf-8") as f:
        for name in names:
            f.write(json.dumps({"name": name, "query": f'"{word} {name}" OR ({name} AND {word})'}) + "\n")


def many(d, first=0, n=2000, **more):
    """A file of topics of which no document here says a word."""
    path = os.path.join(d.dir, "many.jsonl")
    write_bulk(path, (f"n{i}x" for i in range(first, first + n)), **more)
    return path


def with_topics(d, *files):
    d.config["detectors"]["topics"]["options"]["files"] = list(files)
    d.write_config()
    return d


def reload(d):
    code, _, said = d.ctl("reload")
    assert code == 0, said


def told(d):
    """(topic, document) of every alert that rang."""
    return sorted((ring["topic"], os.path.basename(ring["path"])) for ring in d.rang())


# ---- a topic on trial ----

def a_topic_on_trial_rings_nobody():
    trial = {"query": "gannet", "shadow": "true"}
    with Daemon(topics={"trial": trial, "real": {"query": "gannet OR puffin"}}) as d:
        d.start()
        d.drop("a.txt", "A gannet dives.\n")
        d.rings(1)
        d.idle()
        (alert,) = d.ask("alert", "list", "topic=trial")
        (finding,) = d.ask("alert", "show", alert["id"])["findings"]
        line = next(i for i, text in enumerate(open(d.topics_file, encoding="utf-8"), 1) if "trial" in text)
        assert (finding["outcome"], finding["place"]) == ("shadow", f"{d.topics_file}:{line}"), finding
        counted = d.ask("metrics")["tocsin_suppressed_total"]["samples"]
        assert {"labels": {"reason": "shadow"}, "value": 1} in counted, counted
        # The trial ends: what is new rings, what was found on trial does not.
        trial["shadow"] = "false"
        d.write_topics({"trial": trial, "real": {"query": "gannet OR puffin"}})
        reload(d)
        d.drop("a.txt", "A gannet dives.\n\nA puffin dives, too.\n")
        d.rings(2)
        d.drop("b.txt", "Another gannet.\n")
        d.rings(4)
        assert told(d) == [("real", "a.txt"), ("real", "a.txt"), ("real", "b.txt"), ("trial", "b.txt")], told(d)


def a_backtest_counts_what_rang():
    with Daemon(topics={"bird": {"query": "gannet OR puffin"}, "sea": {"query": "sea"}}) as d:
        d.start()
        big = " ".join(f"filler{i}" for i in range(20000))
        versions = [("a.txt", "A gannet dives.\n"), ("a.txt", "A gannet dives.\n\nA puffin at sea.\n"),
                    ("a.txt", "A gannet dives.\n"), ("copy.txt", "A gannet dives.\n"), ("b.txt", "A gannet dives, too.\n"),
                    ("c.txt", f"{big}. The sea.\n"), ("d.txt", f"{big}. A puffin.\n"), ("c.txt", f"{big}. The sea, the sea.\n")]
        for name, text in versions:
            d.drop(name, text)
            d.idle()
        rang = {topic: sum(ring["topic"] == topic for ring in d.rang()) for topic in ("bird", "sea")}
        told = d.ask("topic", "backtest")
        assert {t["topic"]: t["rings"] for t in told["topics"]} == rang, (told, rang)
        assert told["versions"] >= len(versions) - 2 and sum(rang.values()) >= 6, (told, rang)
        d.ask("document", "forget", d.folder + "/c.txt")
        assert {t["topic"]: t["rings"] for t in d.ask("topic", "backtest", "sea")["topics"]} == {"sea": rang["sea"] - 2}


def a_backtest_reads_the_beginning_of_very_long_texts():
    """Cut between two characters, wherever these fall, and the one who asks hears of it."""
    with Daemon(topics={"bird": {"query": "gannet"}, "sea": {"query": "sea"}}) as d:
        d.start()
        for i in range(3):
            d.drop(f"{i}.txt", "." * i + "A gannet dives. " + "é " * 400000 + "The sea.\n")
        d.rings(6)
        told = d.ask("topic", "backtest")
        assert (told["versions"], told["cut"], told["gone"]) == (3, 3, 0), told
        assert {t["topic"]: t["rings"] for t in told["topics"]} == {"bird": 3, "sea": 0}, told
        code, out, _ = d.ctl("topic", "backtest", output="text")
        assert code == 0 and "only begun, for their length: 3\n" in out, out


def a_backfill_rings_for_old_documents_once():
    with Daemon(topics={"alarm": {"query": "alarm"}}) as d:
        d.start()
        n = 200
        for i in range(n):
            d.drop(f"{i}.txt", f"An alarm, number {i}. A gannet, too.\n")
        d.rings(n)
        d.drop("0.txt", "An alarm, number 0. A gannet, too.\n\nAn edit.\n")
        until(lambda: d.ask("status")["documents"]["read"] == n + 1, "the edit is read")
        d.idle()
        d.write_topics({"alarm": {"query": "alarm"}, "bird": {"query": "gannet"}, "other": {"query": "number"}})
        reload(d)
        d.silent(n)
        # It is killed before much is done, and goes on; asked for twice, it is done once.
        assert d.ask("topic", "backfill", "bird") == {"versions": n + 1}
        d.stop(signal.SIGKILL)
        d.start()
        assert d.ask("topic", "backfill", "bird") == {"versions": n + 1}
        d.drop("new.txt", "A gannet.\n")
        until(lambda: len(d.ask("alert", "list", "topic=bird")) == n + 1, "all are found")
        d.idle()
        rang = [os.path.basename(ring["path"]) for ring in d.rang() if ring["topic"] == "bird"]
        assert set(rang) == {f"{i}.txt" for i in range(n)} | {"new.txt"}, len(set(rang))
        assert d.ask("alert", "list", "topic=other") == []
        alarms = d.ask("alert", "list", "topic=alarm")
        assert len(alarms) == n, (len(alarms), [a["headline"] for a in alarms][:5])
        (new,) = d.ask("alert", "search", "new.txt", "topic=bird")
        assert not d.ask("alert", "show", new["id"])["findings"][0]["backfilled"]
        shown = d.ask("alert", "show", d.ask("alert", "search", "7.txt", "topic=bird")[0]["id"])
        assert shown["findings"][0]["backfilled"] and len(shown["told"]) == 1, shown


def tests_beside_topics_are_no_topics():
    with Daemon() as d:
        with_topics(d, d.dir + "/topics*.yaml")
        with open(d.dir + "/topics.test.yaml", "w", encoding="utf-8") as f:
            f.write("tests: [{text: An alarm., expect: [alarm]}]\n")
        d.start()
        assert [t["name"] for t in d.ask("topic", "list")] == ["alarm"]
        assert d.ctl("topic", "test", d.dir, output="text")[1] == "1 tests, 0 failed\n"


def what_is_shipped_is_tested_and_passes():
    """Each topic of conf/ is found in one of the documents beside it, and is not in one that comes near."""
    tests = glob.glob(os.path.join(SRC, "conf/topics.d/*.test.yaml"))
    shipped = set(glob.glob(os.path.join(SRC, "conf/topics.d/*.yaml"))) - set(tests)
    assert shipped and {path.replace(".test.yaml", ".yaml") for path in tests} == shipped, (tests, shipped)
    for path in shipped:
        with open(path, encoding="utf-8") as f:
            topics = set(re.findall(r"^  ([a-z0-9-]+):$", f.read(), re.M))
        with open(path.replace(".yaml", ".test.yaml"), encoding="utf-8") as f:
            said = f.read().partition("\ntests:")[2]
        missed = set(re.findall(r"[a-z0-9-]+", " ".join(re.findall(r"^    not: \[(.*)\]$", said, re.M))))
        inline = re.findall(r"^    expect: \[(.*)\]$", said, re.M)
        listed = re.findall(r"^      - (?:topic: )?([a-z0-9-]+)$", said, re.M)
        found = set(re.findall(r"[a-z0-9-]+", " ".join([*inline, *listed])))
        assert topics and topics == found == missed, (path, topics, found, missed)
    with Daemon() as d:
        code, out, said = d.ctl("topic", "test", os.path.join(SRC, "conf"), output="text")
        assert code == 0 and re.fullmatch(r"\d+ tests, 0 failed\n", out), (code, out, said)


# ---- a topic that is new ----

def outcomes(d, topic):
    return [finding["outcome"] for finding in d.ask("document", "show", "1")["findings"] if finding["topic"] == topic]


def a_new_topic_is_silent_about_old_text_of_a_changed_document():
    for match, rang, outcome in (("new-text", [], "old-text"), ("whole", ["bell"], "rang")):
        with Daemon() as d:
            d.config["detectors"]["topics"]["match"] = match
            d.write_config()
            d.start()
            d.drop("a.txt", "A bell tolls here.\n\nNothing else.\n")
            d.idle()
            d.write_topics({"alarm": {"query": "alarm"}, "bell": {"query": "bell"}})
            reload(d)
            _, out, _ = d.ctl("explain", os.path.join(d.folder, "a.txt"), output="text")
            assert "nothing was found in it\n  a topic matches it by now: it is newer than" in out, out
            d.drop("a.txt", "A bell tolls here.\n\nNothing else, still.\n")
            until(lambda: outcomes(d, "bell"), "the change is looked at")
            d.idle()
            assert outcomes(d, "bell") == [outcome] and [ring["topic"] for ring in d.rang()] == rang, d.rang()
            d.drop("a.txt", "A bell tolls here.\n\nNothing else, still.\n\nThe bell tolls again.\n")
            until(lambda: len(d.rang()) == len(rang) + 1, "what is new rings")
            d.idle()
            assert d.rang()[-1]["quote"] == "The bell tolls again.", d.rang()


def what_a_change_takes_away_can_make_a_match():
    with Daemon(topics={"bell": {"query": "bell AND NOT drill"}}) as d:
        d.start()
        d.drop("a.txt", "A bell tolls here.\n\nIt is a drill.\n")
        d.idle()
        assert d.rang() == []
        d.drop("a.txt", "A bell tolls here.\n\nIt is none.\n")
        (line,) = until(d.rang, "it is no drill")
        assert line["quote"] == "A bell tolls here.", line


# ---- what is private ----

def what_is_private_stays_here():
    with Daemon(topics={"health": {"query": "clinic", "private": True, "description": "a note"}}) as d:
        d.start()
        d.drop("a.txt", "Results of Tuesday\n\nThe clinic has written about the secret.\n")
        (line,) = until(d.rang, "it rings")
        assert line["headline"] == "health" and line["topic"] == "health" and line["labels"] == ["private"], line
        raw = json.dumps(d.rang())
        assert not any(word in raw for word in ("secret", "Results", "clinic", "a note")), raw
        shown = d.ask("alert", "show", line["alert"])
        assert "secret" in json.dumps(shown["findings"]) and shown["headline"] == "health: Results of Tuesday", shown
        code, _, said = d.ctl("topic", "check", d.topics_file)
        assert code == 0, said


# ---- stories ----

def a_story_of_several_sources_is_one_alert():
    texts = {}
    with open(os.path.join(SRC, "tests", "stories", "set.jsonl"), encoding="utf-8") as f:
        for line in f:
            text = json.loads(line)
            is_like = "s01" in (text["story"], text.get("like")) and "librar" in text["text"].lower()
            if is_like and text["kind"] != "rewrite":
                texts.setdefault(text["kind"], []).append(text)
    with Daemon(topics={"libraries": {"query": "librar*"}}) as d:
        d.start()
        n = 0
        for kind in ("original", "wire", "update", "look-alike"):
            for text in texts[kind]:
                d.drop(f"{text['id']}.txt", text["title"] + "\n\n" + text["text"])
                n += 1
                until(lambda: d.ask("status")["documents"]["read"] == n, "it is read")
            d.idle()
            alerts = d.ask("alert", "list")
            own = next(alert for alert in alerts if alert["id"] == d.rang()[0]["alert"])
            assert own["sources"] == n - len(texts["look-alike"]) * (kind == "look-alike"), (kind, alerts)
        assert len(alerts) == 1 + len(texts["look-alike"]), alerts
        # Under another headline, cut short, in the style of another house: nothing is new.
        rang = len(d.rang())
        text = texts["original"][0]["text"].replace('"', "\u201d")
        d.drop("short.txt", "Three libraries will shut\n\nHARROWDALE (PRESS) - " + text[:text.rindex("\n")])
        until(lambda: d.ask("status")["documents"]["read"] == n + 1, "it is read")
        d.idle()
        (finding,) = d.ask("document", "show", os.path.join(d.folder, "short.txt"))["findings"]
        assert finding["outcome"] == "same-story" and finding["alert"] == own["id"], finding
        assert len(d.rang()) == rang, d.rang()[rang:]
        (libraries,) = d.ask("topic", "backtest")["topics"]
        assert libraries["rings"] == rang, (libraries, rang)


# ---- while it runs ----

def changes_under_load_miss_and_repeat_nothing():
    with Daemon() as d:
        with_topics(d, d.topics_file, many(d))
        d.start()
        for i in range(DOCUMENTS // 2):
            d.drop(f"{i}.txt", f"alarm {i}")
        writer = threading.Thread(target=lambda: [d.drop(f"{i}.txt", f"alarm {i}")
                                                  for i in range(DOCUMENTS // 2, DOCUMENTS)])
        writer.start()
        for round_ in range(RELOADS):
            many(d, first=round_ * 100)
            reload(d)
        writer.join()
        d.idle()
        wanted = sorted(("alarm", f"{i}.txt") for i in range(DOCUMENTS))
        assert told(d) == wanted, set(told(d)) ^ set(wanted)
        assert d.ask("status")["detect"]["quarantined"] == 0


def topics_are_added_changed_and_removed():
    with Daemon() as d:
        more = os.path.join(d.dir, "more.jsonl")
        write_bulk(more, ["cormorant", "puffin"])
        with_topics(d, d.topics_file, more).start()
        write_bulk(more, ["puffin", "razorbill"], word="tern")
        reload(d)
        d.drop("a.txt", "A gannet cormorant, an alarm.")
        d.drop("b.txt", "A gannet puffin.")
        d.drop("c.txt", "A tern puffin.")
        d.drop("d.txt", "A tern razorbill.")
        d.idle()
        assert told(d) == [("alarm", "a.txt"), ("puffin", "c.txt"), ("razorbill", "d.txt")], told(d)
        names = sorted(topic["name"] for topic in d.ask("topic", "list"))
        assert names == ["alarm", "puffin", "razorbill"], names


def a_bad_file_leaves_the_topics_as_they_were():
    with Daemon() as d:
        d.start()
        d.drop("first.txt", "An alarm: the topics are known.")
        d.rings(1)
        d.write_topics({"alarm": {"query": "(alarm"}})
        code, _, said = d.ctl("reload", output="text")
        assert code != 0 and "never closed" in said, said
        d.drop("a.txt", "An alarm.")
        d.rings(2)
        d.write_topics({"alarm": {"query": "alarm"}, "tern": {"query": "tern"}})
        reload(d)
        d.drop("b.txt", "A tern.")
        d.rings(3)


def new_sees_what_an_edit_added():
    topics = {"bridge": {"query": "bridge"}, "news": {"query": "new:(bridge)"}}
    with Daemon(topics=topics) as d:
        d.start()
        d.drop("a.txt", "The old bridge.\nIt is open.\n")
        d.drop("b.txt", "A ferry.\n")
        d.idle()
        assert told(d) == [("bridge", "a.txt"), ("news", "a.txt")], told(d)
        d.drop("a.txt", "The old bridge.\nIt is closed.\n")
        d.drop("b.txt", "A ferry.\nA bridge beside it.\n")
        d.idle()
        wanted = [("bridge", "a.txt"), ("bridge", "b.txt"), ("news", "a.txt"), ("news", "b.txt")]
        assert told(d) == wanted, told(d)
        d.drop("a.txt", "The old bridge.\nIt is closed.\nA second bridge is built.\n")
        d.idle()
        quotes = [ring["quote"] for ring in d.rang() if ring["topic"] == "news"]
        assert "second bridge" in quotes[-1], quotes


# ---- on disk ----

def index_files(d):
    return glob.glob(os.path.join(d.state, "index", "*.index"))


def kept(d):
    until(lambda: index_files(d), "the index is on disk")
    return index_files(d)[0]


def an_index_is_used_again():
    with Daemon() as d:
        with_topics(d, d.topics_file, many(d)).start()
        before = os.stat(kept(d))
        d.restart(signal.SIGKILL)
        d.drop("a.txt", "An alarm.")
        d.rings(1)
        d.stop()
        after = os.stat(kept(d))
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        assert "built anew" not in d.log()


def what_changed_meanwhile_is_seen():
    with Daemon() as d:
        with_topics(d, d.topics_file, many(d)).start()
        kept(d)
        d.stop()
        d.write_topics({"tern": {"query": "tern"}})
        d.start()
        d.drop("a.txt", "An alarm.")
        d.drop("b.txt", "A tern.")
        d.idle()
        assert told(d) == [("tern", "b.txt")], told(d)


def damage(path, at):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(at)
        f.write(bytes([byte[0] ^ 0x55]))


def a_damaged_index_is_built_anew():
    with Daemon() as d:
        with_topics(d, d.topics_file, many(d)).start()
        path = kept(d)
        for number, at in enumerate((3, 200, os.path.getsize(path) // 2)):
            d.stop()
            damage(path, at)
            d.start()
            d.drop(f"{number}.txt", f"An alarm, number {number}.")
            d.rings(number + 1)
            until(lambda n=number + 1: d.log().count("built anew") == n, "it is said")


def a_few_of_very_many_are_an_update():
    with Daemon() as d:
        path = many(d, n=6000)
        with_topics(d, d.topics_file, path).start()
        base = os.stat(kept(d)).st_ino
        with open(path, "a", encoding="utf-8") as f:
            f.write(json.dumps({"name": "late", "query": "godwit"}) + "\n")
        reload(d)
        d.drop("a.txt", "A godwit, and an alarm.")
        d.rings(2)
        until(lambda: os.path.exists(kept(d) + ".update"), "the update is kept")
        d.restart()
        d.drop("b.txt", "Another godwit, another alarm.")
        d.rings(4)
        assert os.stat(kept(d)).st_ino == base
        assert "built anew" not in d.log()
        damage(kept(d) + ".update", 100)
        d.restart()
        d.drop("c.txt", "A third godwit, a third alarm.")
        d.rings(6)
        assert "built anew" in d.log()


def what_is_learnt_files_topics_anew():
    with Daemon() as d:
        d.config["hosts"] = {"max": 1}
        with_topics(d, d.topics_file, many(d)).start()
        base = os.stat(kept(d)).st_ino
        for i in range(1000):
            d.drop(f"{i}.txt", f"A gannet is here, number {i}.")
        until(lambda: os.path.exists(kept(d) + ".learnt"), "it has learnt", 60)
        until(lambda: os.stat(kept(d)).st_ino != base, "the index is another", 60)
        d.drop("a.txt", "An alarm.")
        until(lambda: any(ring["topic"] == "alarm" for ring in d.rang()), "it rings")
        learnt = os.stat(kept(d)).st_ino
        d.restart()
        d.drop("b.txt", "One more alarm.")
        until(lambda: sum(ring["topic"] == "alarm" for ring in d.rang()) == 2, "it rings once more")
        assert os.stat(kept(d)).st_ino == learnt
        assert "built anew" not in d.log()


def what_needs_a_library_matches_in_the_sandbox():
    """Stems and regular expressions are opened when a topic asks for them, and stay shut else."""
    def libraries(d):
        (pid,) = (host["pid"] for host in d.ask("status")["hosts"] if host["role"] == "detector")
        with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
            maps = f.read()
        return {name for name in ("libstemmer", "libhs") if name in maps}
    stem, regex = {"query": "stem:dive", "language": "en"}, {"query": "/gan{2}ets?/i"}
    with Daemon(topics={"plain": {"query": "puffin", "language": "en"}}) as d:
        d.config["hosts"] = {"max": 1}
        d.write_config()
        d.start()
        d.drop("0.txt", "A puffin sleeps.\n")
        d.rings(1)
        assert libraries(d) == set(), libraries(d)
        d.write_topics({"stem": stem})
        reload(d)
        d.drop("a.txt", "A gannet was diving.\n")
        d.rings(2)
        assert libraries(d) == {"libstemmer"}, libraries(d)
        d.write_topics({"stem": stem, "regex": regex})
        reload(d)
        d.drop("b.txt", "Many GANNETS have dived.\n")
        d.rings(4)
        d.restart()
        d.drop("c.txt", "The gannet dives.\n")
        d.rings(6)
        assert libraries(d) == {"libstemmer", "libhs"}, libraries(d)
        assert told(d) == [("plain", "0.txt"), ("regex", "b.txt"), ("regex", "c.txt"), ("stem", "a.txt"), ("stem", "b.txt"),
                           ("stem", "c.txt")], told(d)


if __name__ == "__main__":
    run([what_needs_a_library_matches_in_the_sandbox,
         a_few_of_very_many_are_an_update, what_is_learnt_files_topics_anew, what_is_private_stays_here, what_a_change_takes_away_can_make_a_match, a_story_of_several_sources_is_one_alert, a_topic_on_trial_rings_nobody, a_backtest_counts_what_rang,
         a_backtest_reads_the_beginning_of_very_long_texts, a_backfill_rings_for_old_documents_once, tests_beside_topics_are_no_topics,
         what_is_shipped_is_tested_and_passes, a_new_topic_is_silent_about_old_text_of_a_changed_document, changes_under_load_miss_and_repeat_nothing, topics_are_added_changed_and_removed,
         a_bad_file_leaves_the_topics_as_they_were, new_sees_what_an_edit_added, an_index_is_used_again, what_changed_meanwhile_is_seen,
         a_damaged_index_is_built_anew])
