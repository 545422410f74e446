#!/usr/bin/python3
"""Documents as a person sees them: listed, shown whole, forgotten."""
import contextlib
import os
import re
import signal
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Daemon, Skip, clean, daemon, run, until  # noqa: E402

TEXT = " date 2025-01-02 Minutes of Tuesday.\n\nAt noon the alarm was raised in the west wing.\n"


def text(d, *args, code=0):
    got, out, said = d.ctl(*args, output="text")
    assert got == code, f"tocsinctl {' '.join(args)}: {got} instead of {code}: {said}"
    assert clean(out) and clean(said), (out, said)
    return out if code == 0 else said


def paths(d, *which):
    return [row["path"] for row in d.ask("document", "list", *which)]


# ---- list ----

def documents_are_listed_newest_first():
    with daemon() as d:
        assert text(d, "document", "list") == "no documents\n" and d.ask("document", "list") == []
        for name in ("a.txt", "sub/b.txt", "sub/deep/c.log"):
            d.drop(name, f"Number {name}.")
            d.idle()
        assert paths(d) == ["sub/deep/c.log", "sub/b.txt", "a.txt"]
        d.drop("a.txt", TEXT)
        d.rings(1)
        d.idle()
        newest = d.ask("document", "list")[0]
        assert newest["path"] == "a.txt" and newest["document"] == 1 and newest["versions"] == 2, newest
        assert newest["title"] == "Minutes of Tuesday." and newest["date"] == 20250102, newest
        assert newest["file"] == d.folder + "/a.txt" and newest["source"] == "docs", newest
        assert newest["state"] == "live" and newest["removed_ms"] is None and newest["forgotten_ms"] is None
        lines = text(d, "document", "list").splitlines()
        assert re.fullmatch("DOCUMENT +SOURCE +STATE +VERSIONS +DATE +LAST SEEN +PATH +TITLE", lines[0]), lines
        assert re.fullmatch(r"1 +docs +live +2 +2025-01-02 +20\S+ \d\d:\d\d:\d\d +a\.txt +Minutes of Tuesday\.",
                            lines[1]), lines
        # By folder, by pattern, by directory.
        assert len(paths(d, "docs")) == 3
        assert paths(d, "*.txt") == ["a.txt", "sub/b.txt"] and paths(d, "a.txt") == ["a.txt"]
        assert paths(d, "sub") == paths(d, d.folder + "/sub") == ["sub/deep/c.log", "sub/b.txt"]
        assert paths(d, d.folder + "/*.log") == ["sub/deep/c.log"] and paths(d, "nix") == []
        # What is gone is listed for as long as it is known.
        os.unlink(os.path.join(d.folder, "sub/b.txt"))
        until(lambda: [r["state"] for r in d.ask("document", "list", "sub/b.txt")] == ["removed"], "it is gone")
        assert re.search(r"^2 +docs +removed +1 ", text(d, "document", "list"), re.M)


def files_that_could_not_be_read_are_listed():
    with daemon() as d:
        assert text(d, "document", "list", "unread") == "every file could be read\n"
        d.drop("a.bin", b"\x7fELF\x02\x01\x01" + bytes(2000))
        (row,) = until(lambda: d.ask("document", "list", "unread"), "the file is unread")
        assert row["path"] == "a.bin" and row["source"] == "docs" and row["status"] == "unsupported", row
        assert row["note"] and row["seen_ms"], row
        out = text(d, "document", "list", "unread")
        assert re.match(r"SOURCE +PATH +STATUS +NOTE\ndocs +a\.bin +unsupported +\S", out), out
        assert paths(d) == []
        d.drop("a.bin", "Now it is text.")
        until(lambda: paths(d) == ["a.bin"], "it is a document")
        assert d.ask("document", "list", "unread") == []


# ---- show ----

def a_document_is_shown_whole():
    with daemon() as d:
        path = d.drop("sub/a.txt", TEXT)
        d.rings(1)
        d.idle()
        d.drop("sub/a.txt", TEXT + "One more line.\n")
        until(lambda: d.ask("document", "show", "1")["versions"] == 2, "there is a second version")
        d.idle()
        shown = d.ask("document", "show", path)
        assert shown == d.ask("document", "show", "1") == d.ask("document", "show", "sub/a.txt"), shown
        st = os.stat(path)
        assert (shown["inode"], shown["size"], shown["mtime_ns"]) == (st.st_ino, st.st_size, st.st_mtime_ns), shown
        assert shown["file"] == path and shown["unread"] is None and shown["pending"] == [], shown
        assert [v["version"] for v in shown["latest"]] == [2, 1] and all(v["archived"] for v in shown["latest"])
        assert shown["hash"] == shown["latest"][0]["hash"] and shown["origin"] == shown["latest"][1]["text_hash"]
        assert [(f["version"], f["outcome"]) for f in shown["findings"]] == [(2, "known-evidence"), (1, "rang")]
        assert all(f["why"] and f["topic"] == "alarm" and f["state"] == "open" for f in shown["findings"]), shown
        out = text(d, "document", "show", path)
        alert = shown["findings"][0]["alert"]
        for part in (f"document 1  {path}\n  live, folder docs, known since 20", "  2 versions:\n    2  20",
                     f"  2025-01-02, {st.st_size} bytes, text/plain, text in the archive: “Minutes of Tuesday.”\n",
                     "  found (version, alert):\n", f"    1  {alert[:8]}  alarm: Minutes of Tuesday.  (topics: ",
                     "(topics: alarm, open)\n      rang: it was news and was told\n"):
            assert part in out, f"{part!r} is not in:\n{out}"
        d.drop("sub/a.txt", b"\x7fELF\x02\x01\x01" + bytes(2000))
        until(lambda: d.ask("document", "show", "1")["unread"], "it is binary now")
        assert "  its file as it is now could not be read: unsupported: " in text(d, "document", "show", "1")
        os.unlink(path)
        until(lambda: d.ask("document", "show", path)["state"] == "removed", "it is gone")
        assert re.search(r"^  removed, folder docs, known since 20\S+ \S+, removed 20", text(d, "document", "show", path),
                         re.M)
        assert "no document of that number or path" in text(d, "document", "show", "99", code=65)


