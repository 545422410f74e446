#!/usr/bin/python3
"""Deliveries and notifiers as a person sees them, and what a person does to a delivery."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import PLUGINS, Daemon, Skip, clean, run, until  # noqa: E402


def moody(mood="ok", reason="", **more):
    """A daemon whose notifier "mail" treats deliveries as it is told; tocsin's own trouble goes to stdout."""
    if not os.path.exists(os.path.join(PLUGINS, "moody.so")):
        raise Skip("the notifier with moods is not built (make check builds it)")
    d = Daemon()
    d.config["notifiers"]["mail"] = dict({"plugin": "moody", "options": {"mood": mood, "reason": reason}}, **more)
    d.config["routes"] = [{"topic": ["alarm"], "notify": ["mail"]}, {"topic": ["delivery", "notifier"],
                                                                      "notify": ["stdout"]}]
    d.write_config()
    return d


def set_mood(d, mood):
    d.config["notifiers"]["mail"]["options"]["mood"] = mood
    d.write_config()
    d.ask("reload")


def text(d, *args, code=0):
    got, out, said = d.ctl(*args, output="text")
    assert got == code, f"tocsinctl {' '.join(args)}: {got} instead of {code}: {said}"
    assert clean(out) and clean(said), (out, said)
    return out if code == 0 else said


def attempts(d):
    """[(mood, attempt, id, headline)] of the notifier, in their order."""
    with open(d.out_file, encoding="utf-8") as f:
        return [(m, int(n), i, h) for m, n, i, h in re.findall(r"^moody (\w+) (\d+) (\w+) (.*)$", f.read(), re.M)]


def listed(d, state, n):
    """The deliveries of mail in this state, once there are so many."""
    def rows():
        return [row for row in d.ask("delivery", "list", state) if row["notifier"] == "mail"]
    return until(lambda: rows() if len(rows()) == n else None, f"{n} deliveries are {state}")


def a_dead_one_is_listed_shown_and_retried():
    with moody("never", reason="no such mailbox").start() as d:
        assert text(d, "delivery", "list") == "no deliveries\n" and d.ask("delivery", "list") == []
        d.drop("a.txt", "An alarm.")
        (dead,) = listed(d, "dead", 1)
        assert dead["notifier"] == "mail" and dead["attempts"] == 1 and dead["reason"] == "no such mailbox", dead
        assert dead["headline"] == "alarm: An alarm." and dead["next_ms"] is None and dead["retried_ms"] is None
        assert dead["notice"] == "" and dead["notice_ms"] is None and dead["summary"] == "" and dead["revisions"] == 1, dead
        out = text(d, "delivery", "list", "dead")
        assert re.match(r"ID +NOTIFIER +STATE +ATTEMPTS +AGE +NEXT TRY +HEADLINE +REASON\n"
                        rf"{dead['id'][:8]} +mail +dead +1 +\ds +alarm: An alarm\. +no such mailbox\n$", out), out
        shown = d.ask("delivery", "show", dead["id"][:6])
        assert {k: v for k, v in shown.items() if k != "told"} == dead, shown
        (told,) = shown["told"]
        assert told["path"] == "a.txt" and told["topic"] == "alarm" and told["number"] == 1, told
        assert d.ask("alert", "show", told["alert"])["told"][0]["deliveries"][0]["id"] == dead["id"]
        out = text(d, "delivery", "show", dead["id"])
        for part in (f"alarm: An alarm.\n  delivery {dead['id']}\n  mail: dead, 1 attempt\n",
                     "  reason: no such mailbox\n", "  made 20", "  last change 20",
                     f"    {told['alert'][:8]}  1  20", "  alarm: An alarm.  (topics: alarm, a.txt in docs)\n"):
            assert part in out, f"{part!r} is not in:\n{out}"
        # Still no: dead again, by the same id.
        assert text(d, "delivery", "retry", dead["id"]) == f"{dead['id']}: 1 delivery queued again\n"
        until(lambda: d.ask("delivery", "list", "dead") and
              d.ask("delivery", "list", "dead")[0]["attempts"] == 2, "it was tried again")
        assert "retried by a person 20" in text(d, "delivery", "show", dead["id"])
        set_mood(d, "ok")
        assert d.ask("delivery", "retry", "dead") == [{"what": "dead", "queued": 1}]
        (sent,) = listed(d, "sent", 1)
        assert sent["id"] == dead["id"] and sent["attempts"] == 3 and sent["retried_ms"] >= dead["updated_ms"], sent
        assert [a[:3] for a in attempts(d)] == [("never", 1, dead["id"]), ("never", 2, dead["id"]),
                                                ("ok", 3, dead["id"])], attempts(d)
        assert "nothing is told twice" in text(d, "delivery", "retry", dead["id"], code=65)
        assert text(d, "delivery", "retry", "dead", "mail") == \
            "dead: 0 deliveries queued again\nmail: 0 deliveries queued again\n"


