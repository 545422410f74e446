#!/usr/bin/python3
"""What was promised, when the world does not play along: folders that are away, a storm."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Daemon, run, until  # noqa: E402

EX_CONFIG = 78


def state(d, name="docs"):
    return next(s["state"] for s in d.ask("status")["sources"] if s["name"] == name)


def troubles(d):
    return [r for r in d.rang() if r["detector"] == "tocsin"]


def a_folder_that_is_away_at_the_start_is_waited_for():
    with Daemon() as d:
        other = os.path.join(d.dir, "other")
        os.mkdir(other)
        d.config["folders"]["other"] = {"path": other, "first-start": "all", "settle": "0"}
        d.write_config()
        d.start()
        d.drop("a.txt", "an alarm")
        d.rings(1)
        d.idle()
        d.stop()
        os.rename(d.folder, d.folder + ".away")
        d.start()
        assert state(d) == "unavailable" and state(d, "other") == "watching", d.ask("status")["sources"]
        with open(os.path.join(other, "b.txt"), "w", encoding="utf-8") as f:
            f.write("another alarm")
        rang = d.rings(3)
        assert len(troubles(d)) == 1 and "docs" in troubles(d)[0]["headline"], rang
        d.config["notifiers"]["stdout"]["retry-first"] = "7s"
        d.write_config()
        d.ask("reload")  # the same folder is still away: no reason to refuse
        os.rename(d.folder + ".away", d.folder)
        until(lambda: state(d) == "watching", "the folder is back")
        d.drop("c.txt", "an alarm, later")
        d.rings(4)
        d.silent(4)


def a_folder_that_was_never_there_is_an_error():
    with Daemon() as d:
        os.rmdir(d.folder)
        start = subprocess.run(d.command(), stderr=subprocess.PIPE, check=False, timeout=60)
        assert start.returncode == EX_CONFIG and b"does not exist" in start.stderr, start


def a_storm_rings_within_its_limit_and_all_of_it_is_listed():
    with Daemon() as d:
        d.config["notifiers"]["stdout"]["per-minute"] = 5
        d.write_config()
        d.start()
        for i in range(300):
            d.drop(f"s{i}.txt", f"Report {i}.\n\nAlarm number {i}.\n")
        until(lambda: d.ask("status")["deliver"][0]["held"] == 295, "the rest is held")
        d.silent(5)
        assert len(d.ask("alert", "list")) == 300
        code, text, _ = d.ctl("alert", "list", "open", output="text")
        assert code == 0 and len(text.splitlines()) == 300, text[-300:]


run([
    a_folder_that_is_away_at_the_start_is_waited_for,
    a_folder_that_was_never_there_is_an_error,
    a_storm_rings_within_its_limit_and_all_of_it_is_listed,
])