def what_detectors_have_not_done_is_shown():
    if not os.path.exists(os.path.join(PLUGINS, "misdeed.so")):
        raise Skip("the plugin that misbehaves is not built (make check builds it)")
    with Daemon() as d:
        d.config["detectors"]["bad"] = {"plugin": "misdeed",
                                        "options": {"deed": "crash", "late": "yes", "only": "poison"}}
        d.write_config()
        d.start()
        d.drop("a.txt", "There is poison here.")
        until(lambda: d.ask("quarantine", "list"), "it is quarantined")
        (pending,) = d.ask("document", "show", "1")["pending"]
        assert pending["detector"] == "bad" and pending["strikes"] == 2 and pending["quarantined_ms"], pending
        out = text(d, "document", "show", "1")
        assert "  nothing was found in it\n  version 1: detector bad is not asked any more, quarantined: " in out, out
        (alert,) = [a for a in d.ask("alert", "list", "open") if a["detector"] == "tocsin"]
        d.ask("document", "forget", "1")
        assert d.ask("quarantine", "list") == [] and d.ask("document", "show", "1")["pending"] == []
        until(lambda: d.ask("alert", "show", alert["id"])["state"] == "closed", "its trouble is over")


# ---- forget ----

def store_bytes(d):
    """Every byte of the state directory."""
    return b"".join(d.kept().values())


def packed(d, number):
    """The archived texts of a document, as they stand in the store."""
    with contextlib.closing(sqlite3.connect(f"file:{d.state}/tocsin.db?mode=ro", uri=True)) as db:
        return [row[0] for row in db.execute("SELECT packed FROM archive a JOIN version v USING(text_hash)"
                                             " WHERE v.document = ?", (number,))]


def what_was_said_is_wiped_and_does_not_ring_again():
    private = " date 2025-01-02 The Quetzal papers.\n\nAn alarm in Xanadu, said Zenobia.\n"
    with daemon() as d:
        for i in range(40):
            d.drop(f"other-{i}.txt", f"Alarm number {i} of many, to make the store more than a page.")
        path = d.drop("private.txt", private)
        d.rings(41)
        d.drop("private.txt", private + "A second version of the Quetzal papers.\n")
        until(lambda: d.ask("document", "show", path)["versions"] == 2, "there is a second version")
        d.idle()
        shown = d.ask("document", "show", path)
        number, alert, words = shown["document"], shown["findings"][0]["alert"], (b"Quetzal", b"Xanadu", b"Zenobia")
        tails = (b"anadu", b"enobia")  # in the index of words, where a beginning may be another word's
        assert len(d.ask("alert", "search", "xanadu", "zenobia", "quetzal")) == 1
        texts = packed(d, number)
        assert len(texts) == 2 and all(t in store_bytes(d) for t in texts)
        assert all(word in store_bytes(d) for word in (*words, *tails))
        forgotten = d.ask("document", "forget", path)
        assert forgotten == {"document": number, "versions": 2, "texts": 2, "findings": 2, "alerts": 1,
                             "cancelled": 0}, forgotten
        left = store_bytes(d)
        gone = (*words, *tails, *texts)
        assert not any(part in left for part in gone), [p for p in gone if p in left]
        assert text(d, "document", "forget", path) == \
            f"forgot document {number}: 0 versions, 0 texts, 0 findings, 0 alerts, 0 deliveries cancelled\n"
        # What is left of it.
        assert "there is no alert" in text(d, "alert", "show", alert, code=65)
        assert len(d.ask("alert", "list")) == 40
        shown = d.ask("document", "show", path)
        assert shown["forgotten_ms"] and shown["findings"] == [] and shown["title"] == "", shown
        assert not any(v["archived"] for v in shown["latest"]) and shown["inode"] == os.stat(path).st_ino, shown
        assert "(forgotten)" in text(d, "document", "list", "private.txt")
        assert re.search(r"^    1  20\S+ \S+  undated, \d+ bytes, forgotten 20", text(d, "document", "show", path), re.M)
        assert d.ask("explain", path)["problem"] == "its text is not in the archive any more"
        # Its file is no news: looked at again, touched, after a restart, edited elsewhere.
        d.ask("source", "rescan")
        os.utime(path)
        d.restart()
        d.ask("source", "rescan")
        d.silent(41)
        d.drop("private.txt", private + "A third version.\n")
        until(lambda: d.ask("document", "show", path)["versions"] == 3, "there is a third version")
        d.silent(41)
        assert d.ask("document", "show", path)["findings"][0]["outcome"] == "known-evidence"
        d.drop("private.txt", private + "Another alarm.\n")
        d.rings(42)


