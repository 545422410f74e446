#!/usr/bin/python3
"""The first real documents, under a configuration that a new user would write: each fact rings once,
whatever order the documents come in, and nothing else makes it ring again."""
import itertools
import os
import shutil
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SHARED, SRC, Daemon, run  # noqa: E402

SEEDS = os.path.join(SHARED, "seeds")
LISTS = os.path.join(SRC, "conf", "lemans")

if not os.path.isdir(SEEDS):
    print("1..0 # SKIP the seed documents are not beside the tree (shared/seeds)")
    sys.exit(0)

NAMES = sorted(os.listdir(SEEDS))


def reader():
    """A daemon with the facts of Le Mans, telling them on standard output."""
    d = Daemon()
    d.config["detectors"] = {"lemans": {"options": {"lists": LISTS}}}
    d.write_config()
    return d.start()


def arrive(d, name):
    shutil.copy(os.path.join(SEEDS, name), os.path.join(d.folder, name))
    d.idle()


def facts(d):
    """The alerts by the drivers they name: [(drivers, status, edition, alert whole)]."""
    found = []
    for alert in d.ask("alert", "list"):
        whole = d.ask("alert", "show", alert["id"])
        found.append((tuple(sorted(whole["fields"].get("driver", []))), whole["topic"], whole["edition"], whole))
    return found


def one(found, drivers, status):
    match = [f[3] for f in found if set(drivers) <= set(f[0]) and f[1] == status]
    assert len(match) == 1, (drivers, status, [f[:3] for f in found])
    return match[0]


def quotes(alert):
    return [quote["quote"] for finding in alert["findings"] for quote in finding["evidence"]]


def the_seeds_ring_as_their_reader_would_tell_them():
    with reader() as d:
        for name in NAMES:
            arrive(d, name)
        found = facts(d)
        leclerc = one(found, ["Charles Leclerc"], "interest")
        assert leclerc["sources"] == 3, leclerc
        assert leclerc["revisions"] == 1, leclerc
        assert len([r for r in d.rang() if r["alert"] == leclerc["id"]]) == 1
        assert any("Le Mans" in q or "drive a Ferrari here" in q for q in quotes(leclerc)), quotes(leclerc)
        gasly = one(found, ["Pierre Gasly"], "interest")
        assert gasly["sources"] == 1 and any("Le Mans" in q for q in quotes(gasly)), gasly
        crew = one(found, ["Antonio Fuoco", "Miguel Molina", "Nicklas Nielsen"], "result")
        assert crew["edition"] == "2024", crew
        assert crew["fields"].get("car") == ["50"], crew
        assert any("#50" in q or "stood tall" in q for q in quotes(crew)), quotes(crew)
        people = {driver for f in found for driver in f[0]}
        assert not people & {"Lewis Hamilton", "Max Verstappen"}, people


def ladder(d):
    """What is known, without what depends on the clock or on the order (ids, times, document numbers)."""
    lines = []
    for drivers, status, edition, whole in facts(d):
        rungs = sorted((f["date"], f["status"], f["path"], f["evidence"][0]["quote"]) for f in whole["findings"])
        lines.append(repr((drivers, status, edition, whole["sources"], rungs)))
    return "\n".join(sorted(lines))


def every_order_of_arrival_gives_the_same_ladder():
    ladders = {}
    for order in itertools.permutations(NAMES):
        with reader() as d:
            for name in order:
                arrive(d, name)
            ladders[order] = ladder(d)
            leclerc = one(facts(d), ["Charles Leclerc"], "interest")
            rang = [r for r in d.rang() if r["alert"] == leclerc["id"]]
            assert len(rang) == 1, (order, rang)
    first = next(iter(ladders.values()))
    for order, text in ladders.items():
        assert text == first, f"{order}:\n{text}\ninstead of\n{first}"


def nothing_rings_after_touch_rename_copy_restart_and_kill():
    with reader() as d:
        for name in NAMES:
            arrive(d, name)
        rings = len(d.rang())
        assert rings > 0
        for name in NAMES:
            os.utime(os.path.join(d.folder, name))
        d.silent(rings)
        os.rename(os.path.join(d.folder, NAMES[0]), os.path.join(d.folder, "renamed.txt"))
        d.silent(rings)
        shutil.copy(os.path.join(d.folder, NAMES[1]), os.path.join(d.folder, "copy.txt"))
        d.silent(rings)
        d.restart()
        d.silent(rings)
        d.restart(signal.SIGKILL)
        d.silent(rings)
        d.restart(signal.SIGKILL)
        d.silent(rings)


run([
    the_seeds_ring_as_their_reader_would_tell_them,
    every_order_of_arrival_gives_the_same_ladder,
    nothing_rings_after_touch_rename_copy_restart_and_kill,
])
