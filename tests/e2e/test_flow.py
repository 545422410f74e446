#!/usr/bin/python3
"""A document's way from a folder to a notifier, and all that must not ring."""
import os
import shutil
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, daemon, run, until  # noqa: E402

TEXT = "Minutes of Tuesday.\n\nAt noon the alarm was raised in the west wing. Nobody was hurt.\n"


def a_dropped_document_rings_with_its_quote():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        (ring,) = d.rings(1)
        assert ring["topic"] == "alarm" and ring["detector"] == "topics", ring
        assert "the alarm was raised" in ring["quote"], ring
        begin, end = ring["mark"]
        assert ring["quote"].encode()[begin:end] == b"alarm", ring
        assert ring["title"] == "Minutes of Tuesday.", ring
        assert ring["path"] == os.path.join(d.folder, "a.txt"), ring
        assert ring["number"] == 1 and ring["sources"] == 1, ring


def documents_that_were_there_ring_once_over_restarts():
    with Daemon() as d:
        d.drop("old.txt", TEXT)
        d.start()
        d.rings(1)
        d.restart()
        d.silent(1)
        d.restart(signal.SIGKILL)
        d.silent(1)


def touch_rename_copy_and_edit_elsewhere_are_silent():
    with daemon() as d:
        path = d.drop("a.txt", TEXT)
        d.rings(1)
        os.utime(path)
        d.silent(1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(TEXT)
        d.silent(1)
        os.rename(path, os.path.join(d.folder, "b.txt"))
        d.silent(1)
        shutil.copy(os.path.join(d.folder, "b.txt"), os.path.join(d.folder, "c.txt"))
        d.silent(1)
        d.drop("b.txt", TEXT.replace("Nobody was hurt.", "Somebody laughed."))
        d.silent(1)
        d.drop("b.txt", TEXT)
        d.silent(1)


def a_new_matching_sentence_is_a_revision_of_the_same_alert():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        d.rings(1)
        d.drop("a.txt", TEXT + "\nAt three a second alarm came from the cellar.\n")
        first, second = d.rings(2)
        assert first["alert"] == second["alert"], (first, second)
        assert second["number"] == 2 and "second alarm" in second["quote"], second


def what_happened_while_it_was_down_is_handled():
    with daemon() as d:
        d.drop("a.txt", "nothing to see")
        d.idle()
        d.stop()
        d.drop("a.txt", "now there is an alarm")
        d.drop("new/b.txt", "and an alarm here")
        d.start()
        d.rings(2)


def baseline_takes_what_is_there_as_known():
    with Daemon() as d:
        d.config["folders"]["docs"]["first-start"] = "baseline"
        d.write_config()
        d.drop("old.txt", TEXT)
        d.start()
        d.silent(0)
        d.drop("new.txt", "alarm!")
        d.rings(1)
        d.drop("old.txt", TEXT + "\nAnother alarm at four.\n")
        d.rings(2)


def a_hostile_document_is_only_read():
    with daemon() as d:
        d.drop("bin.txt", bytes(range(256)) * 64)
        d.drop("empty.txt", b"")
        d.drop("latin1.txt", "Der Alarm fällt auf für Übung: alarm".encode("latin-1"))
        d.drop("utf16.txt", "an alarm in UTF-16".encode("utf-16"))
        os.mkfifo(os.path.join(d.folder, "pipe"))
        d.drop(os.fsdecode(b"a\nb\xff.txt"), "alarm with a strange name")
        rang = d.rings(3)
        assert any("UTF-16" in r["quote"] for r in rang), rang
        d.silent(3)


def once_handles_what_is_there_and_exits():
    with Daemon() as d:
        d.drop("a.txt", TEXT)
        d.drop("b.txt", "nothing")
        d.start("--once", ready=False)
        assert d.process.wait(60) == 0, d.log()
        d.process = None
        d.rings(1)
        assert "2 documents read" in d.log(), d.log()


def a_second_daemon_on_the_same_state_is_refused():
    with daemon() as d:
        with Daemon() as other:
            other.state, other.runtime = d.state, d.runtime
            other.start(ready=False)
            assert other.process.wait(60) not in (0, None)
            other.process = None
        d.drop("a.txt", TEXT)
        d.rings(1)


def ctrl_c_ends_it_cleanly():
    with daemon() as d:
        assert d.stop(signal.SIGINT) == 0
        assert not os.path.exists(os.path.join(d.runtime, "control"))


def a_killed_host_is_replaced_and_nothing_is_lost():
    with daemon() as d:
        d.drop("a.txt", TEXT)
        d.rings(1)
        for i in range(10):
            d.kill_hosts("detector")
            d.drop(f"n{i}.txt", f"alarm number {i}")
        d.rings(11)
        until(lambda: any(h["role"] == "detector" for h in d.ask("status")["hosts"]), "a new host")


run([
    a_dropped_document_rings_with_its_quote,
    documents_that_were_there_ring_once_over_restarts,
    touch_rename_copy_and_edit_elsewhere_are_silent,
    a_new_matching_sentence_is_a_revision_of_the_same_alert,
    what_happened_while_it_was_down_is_handled,
    baseline_takes_what_is_there_as_known,
    a_hostile_document_is_only_read,
    once_handles_what_is_there_and_exits,
    a_second_daemon_on_the_same_state_is_refused,
    ctrl_c_ends_it_cleanly,
    a_killed_host_is_replaced_and_nothing_is_lost,
])