def a_deferred_one_is_dropped_and_never_sent():
    with moody("later", reason="busy", **{"retry-first": "1h", "retry-max": "1h"}).start() as d:
        for n, name in enumerate(("a", "b"), 1):
            d.drop(f"{name}.txt", f"An alarm {name}.")
            listed(d, "open", n)
            until(lambda: {r["state"] for r in d.ask("delivery", "list", "open")} == {"deferred"}, "it is deferred")
        b, a = sorted(listed(d, "open", 2), key=lambda r: r["headline"], reverse=True)
        assert a["next_ms"] > a["updated_ms"], a
        # The oldest is tried once more before what is new.
        assert re.search(r" deferred +2 +\ds +in (59m|1h|5\dm|4\dm) +alarm: An alarm a\. +busy\n",
                         text(d, "delivery", "list", "open")), text(d, "delivery", "list", "open")
        assert text(d, "delivery", "drop", a["id"][:8]) == f"dropped {a['id'][:8]}\n"
        (dropped,) = listed(d, "cancelled", 1)
        assert dropped["id"] == a["id"] and dropped["reason"] == "dropped by a person", dropped
        assert "is cancelled already" in text(d, "delivery", "drop", a["id"], code=65)
        set_mood(d, "ok")
        d.restart()
        assert d.ask("delivery", "retry", "mail") == [{"what": "mail", "queued": 1}]
        (sent,) = listed(d, "sent", 1)
        assert sent["id"] == b["id"], sent
        d.idle()
        assert [x[3] for x in attempts(d) if x[0] == "ok"] == ["alarm: An alarm b."], attempts(d)
        # It was a mistake.
        assert d.ask("delivery", "retry", a["id"]) == [{"what": a["id"], "queued": 1}]
        listed(d, "sent", 2)


def what_waits_in_memory_is_dropped_and_what_is_at_hand_is_not():
    with moody("hang", deadline="20s").start() as d:
        for name in ("a", "b", "c"):
            d.drop(f"{name}.txt", f"An alarm {name}.")
            listed(d, "open", "abc".index(name) + 1)
        until(lambda: attempts(d), "one is at hand")
        rows = {r["headline"][-2]: r for r in d.ask("delivery", "list")}
        assert {r["state"] for r in rows.values()} == {"queued"}, rows
        first = attempts(d)[0][3][-2]
        second, third = sorted(set("abc") - {first})
        for verb in ("drop", "retry"):
            assert "is at hand just now" in text(d, "delivery", verb, rows[first]["id"], code=75)
        assert "is queued already" in text(d, "delivery", "retry", rows[third]["id"], code=65)
        # One that is refused keeps no other from being done.
        code, out, said = d.ctl("delivery", "drop", rows[first]["id"], rows[second]["id"])
        assert code == 75 and "at hand" in said, (code, out, said)
        assert [r["id"] for r in d.ask("delivery", "list", "cancelled")] == [rows[second]["id"]]
        # The oldest is tried twice before the next one goes.
        for n, name in ((2, first), (3, third)):
            d.kill_hosts("notifier")
            until(lambda n=n: len(attempts(d)) == n, f"{name} is at hand")
            assert attempts(d)[n - 1][2] == rows[name]["id"], attempts(d)
        set_mood(d, "ok")
        d.kill_hosts("notifier")
        listed(d, "sent", 2)
        d.idle()
        assert rows[second]["id"] not in {x[2] for x in attempts(d)}, attempts(d)


