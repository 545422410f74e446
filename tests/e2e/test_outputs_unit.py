#!/usr/bin/python3
"""The notifiers `journal` and `file` inside the units, under a real systemd in a booted container: the
machine's, hardened as it is, and a person's."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from container import Unit, boot, name_of  # noqa: E402
from harness import run, until  # noqa: E402

FIRING = "4ece60dc2f18474d8009779ebf69ee82"
LINES = "/var/log/tocsin/alerts.jsonl"
LAYERS = "no_new_privs,landlock,seccomp,rlimits"
ALICE = "alice"
machine = boot()
machine.user(ALICE)
system, hers = Unit(machine), Unit(machine, ALICE)


def entries(*matches):
    machine.run("journalctl", "--sync")
    out = machine.run("journalctl", "-q", "-o", "json", f"MESSAGE_ID={FIRING}", *matches).stdout
    return [json.loads(line) for line in out.splitlines()]


def lines():
    """As root: the folder is the unit's own."""
    return [json.loads(line) for line in machine.run("cat", LINES).stdout.splitlines()]


def drop(unit, word):
    machine.write(f"{unit.folder}/{word}.txt", f"In the {word} the alarm went off.\n", user=unit.user)
    return f"{unit.folder}/{word}.txt"


def an_alert_is_an_entry_of(unit, *matches):
    unit.configure(notifiers="  journal:\n")
    unit.start()
    path = drop(unit, "attic")
    (entry,) = until(lambda: entries(f"TOCSIN_PATH={path}"), "an entry")
    for name, value in {"SYSLOG_IDENTIFIER": "tocsin", "PRIORITY": "5", "TOCSIN_TOPIC": "alarm", "TOCSIN_SOURCE":
                        name_of(unit.folder), "TOCSIN_QUOTE": "In the attic the alarm went off.",
                        "TOCSIN_STATUS": "firing"}.items():
        assert entry[name] == value, entry
    # What journald itself knows of who told it.
    assert entries(f"TOCSIN_PATH={path}", *matches) == [entry], entry
    assert ("notifier", LAYERS) in unit.layers(), unit.layers()


# ---- the tests ----

def an_alert_is_an_entry_of_the_machines_unit():
    an_alert_is_an_entry_of(system, "_SYSTEMD_UNIT=tocsin.service")


def an_alert_is_an_entry_of_her_unit():
    an_alert_is_an_entry_of(hers, f"_UID={machine.uids[ALICE]}", "_SYSTEMD_USER_UNIT=tocsin.service")


def it_reads_well_and_is_explained():
    short = machine.run("journalctl", "-q", "-t", "tocsin").stdout.splitlines()
    assert len(short) == 2 and all(": alarm: In the attic the alarm went off. (/" in line for line in short), short
    verbose = machine.run("journalctl", "-q", "-t", "tocsin", "-o", "verbose").stdout
    assert verbose.count("    TOCSIN_SEVERITY=normal\n") == 2 and "blob data" not in verbose, verbose
    machine.run("journalctl", "--update-catalog")
    told = machine.run("journalctl", "-q", "-x", "-t", "tocsin").stdout
    assert told.count("Defined-By: tocsin\n") == 2 and "tocsinctl alert ack " in told, told


def nothing_is_lost_while_journald_is_started_again():
    words = [f"room{number}" for number in range(30)]
    for number, word in enumerate(words):
        drop(system, word)
        if number % 10 == 5:
            machine.run("systemctl", "restart", "systemd-journald")
    paths = {f"{system.folder}/{word}.txt" for word in words}
    until(lambda: paths <= {entry["TOCSIN_PATH"] for entry in entries()}, "all are told")
    told = [entry["TOCSIN_PATH"] for entry in entries() if entry["TOCSIN_PATH"] in paths]
    assert len(told) == len(paths), told


def nor_while_there_is_none():
    """Its sockets go as well; what programs had of them is dead then."""
    machine.run("systemctl", "stop", "systemd-journald.socket", "systemd-journald-dev-log.socket",
                "systemd-journald-audit.socket", "systemd-journald.service")
    path = drop(system, "cellar")
    until(lambda: "there is no journal" in json.dumps(json.loads(system.ctl("--output", "json", "delivery", "list").stdout)),
          "it says that there is no journal")
    machine.run("systemctl", "start", "systemd-journald.socket", "systemd-journald-dev-log.socket",
                "systemd-journald.service")
    until(lambda: entries(f"TOCSIN_PATH={path}"), "an entry")


def the_machines_unit_appends_to_a_file_of_its_own():
    system.configure(notifiers=f"  file: {{options: {{path: {LINES}}}}}\n")
    system.start()
    path = drop(system, "garage")
    until(lambda: machine.run("test", "-s", LINES, check=False).returncode == 0, "a line")
    (line,) = lines()
    assert line["path"] == path and line["status"] == "firing", line
    machine.run("mv", LINES, f"{LINES}.1")
    path = drop(system, "stable")
    until(lambda: machine.run("test", "-s", LINES, check=False).returncode == 0, "a line")
    (line,) = lines()
    assert line["path"] == path, line
    assert ("notifier", LAYERS) in system.layers(), system.layers()


def a_file_elsewhere_is_refused_with_the_mend():
    machine.run("mkdir", "-p", "/srv/lines")
    machine.run("chmod", "777", "/srv/lines")
    system.configure(notifiers="  file: {options: {path: /srv/lines/alerts.jsonl}}\n")
    said = system.fails_to_start(78)
    assert "no file can be made in /srv/lines: Read-only file system" in said, said
    assert "ReadWritePaths=/srv/lines" in said, said
    system.drop_in("ReadWritePaths=/srv/lines")
    system.start()
    drop(system, "tower")
    until(lambda: machine.run("test", "-s", "/srv/lines/alerts.jsonl", check=False).returncode == 0, "a line")
    system.drop_in("")


run([an_alert_is_an_entry_of_the_machines_unit, an_alert_is_an_entry_of_her_unit, it_reads_well_and_is_explained,
     nothing_is_lost_while_journald_is_started_again, nor_while_there_is_none,
     the_machines_unit_appends_to_a_file_of_its_own, a_file_elsewhere_is_refused_with_the_mend])