def a_file_that_is_gone_is_forgotten_and_a_copy_is_not():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        d.rings(1)
        d.drop("b.txt", TEXT)
        d.idle()
        os.unlink(os.path.join(d.folder, "a.txt"))
        until(lambda: d.ask("document", "show", "1")["state"] == "removed", "it is gone")
        forgotten = d.ask("document", "forget", d.folder + "/a.txt")
        assert forgotten["document"] == 1 and forgotten["texts"] == 0 and forgotten["alerts"] == 0, forgotten
        (alert,) = d.ask("alert", "list")
        findings = d.ask("alert", "show", alert["id"])["findings"]
        assert {f["path"]: f["evidence"] == [] for f in findings} == {"a.txt": True, "b.txt": False}, findings
        assert d.ask("document", "show", "2")["latest"][0]["archived"] is True
        assert d.ask("document", "show", "1")["latest"][0]["archived"] is False
        forgotten = d.ask("document", "forget", "2")
        assert forgotten["texts"] == 1 and forgotten["alerts"] == 1, forgotten
        assert d.ask("alert", "list") == [] and b"west wing" not in store_bytes(d)
        assert "no document of that number or path" in text(d, "document", "forget", "99", code=65)


def what_is_still_to_be_told_is_cancelled():
    if not os.path.exists(os.path.join(PLUGINS, "moody.so")):
        raise Skip("the notifier with moods is not built (make check builds it)")
    with Daemon() as d:
        d.config["notifiers"] = {"mail": {"plugin": "moody", "options": {"mood": "hang"}, "deadline": "1h"}}
        d.write_config()
        d.start()

        def attempts():
            with open(d.out_file, encoding="utf-8") as f:
                return re.findall(r"^moody (\w+) \d+ \w+ alarm: (.*)$", f.read(), re.M)
        d.drop("a.txt", "Alarm a.")
        until(attempts, "one is at hand")
        for name in "bc":
            d.drop(f"{name}.txt", f"Alarm {name}.")
        until(lambda: len(d.ask("delivery", "list", "open")) == 3, "three are open")
        for name in "ab":
            assert d.ask("document", "forget", f"{d.folder}/{name}.txt")["cancelled"] == 1
        assert [r["reason"] for r in d.ask("delivery", "list", "cancelled")] == ["the document was forgotten"] * 2
        cancelled = d.ask("delivery", "list", "cancelled")[0]
        assert cancelled["headline"] == "" and "nothing any more" in text(d, "delivery", "show", cancelled["id"])
        assert "nothing left to tell" in text(d, "delivery", "retry", cancelled["id"], code=65)
        d.kill_hosts("notifier")
        until(lambda: len(attempts()) == 2, "the next one is at hand")
        d.config["notifiers"]["mail"]["options"]["mood"] = "ok"
        d.write_config()
        d.ask("reload")
        d.kill_hosts("notifier")
        until(lambda: "Alarm c." in str(d.ask("delivery", "list", "sent")), "that one is sent")
        assert attempts() == [("hang", "Alarm a."), ("hang", "Alarm c."), ("ok", "Alarm c.")], attempts()
        assert len(d.ask("delivery", "list", "cancelled")) == 2


def one_that_is_being_read_is_refused():
    with daemon() as d:
        d.drop("a.txt", "First.")
        d.idle()
        (host,) = [h for h in d.ask("status")["hosts"] if h["role"] == "detector"]
        os.kill(host["pid"], signal.SIGSTOP)
        try:
            d.drop("a.txt", "An alarm.")
            until(lambda: d.ask("source", "list")[0]["opened"] == 2, "its file is opened")
            assert "is being read just now" in text(d, "document", "forget", d.folder + "/a.txt", code=75)
        finally:
            os.kill(host["pid"], signal.SIGCONT)
        d.rings(1)
        d.idle()
        assert d.ask("document", "forget", d.folder + "/a.txt")["versions"] == 2


run([
    what_was_said_is_wiped_and_does_not_ring_again,
    a_file_that_is_gone_is_forgotten_and_a_copy_is_not,
    what_is_still_to_be_told_is_cancelled,
    one_that_is_being_read_is_refused,
    documents_are_listed_newest_first,
    files_that_could_not_be_read_are_listed,
    a_document_is_shown_whole,
    what_detectors_have_not_done_is_shown,
])