def what_is_unknown_or_wrong_is_said():
    with moody().start() as d:
        for verb in ("show", "retry", "drop"):
            assert "no id of a delivery (4 to 64 hex digits)" in text(d, "delivery", verb, "nix", code=65)
            assert "there is no delivery 0000" in text(d, "delivery", verb, "0" * 64, code=65)
        assert 'no state "deda" (did you mean "dead"?)' in text(d, "delivery", "list", "deda", code=64)
        assert "no UTF-8" in text(d, "delivery", "drop", os.fsdecode(b"\xff"), code=64)
        d.drop("a.txt", "An alarm.")
        listed(d, "sent", 1)
        assert "was sent already" in text(d, "delivery", "drop", d.ask("delivery", "list")[0]["id"], code=65)


def held_ones_go_after_resume():
    with moody().start() as d:
        d.ask("pause")
        d.drop("a.txt", "An alarm.")
        (held,) = listed(d, "open", 1)
        assert held["state"] == "held" and held["next_ms"] is None, held
        assert re.search(r"mail +held +0 +\ds +after resume +alarm: An alarm\. +paused\n",
                         text(d, "delivery", "list")), text(d, "delivery", "list")
        assert "is held back" in text(d, "delivery", "retry", held["id"], code=65)
        assert "next try after resume" in text(d, "delivery", "show", held["id"])
        d.ask("resume")
        listed(d, "sent", 1)


def notifiers_are_listed():
    with moody("never", reason="no", concurrency=2).start() as d:
        d.drop("a.txt", "An alarm.")
        listed(d, "dead", 1)
        d.idle()
        # The dead letter is told on stdout.
        until(lambda: d.ask("notifier", "list")[0]["sent"] == 1, "it is told")
        stdout, mail = d.ask("notifier", "list")
        assert mail["notifier"] == "mail" and mail["plugin"] == "moody" and mail["powers"] == "none", mail
        assert mail["state"] == "up" and mail["why"] == "" and mail["concurrency"] == 2 and mail["dead"] == 1, mail
        assert {k: mail[k] for k in ("queued", "held", "deferred", "unknown", "sent", "sending")} == \
            dict.fromkeys(("queued", "held", "deferred", "unknown", "sent", "sending"), 0), mail
        assert all("no_new_privs" in h["layers"] for n in (stdout, mail) for h in n["hosts"]), (stdout, mail)
        assert mail["hosts"][0]["name"] == "notify-mail" and stdout["notifier"] == "stdout", mail
        out = text(d, "notifier", "list")
        for part in ("mail  up  plugin moody, powers none, concurrency 2\n",
                     "    0 queued, 0 held, 0 deferred, 0 unknown, 1 dead, 0 sent\n",
                     f"    host {mail['hosts'][0]['pid']}  ready  sandbox: no_new_privs"):
            assert part in out, f"{part!r} is not in:\n{out}"
        d.config["notifiers"]["mail"] = {"plugin": "nix"}
        d.write_config()
        assert d.ctl("reload")[0] == 78
        del d.config["notifiers"]["mail"], d.config["routes"]
        d.write_config()
        d.ask("reload")
        gone = until(lambda: [n for n in d.ask("notifier", "list") if n["notifier"] == "mail" and not n["hosts"]],
                     "its host has ended")[0]
        assert gone["state"] == "removed" and gone["dead"] == 1, gone
        assert "mail  removed\n" in text(d, "notifier", "list")
        (dead,) = d.ask("delivery", "list", "dead")
        assert "not configured any more" in text(d, "delivery", "retry", dead["id"], code=65)
        assert d.ask("delivery", "retry", "dead") == [{"what": "dead", "queued": 0}]
        assert d.ask("delivery", "drop", dead["id"]) == [{"id": dead["id"], "dropped": 1}]


run([
    a_dead_one_is_listed_shown_and_retried,
    a_deferred_one_is_dropped_and_never_sent,
    what_waits_in_memory_is_dropped_and_what_is_at_hand_is_not,
    what_is_unknown_or_wrong_is_said,
    held_ones_go_after_resume,
    notifiers_are_listed,
])
