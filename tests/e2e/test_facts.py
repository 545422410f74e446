#!/usr/bin/python3
"""Facts as a person meets them: the story of one driver from wish to entry, its popup, the list of all that is known,
the files of names and what is said of a mistake in one."""
import itertools
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import SRC, Daemon, run  # noqa: E402

LISTS = os.path.join(SRC, "conf", "lemans")

WISH = (" date 2025-12-14 Leclerc on the other race\n\nCharles Leclerc would love to race a Ferrari at the 24 Hours of "
        "Le Mans, he said in Maranello.\n")
RUMOUR = (" date 2026-01-20 Talk of Ferrari\n\nCharles Leclerc is in talks with Ferrari about the 24 Hours of Le Mans in "
          "June 2026, two people say.\n")
ECHO = " date 2026-01-22 More talk\n\nCharles Leclerc is linked with Ferrari for the 24 Hours of Le Mans 2026.\n"
ENTRY = (" date 2026-02-10 It is official\n\nCharles Leclerc will race at the 24 Hours of Le Mans 2026 for Ferrari, in the "
         "car with the number 50.\n")
STORY = {"1.txt": WISH, "2.txt": RUMOUR, "3.txt": ECHO, "4.txt": ENTRY}


def reader(lists=LISTS):
    d = Daemon()
    d.config["detectors"] = {"lemans": {"options": {"lists": lists}}}
    d.write_config()
    return d


def told(d, names):
    for name in names:
        d.drop(name, STORY[name])
        d.idle()


def facts(d, *options):
    return d.ask(*options, "fact", "list")


def the_story_rings_when_its_status_changes():
    with reader().start() as d:
        told(d, STORY)
        rang = [(r["headline"], r.get("change", "")) for r in d.rang()]
        assert [headline for headline, _ in rang] == [
            "Charles Leclerc would like to race at Le Mans",
            "Charles Leclerc is rumoured for Le Mans 2026",
            "Charles Leclerc will race at Le Mans 2026"], rang
        # From what to what: the echo of the rumour rang nothing.
        assert "interest" in rang[1][1] and "rumoured" in rang[1][1], rang
        assert "rumoured" in rang[2][1] and "confirmed" in rang[2][1], rang


def the_list_shows_the_ladder_with_sources_and_dates():
    with reader().start() as d:
        told(d, STORY)
        (ladder,) = facts(d)
        assert (ladder["status"], ladder["edition"]) == ("confirmed", "2026"), ladder
        rungs = [(rung["status"], [source["date"] for source in rung["sources"]]) for rung in ladder["rungs"]]
        assert rungs == [("interest", [20251214]), ("rumoured", [20260120, 20260122]), ("confirmed", [20260210])], rungs
        text = d.ctl("fact", "list", output="text")[1]
        for line in ("Charles Leclerc will race at Le Mans 2026", "  rumoured, 2 sources", "    2026-01-22  3.txt"):
            assert line in text, (line, text)


def options_leave_what_they_fit():
    with reader().start() as d:
        told(d, STORY)
        for options, n in ((["--driver", "leclerc"], 1), (["--driver", "Hamilton"], 0), (["--team", "ferrari"], 1),
                           (["--team", "Porsche"], 0), (["--year", "2026"], 1), (["--year", "2027"], 0),
                           (["--kind", "confirmed"], 1), (["--kind", "interest"], 0)):
            assert len(facts(d, *options)) == n, options


def any_order_gives_the_same_list_to_the_byte():
    lists = {}
    for order in list(itertools.permutations(STORY))[::3]:
        with reader().start() as d:
            told(d, order)
            lists[order] = json.dumps(facts(d)) + d.ctl("fact", "list", output="text")[1]
    first = lists[tuple(STORY)]
    for order, text in lists.items():
        assert text == first, f"{order}:\n{text}\ninstead of\n{first}"


def without_a_daemon_facts_are_extracted():
    with reader() as d:
        path = os.path.join(d.dir, "entry.txt")
        with open(path, "w", encoding="utf-8") as out:
            out.write(ENTRY)
        code, out, said = d.ctl("fact", "extract", path, path, output="jsonl")
        assert code == 0 and not said, (code, said)
        first, second = map(json.loads, out.splitlines())
        assert first == second and (first["doc"], first["lang"]) == ("entry.txt", "en"), out
        (finding,) = first["findings"]
        assert finding["evidence"] in ENTRY, finding
        assert {key: finding[key] for key in ("kind", "drivers", "team", "car", "class", "year")} == {
            "kind": "confirmed", "drivers": ["Charles Leclerc"], "team": "Ferrari", "car": "50", "class": None,
            "year": 2026}, finding
        assert not os.path.exists(d.state)


def a_season_is_an_edit_and_a_mistake_is_said_with_its_place():
    with reader() as d:
        lists = os.path.join(d.dir, "lists")
        shutil.copytree(LISTS, lists)
        d.config["detectors"]["lemans"]["options"]["lists"] = lists
        d.write_config()
        assert d.ctl("config", "check", output="text")[0] == 0
        for name, line, said in (("drivers.yaml", "  - {name: Ada Example, nation: atlantis}", "atlantis"),
                                 ("teams.yaml", "  - {label: Example Racing}", "label"),
                                 ("cues-en.yaml", "  - kind: wish\n    patterns: [hopes]", "wish")):
            path = os.path.join(lists, name)
            with open(path, encoding="utf-8") as file:
                before = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(before.rstrip("\n") + "\n" + line + "\n")
            code, out, wrong = d.ctl("config", "check", output="text")
            number = before.rstrip("\n").count("\n") + 2
            assert code == 78 and f"{path}:{number}:" in out + wrong and said in out + wrong, (name, code, out, wrong)
            with open(path, "w", encoding="utf-8") as file:
                file.write(before)
        with open(os.path.join(lists, "drivers.yaml"), "a", encoding="utf-8") as file:
            file.write("  - {name: Ada Example, nation: france, also: [the Countess]}\n")
        assert d.ctl("config", "check", output="text")[0] == 0


run([
    the_story_rings_when_its_status_changes,
    the_list_shows_the_ladder_with_sources_and_dates,
    options_leave_what_they_fit,
    any_order_gives_the_same_list_to_the_byte,
    without_a_daemon_facts_are_extracted,
    a_season_is_an_edit_and_a_mistake_is_said_with_its_place,
])
